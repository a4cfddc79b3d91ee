"""Models over a query are asked like any other, as far as the actor may."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.errors import AccessError, MissingError, UnknownFieldError
from kernel.orm import Domain, Env, Registry
from kernel.orm.registry import describe
from tests.orm.over_query.sales import (
    FIRST,
    SECOND,
    Customer,
    Labelled,
    Policy,
    Sale,
    World,
)


# -- asking ------------------------------------------------------------------------------------------------
def test_rows_of_the_query_are_records_with_the_values_of_their_fields(env: Env, world: World) -> None:
    sales = env[Sale].search()
    assert [(sale.customer.name, sale.day, sale.orders, sale.amount) for sale in sales] == [
        ("Ada", SECOND, 1, Decimal("5.00")),
        ("Ada", FIRST, 2, Decimal("30.00")),
        ("Bob", FIRST, 1, Decimal("7.50")),
    ]
    assert sales[1].each == Decimal("15.00")
    assert sales[1].twice() == Decimal("60.00")
    assert sales.mapped("city") == ["Porto", "Porto", "Faro"]


def test_absence_in_the_query_has_the_form_it_has_everywhere(env: Env, world: World) -> None:
    assert env[Sale].search(Sale.orders == 1).mapped(Sale.note) == ["", ""]
    assert env[Sale].count(Sale.note == "") == 2
    assert env[Sale].count(Sale.note == "many: 100%") == 1
    assert env[Sale].count(Sale.hour == "12:30") == 3


def test_what_the_query_gives_is_rounded_to_the_digits_of_its_field(env: Env, world: World) -> None:
    world.lines[1].price = Decimal("20.01")
    assert env[Sale].search(Sale.orders == 2).average == Decimal("15.01")


def test_domains_counts_orders_and_limits_are_those_of_other_models(env: Env, world: World) -> None:
    sales = env[Sale]
    assert sales.count() == 3
    assert sales.count(limit=2) == 2
    assert sales.search((Sale.amount > 6) & (Sale.day == FIRST), order="amount").mapped(Sale.amount) == [
        Decimal("7.50"),
        Decimal("30.00"),
    ]
    assert sales.search(order="customer desc, amount desc", limit=2, offset=1).mapped(Sale.amount) == [30, 5]
    assert sales.search(order="customer.city").mapped("city") == ["Faro", "Porto", "Porto"]
    assert sales.search().filtered(Sale.amount > 6) == sales.search(Sale.amount > 6)
    assert len(sales.search().exists()) == 3


def test_domains_go_through_its_links_and_through_those_of_others_to_it(env: Env, world: World) -> None:
    assert env[Sale].count(Sale.customer.has(Customer.city == "Porto")) == 2
    assert env[Sale].search(Domain.term("city", "=", "Faro")).customer == world.bob
    assert env[Customer].search(Customer.sales.any(Sale.amount > 20)) == world.ada
    assert env[Customer].search(~Customer.sales.any(Sale.orders > 1)) == world.bob


def test_pages_by_cursor_visit_every_row_once(env: Env, world: World) -> None:
    first = env[Sale].search_page(order="amount", limit=2)
    second = env[Sale].search_page(order="amount", limit=2, after=first.after)
    assert [*first.records.mapped(Sale.amount), *second.records.mapped(Sale.amount)] == [5, Decimal("7.50"), 30]
    assert sum(len(batch) for batch in env[Sale].iterate(batch=1)) == 3


def test_groups_sum_rows_by_its_links_and_dates(env: Env, world: World) -> None:
    groups = env[Sale].group(by=["customer"], aggregates=["amount:sum"])
    assert [(group["customer"]["title"], group["amount:sum"]) for group in groups] == [
        ("Ada", "35.00"),
        ("Bob", "7.50"),
    ]
    assert [group["count"] for group in env[Sale].group(by=["day:month"])] == [3]
    assert env[Sale].group_count(by=["day"]) == 2


def test_clients_read_it_without_a_version_and_with_one_if_the_query_gives_it(env: Env, world: World) -> None:
    rows = env[Sale].search_read(Sale.orders == 2, {"amount": {}, "customer": {}, "each": {}})
    assert rows == [
        {
            "id": world.orders[0].id,
            "amount": "30.00",
            "customer": {"id": world.ada.id, "title": "Ada"},
            "each": "15.00",
        }
    ]
    assert env[Sale].search_read(Sale.orders == 2, ["amount"]) == [{"id": world.orders[0].id, "amount": "30.00"}]
    assert env[Sale].search(Sale.orders == 2).read(["orders"]) == [{"id": world.orders[0].id, "orders": 2}]
    assert env[Labelled].search_read(Labelled.name == "Ada", ["name"])[0]["version"] == 1


def test_pickers_find_it_by_its_title(env: Env, world: World) -> None:
    assert env[Sale].name_search("many") == [(world.orders[0].id, "many: 100%")]
    assert env[Sale].search(Sale.orders == 2).display_title == "many: 100%"


def test_its_description_says_that_nothing_of_it_can_be_changed(env: Env, registry: Registry) -> None:
    found = describe.describe(env, registry.model("shop.sale"))
    assert found["access"] == {"read": True, "create": False, "write": False, "delete": False}
    assert all(field["readonly"] for field in found["fields"].values())
    assert "version" not in found["fields"]
    assert describe.describe(env, registry.model("shop.customer"))["fields"]["sales"]["readonly"]


def test_a_loop_over_rows_asks_once_for_them_and_once_for_what_they_link_to(env: Env, world: World) -> None:
    sales = env[Sale].search()
    before = env.tx.statements
    assert [(sale.amount, sale.customer.name, sale.orders) for sale in sales]
    assert env.tx.statements - before <= 2


# -- rights ------------------------------------------------------------------------------------------------
def test_rules_and_rights_hold_for_its_rows(env: Env, world: World, policy: Policy) -> None:
    env.flush()
    policy.rules["shop.sale"] = Sale.customer == world.bob
    user = env.as_user(7)
    assert user[Sale].search().mapped(Sale.amount) == [Decimal("7.50")]
    assert user[Sale].count() == 1
    assert [group["count"] for group in user[Sale].group(by=["day"])] == [1]
    hidden = env[Sale].search(Sale.orders == 2)
    with pytest.raises(MissingError):
        _ = user[Sale].browse(hidden.id).amount
    assert user[Customer].search(Customer.sales.any(Sale.amount > 20)).ids == ()
    assert [len(customer.sales) for customer in user[Customer].search()] == [0, 1]


def test_who_may_not_read_it_is_told_so(env: Env, world: World, policy: Policy) -> None:
    policy.denied.add("shop.sale")
    with pytest.raises(AccessError):
        env.as_user(7)[Sale].search()


def test_hidden_fields_and_hidden_links_of_it_are_hidden(env: Env, world: World, policy: Policy) -> None:
    policy.hidden["shop.sale"] = frozenset({"amount"})
    policy.rules["shop.customer"] = Customer.name == "Bob"
    user = env.as_user(7)
    with pytest.raises(UnknownFieldError):
        user[Sale].search(Sale.amount > 1)
    with pytest.raises(AccessError):
        _ = user[Sale].search()[0].amount
    shown = user[Sale].search_read(Sale.orders == 2, ["customer"])[0]["customer"]
    assert shown == {"id": None, "hidden": True}
    assert user[Sale].count(Sale.customer.has(Customer.city == "Porto")) == 0
