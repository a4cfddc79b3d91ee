"""What is read of a query is never out of date, and nothing of it can be changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import AccessError, MissingError
from kernel.orm import Command, Env
from tests.orm.over_query.sales import (
    FIRST,
    SECOND,
    Customer,
    Label,
    Labelled,
    Order,
    Policy,
    Sale,
    World,
)


class Undone(Exception):
    """Ends a savepoint."""


# -- freshness ---------------------------------------------------------------------------------------------
def test_a_value_that_was_read_is_read_anew_after_a_write_to_what_it_counts(env: Env, world: World) -> None:
    sale = env[Sale].search(Sale.orders == 2)
    assert [sale.amount, sale.each, world.ada.best] == [30, 15, 30]
    world.lines[0].price = Decimal(40)
    assert [sale.amount, sale.each, world.ada.best] == [60, 30, 60]
    world.lines[1].write(quantity=2)
    assert [sale.amount, sale.each, world.ada.best] == [80, 40, 80]


def test_new_and_deleted_records_are_seen(env: Env, world: World) -> None:
    sale = env[Sale].search(Sale.orders == 2)
    assert (sale.orders, len(world.bob.sales), world.bob.best) == (2, 1, Decimal("7.50"))
    order = env[Order].create(
        {"customer": world.bob, "day": SECOND, "lines": [Command.create({"quantity": 3, "price": "4"})]}
    )
    assert [len(world.bob.sales), world.bob.best] == [2, 12]
    env[Order].create({"customer": world.ada, "day": FIRST})
    assert sale.orders == 3
    order.delete()
    assert (len(world.bob.sales), world.bob.best) == (1, Decimal("7.50"))


def test_a_new_record_shows_its_rows_at_once(env: Env, world: World) -> None:
    eve = env[Customer].create({"name": "Eve"})
    assert len(eve.sales) == 0
    env[Order].create({"customer": eve, "day": FIRST})
    assert len(eve.sales) == 1


def test_a_link_that_is_deleted_is_unset_in_the_rows(env: Env, world: World) -> None:
    sale = env[Sale].search(Sale.orders == 2)
    assert sale.customer == world.ada
    world.ada.delete()
    assert not env[Sale].search(Sale.orders == 2).customer


def test_rows_that_are_gone_are_missing(env: Env, world: World) -> None:
    sale = env[Sale].search(Sale.customer == world.bob)
    assert sale.amount
    world.orders[3].customer = world.ada
    assert sale.exists().ids == ()
    with pytest.raises(MissingError):
        _ = sale.amount


def test_links_in_a_table_of_links_count_too(env: Env, world: World) -> None:
    row = env[Labelled].search(Labelled.name == "Ada")
    assert row.labels == 0
    world.ada.labels = env[Label].create([{"name": "a"}, {"name": "b"}])
    assert row.labels == 2
    world.ada.name = "Ada L."
    assert row.name == "Ada L."


def test_a_write_to_a_model_that_it_does_not_read_leaves_the_cache_alone(env: Env, world: World) -> None:
    sale = env[Sale].search(Sale.orders == 2)
    assert sale.amount == 30
    world.ada.name = "Ada L."
    before = env.tx.statements
    assert sale.amount == 30
    assert env.tx.statements == before


def test_a_rollback_to_a_savepoint_forgets_what_was_read(env: Env, world: World) -> None:
    sale = env[Sale].search(Sale.orders == 2)
    with pytest.raises(Undone), env.savepoint():
        world.lines[0].price = Decimal(40)
        assert sale.amount == 60
        raise Undone
    assert sale.amount == 30


def test_a_rule_is_asked_again_after_a_write(env: Env, world: World, policy: Policy) -> None:
    policy.rules["shop.sale"] = Sale.amount > 20
    user = env.as_user(7)
    big = env[Sale].search(Sale.orders == 2).id
    assert user[Sale].browse(big).amount == 30
    world.lines[1].price = Decimal(1)
    with pytest.raises(MissingError):
        _ = user[Sale].browse(big).amount


# -- changing ----------------------------------------------------------------------------------------------
CHANGES: list[Callable[[Any], object]] = [
    lambda sale: sale.create({"orders": 1}),
    lambda sale: sale.write(orders=1),
    lambda sale: sale.delete(),
    lambda sale: sale.copy(),
    lambda sale: sale.upsert([{"note": "x"}], key=["note"]),
    lambda sale: sale.lock(),
    lambda sale: sale.draft({}),
    lambda sale: sale.set_translations("note", {"en": "x"}),
    lambda sale: setattr(sale, "orders", 3),
    lambda sale: setattr(sale, "customer", None),
    lambda sale: setattr(sale.customer, "sales", []),
    lambda sale: sale.customer.write(sales=[]),
    lambda sale: sale.customer.create({"name": "New", "sales": [{"orders": 1}]}),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_refused_with_one_error(env: Env, world: World, change: Callable[[Any], object]) -> None:
    sale = env[Sale].search(Sale.orders == 2)
    with pytest.raises(AccessError, match="Sale records cannot be created, changed, deleted or locked"):
        change(sale)


def test_copying_a_record_leaves_out_the_rows_that_it_shows(env: Env, world: World) -> None:
    assert world.bob.copy(name="Rob").sales.ids == ()
