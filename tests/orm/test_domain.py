"""Domains as values: algebra, wire form, and what is refused before any SQL."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import RegistryError, TenonError, UnknownFieldError, ValidationError
from kernel.orm import AddonModels, Model, Registry, fields
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import DomainError
from tests.orm.query.shop import Partner, Purchase, Shop, Tag, shop_registry

ONE = Domain.term("name", "=", "Ann")
TWO = Domain.term("rank", ">", 3)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(shop_registry(), {})


def test_shape_and_values_lie_apart() -> None:
    domain = (Partner.rank > 3) & (Partner.city == "Porto")
    other = (Partner.rank > 99) & (Partner.city == "Lyon")
    assert domain.key == other.key
    assert (domain.params, other.params) == ((3, "Porto"), (99, "Lyon"))
    assert domain != other
    assert len({domain, other, (Partner.rank > 3) & (Partner.city == "Porto")}) == 2


def test_a_domain_cannot_be_asked_for_its_truth() -> None:
    with pytest.raises(TypeError, match=r"& \| ~"):
        bool(ONE)
    with pytest.raises(TypeError):
        assert ONE and TWO  # noqa: PT018


def test_a_domain_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(ONE & ~TWO)) == ONE & ~TWO  # noqa: S301


def test_true_and_false_are_neutral() -> None:
    assert ONE & Domain.TRUE == Domain.TRUE & ONE == ONE | Domain.FALSE == Domain.FALSE | ONE == ONE
    assert Domain.all_of([]) == Domain.TRUE
    assert Domain.any_of([]) == Domain.FALSE
    assert Domain.any_of([ONE, TWO]) == ONE | TWO
    assert ~~ONE == ONE
    assert (ONE & TWO) & ONE == ONE & (TWO & ONE)


def test_the_wire_form_is_read_back_as_the_same_domain() -> None:
    lines = Partner.purchases.any((Purchase.amount > Decimal("10.50")) | Purchase.partner.has(Partner.city == "Porto"))
    domain = lines & ~Partner.tags.any(Tag.name.ilike("x")) & Partner.rank.is_in([1, None])
    wire = domain.to_wire()
    assert wire == [
        "&",
        ["purchases", "any", ["|", ["amount", ">", "10.50"], ["partner", "any", ["city", "=", "Porto"]]]],
        ["!", ["tags", "any", ["name", "ilike", "x"]]],
        ["rank", "in", [1, None]],
    ]
    assert Domain.from_wire(wire).to_wire() == wire
    assert Domain.from_wire([]) == Domain.TRUE
    assert Domain.TRUE.to_wire() == []
    assert Domain.from_wire(Domain.FALSE.to_wire()) == Domain.FALSE


def test_dates_go_over_the_wire_as_texts(shop: Shop) -> None:
    moment = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    domain = (Partner.born == dt.date(2024, 5, 1)) & (Partner.seen >= moment) & (Partner.wait < dt.timedelta(hours=1))
    wire = domain.to_wire()
    assert wire == [
        "&",
        ["born", "=", "2024-05-01"],
        ["seen", ">=", "2024-05-01T12:00:00+00:00"],
        ["wait", "<", 3600],
    ]
    assert Domain.from_wire(wire).check(shop.model("partner")) == domain.check(shop.model("partner"))


def test_variables_are_filled_in() -> None:
    variables = {"user": 7, "companies": [1, 2]}
    wire = [["owner", "=", {"$": "user"}], ["company", "in", {"$": "companies"}], ["kind", "in", ["a", {"$": "user"}]]]
    assert Domain.from_wire(wire, variables=variables).params == (7, (1, 2), ("a", 7))
    with pytest.raises(DomainError, match=r'No variable "usr" here\. Did you mean "user"'):
        Domain.from_wire([["owner", "=", {"$": "usr"}]], variables=variables)


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("name", "A domain is a list"),
        ([["name", "="]], "Not a domain"),
        (["name", "=", 1, 2], "Not a domain"),
        ([1, "=", 1], "Not a domain"),
        (["name", "ilik", "x"], 'Did you mean "ilike"'),
        (["!", [], []], '"!" takes one domain'),
        (["name", "in", "abc"], '"in" takes a list'),
        (["name", "=", ["a"]], "compares with one value"),
        (["name", "ilike", 5], "takes a text"),
        (["tags", "any", 5], "A domain is a list"),
        (["name", "=", {"a": 1}], "A value is plain"),
    ],
)
def test_a_malformed_wire_form_is_refused(wire: Any, text: str) -> None:
    with pytest.raises(DomainError, match=text):
        Domain.from_wire(wire)


def test_an_untrusted_domain_is_bounded_in_depth_and_size() -> None:
    deep: list[Any] = ["name", "=", "x"]
    for _ in range(20):
        deep = ["!", deep]
    wide = [["name", "=", "x"]] * 200
    far = ["parent." * 20 + "name", "=", "x"]
    for wire, text in ((deep, "20 levels"), (wide, "200 terms"), (far, "20 levels")):
        with pytest.raises(DomainError, match=text):
            Domain.from_wire(wire)
        Domain.from_wire(wire, trusted=True)


@pytest.mark.parametrize(
    ("wire", "error", "text"),
    [
        (["citty", "=", "x"], UnknownFieldError, 'no field "citty" on shop.partner. Did you mean "city"'),
        (["parent.citty", "=", "x"], UnknownFieldError, 'Did you mean "city"'),
        (["tags", "any", ["hew", "=", 1]], UnknownFieldError, 'no field "hew" on shop.tag'),
        (["city.name", "=", "x"], DomainError, "nothing lies behind shop.partner.city"),
        (["city", "any", []], DomainError, "nothing lies behind"),
        (["rank", "ilike", "x"], DomainError, '"ilike" does not fit shop.partner.rank, which is of type integer'),
        (["vip", "<", True], DomainError, '"<" does not fit'),
        (["rank", "<", None], DomainError, "compares with nothing"),
        (["notes", "=", "x"], DomainError, "JSON"),
        (["name", "child_of", 1], DomainError, "does not fit"),
        (["purchases", "child_of", 1], DomainError, "is no tree"),
        (["name:month", "=", 1], DomainError, "is no date"),
        (["born:hour", "=", 1], DomainError, "no part of a date"),
        (["born:month", "=", "May"], ValidationError, "whole number"),
        (["longest", "=", 3], DomainError, "computed and not stored"),
        (["shout", "=", "ANN"], DomainError, "found by a method"),
        (["rank", "=", "many"], ValidationError, "many"),
        (["credit", "=", "NaN"], ValidationError, "finite"),
        (["kind", "=", "persn"], ValidationError, "persn"),
        (["name", "=", "a\0b"], ValidationError, "NUL"),
        (["name", "=", 5], ValidationError, "no text"),
        (["parent", "=", "Ann"], ValidationError, "Ann"),
        (["parent", "=", 2**63], ValidationError, ""),
        (["born", "=", "yesterday"], ValidationError, "yesterday"),
        (["seen", ">", "2024-01-01T00:00:00"], ValidationError, "time zone"),
    ],
)
def test_what_does_not_fit_the_model_is_refused_before_any_sql(
    shop: Shop, wire: Any, error: type[TenonError], text: str
) -> None:
    with pytest.raises(error) as refused:
        Domain.from_wire(wire).check(shop.model("partner"))
    assert text in str(refused.value)


def test_a_circle_of_related_fields_is_an_error_and_no_crash() -> None:
    class Loop(Model, name="loop.thing"):
        parent: fields.Many2one[Loop] = fields.Many2one("loop.thing")
        name = fields.Char(related="parent.name", stored=False)

    try:
        model = Registry.build([AddonModels("loop", (Loop,))]).model("loop.thing")
    except RegistryError:
        return
    with pytest.raises(DomainError, match="circle"):
        Domain.term("name", "=", "x").check(model)


def test_values_become_what_sql_compares(shop: Shop) -> None:
    wire = [["credit", ">", "9.999"], ["born", "=", "2024-02-29"], ["parent", "in", [3]], ["weight", "<", 2]]
    checked = Domain.from_wire(wire).check(shop.model("partner"))
    assert checked.params == (Decimal("9.999"), dt.date(2024, 2, 29), (3,), 2.0)


def test_a_field_without_a_column_is_found_by_its_method(shop: Shop) -> None:
    partner = shop.model("partner")

    def search(bound: Any, operator: str, value: Any) -> Domain:
        return partner.cls._search_shout(None, operator, value)  # type: ignore[attr-defined, no-any-return]

    own = Domain.term("shout", "!=", "ANN").check(partner, search)
    assert own == (~Domain.term("name", "=", "ann")).check(partner)
    far = (Domain.term("parent.shout", "=", "BOB") & Domain.term("city", "=", "x")).check(partner, search)
    assert far == (Domain.any_("parent", Domain.term("name", "=", "bob")) & Domain.term("city", "=", "x")).check(
        partner
    )
    inside = Domain.any_("purchases", Domain.term("partner.shout", "in", ["A"]))
    with pytest.raises(AttributeError):
        inside.check(partner, search)  # the method's own fault shows as it is


def test_one_record_can_be_asked(shop: Shop) -> None:
    partner = shop.model("partner")
    cities = {1: "Porto", 2: "Lyon"}
    domain = (Partner.city == "Porto").check(partner)
    assert [domain.matches(partner, lambda _, id: cities[id], id) for id in cities] == [True, False]
