"""What does not fit a model over a query is refused with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.db.transaction import Transaction
from kernel.errors import DeveloperError, RegistryError, TenonError
from kernel.orm import AddonModels, Env, Model, Ports, Registry, Unique, fields, over_query
from kernel.orm.schema import create_statements, owned
from tests.orm.over_query.sales import (
    SHOP,
    Customer,
    Label,
    Sale,
    World,
)


# -- schema ------------------------------------------------------------------------------------------------
def test_it_has_no_part_in_the_schema(registry: Registry) -> None:
    assert not [line for line in create_statements(registry, "shop") if "sale" in line or "labelled" in line]
    assert {table for _, table, _, _ in owned(registry, "shop")} == {
        "customer", "customer_labels", "label", "order", "line",
    }  # fmt: skip


# -- refusals ----------------------------------------------------------------------------------------------
def built(cls: type[Model], *more: type[Model]) -> Registry:
    return Registry.build([AddonModels("shop", (*SHOP, cls, *more))])


def refused(cls: type[Model], *more: type[Model]) -> str:
    with pytest.raises(TenonError) as caught:
        built(cls, *more)
    assert isinstance(caught.value, DeveloperError)
    assert __file__ in str(caught.value)
    return str(caught.value)


TEXT = "SELECT id, name FROM shop.label"


@pytest.mark.parametrize(
    "field",
    [
        lambda: fields.Char("Name", required=True),
        lambda: fields.Char("Name", unique=True),
        lambda: fields.Char("Name", index=True),
        lambda: fields.Char("Name", tracked=True),
        lambda: fields.Char("Name", secret=True),
        lambda: fields.Char("Name", translate=True),
        lambda: fields.Char("Name", default="x"),
        lambda: fields.Many2many(Label, "Name"),
        lambda: fields.Binary("Name"),
        lambda: fields.Char("Name", related="link.name", stored=True),
    ],
)
def test_options_that_mean_nothing_on_a_query_are_refused(field: Callable[[], Any]) -> None:
    class Wrong(Model, name="shop.wrong", query=TEXT, reads=(Label,)):
        """A model with a wrong field."""

        link = fields.Many2one(Label, "Link")
        name = field()

    assert "shop.wrong.name" in refused(Wrong)


def test_constraints_options_and_methods_that_never_run_are_refused() -> None:
    class Constrained(Model, name="shop.wrong", query=TEXT, reads=(Label,)):
        """With a constraint."""

        name = fields.Char("Name")
        _once = Unique("name", message="Twice.")

    class Passing(Model, name="shop.wrong", query=TEXT, reads=(Label,), transient=True):
        """Transient."""

        name = fields.Char("Name")

    class Empty(Model, name="shop.wrong", query="SELECT id FROM shop.label", reads=(Label,)):
        """Without a field."""

    class Wordy(Model, name="shop.wrong", query="DELETE FROM shop.label", reads=(Label,)):
        """No SELECT."""

        name = fields.Char("Name")

    assert "a constraint means nothing" in refused(Constrained)
    assert "transient=True" in refused(Passing)
    assert "no field" in refused(Empty)
    assert "neither SELECT nor WITH" in refused(Wordy)


def test_what_the_query_reads_must_be_named() -> None:
    class Silent(Model, name="shop.wrong", query=TEXT):
        """Names nothing."""

        name = fields.Char("Name")

    class Linked(
        Model,
        name="shop.wrong",
        query='SELECT customer_id AS id, label_id AS n FROM "shop"."customer_labels"',
        reads=(Label,),
    ):
        """Reads a table of links."""

        n = fields.Integer("N")

    class Stacked(Model, name="shop.wrong", query="SELECT id, note FROM shop.sale", reads=(Sale,)):
        """Reads a query."""

        note = fields.Char("Note")

    assert "reads= does not name shop.label" in refused(Silent)
    assert "reads= does not name shop.customer" in refused(Linked)
    assert "has no table" in refused(Stacked)


def test_links_and_stored_values_that_would_rest_on_rows_are_refused() -> None:
    class ToRows(Model, name="shop.wrong"):
        """Links to rows."""

        sale = fields.Many2one(Sale, "Sale")

    class Counting(Customer, extend=True):
        """Stores what it counts of rows."""

        total = fields.Decimal("Total", digits=(16, 2), stored=True, aggregate="sales.amount:sum")

    assert "shop.wrong.sale links to shop.sale" in refused(ToRows)
    assert "is stored and depends on" in refused(Counting)


def test_extensions_add_computed_and_related_fields_and_methods_but_no_columns(
    tx: Transaction, registry: Registry
) -> None:
    class MoreSale(Sale, extend=True):
        """Of another addon."""

        double = fields.Decimal("Double", digits=(16, 2))
        name = fields.Char("Customer's name", related="customer.name")

        @double.compute("amount")
        def _compute_double(self) -> None:
            for sale in self:
                sale.double = sale.twice()

    class Wider(Sale, extend=True):
        """A column that the query does not give."""

        wide = fields.Integer("Wide")

    both = Registry.build([AddonModels("shop", SHOP), AddonModels("more", (MoreSale,))])
    env = Env.open(tx, both, Ports())
    World(env)
    sale = env[Sale].search(Sale.orders == 2)
    assert (getattr(sale, "double"), getattr(sale, "name")) == (60, "Ada")  # noqa: B009 - not a field of Sale
    with pytest.raises(RegistryError, match="an extension cannot add a column"):
        Registry.build([AddonModels("shop", SHOP), AddonModels("more", (Wider,))])


# -- the columns -------------------------------------------------------------------------------------------
class Misnamed(
    Model, name="shop.misnamed", query="SELECT id, name AS nam, 1.5 AS size FROM shop.label", reads=(Label,)
):
    """A misspelt column, and one of another type."""

    name = fields.Char("Name")
    size = fields.Integer("Size")


class Broken(Model, name="shop.broken", query="SELECT id, nme FROM shop.label", reads=(Label,)):
    """SQL that does not run."""

    nme = fields.Char("Name")


def test_columns_that_lack_or_do_not_fit_are_named_with_place_and_near_word(tx: Transaction) -> None:
    model = built(Misnamed).model("shop.misnamed")
    lacking, wrong = over_query.faults(tx, model)
    assert str(model.fields["name"].field.place) in lacking
    assert str(model.place) in lacking
    assert 'no column "name"' in lacking
    assert 'Did you mean "nam"?' in lacking
    assert 'gives "size" as numeric; the field size needs int' in wrong


def test_the_first_use_of_a_query_that_does_not_fit_says_so_and_the_transaction_goes_on(tx: Transaction) -> None:
    env = Env.open(tx, built(Misnamed, Broken), Ports())
    with pytest.raises(DeveloperError, match='no column "name"'):
        env[Misnamed].search()
    with pytest.raises(DeveloperError, match=r'shop\.broken cannot be run: column "nme" does not exist'):
        env[Broken].count()
    assert env[Label].count() == 0
