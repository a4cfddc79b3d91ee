"""Related fields, aggregates and SQL expressions: one UPDATE for all records, and what Python gives."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import AddonModels, Command, Env, Model, Ports, Registry, fields
from kernel.orm.computing import refresh
from tests.orm.databases import RolledBack, installed, rolled_back


class Product(Model, name="shop.product"):
    """What is sold."""

    name = fields.Char("Name")
    price = fields.Decimal("Price", digits=(16, 2))


class Order(Model, name="shop.order"):
    """An order."""

    name = fields.Char("Name")
    lines = fields.One2many["OrderLine"]("shop.line", "Lines", inverse="order")
    bonus = fields.Many2many(Product, "Bonus")
    total = fields.Decimal("Total", digits=(16, 2), stored=True, aggregate="lines.amount:sum")
    size = fields.Integer("Size", stored=True, aggregate="lines:count")
    most = fields.Decimal("Most", digits=(16, 2), stored=True, aggregate="lines.amount:max")
    least = fields.Decimal("Least", digits=(16, 2), nullable=True, stored=True, aggregate="lines.amount:min")
    bonus_value = fields.Decimal("Bonus value", digits=(16, 2), stored=True, aggregate="bonus.price:sum")
    now_total = fields.Decimal("Total, not stored", digits=(16, 2), aggregate="lines.amount:sum")
    grand = fields.Decimal("With bonus", digits=(16, 2), stored=True)

    @grand.compute("total", "bonus_value")
    def _compute_grand(self) -> None:
        for order in self:
            order.grand = order.total + order.bonus_value


class OrderLine(Model, name="shop.line"):
    """A line of an order."""

    order = fields.Many2one(Order, "Order", required=True, ondelete="cascade")
    product = fields.Many2one(Product, "Product")
    quantity = fields.Integer("Quantity")
    price = fields.Decimal("Price", digits=(16, 2), stored=True, related="product.price")
    product_name = fields.Char("Name", stored=True, related="product.name")
    order_total = fields.Decimal("Of the order", digits=(16, 2), related="order.total")
    amount = fields.Decimal("Amount", digits=(16, 2), stored=True, sql="quantity * price")

    @amount.compute("quantity", "price")
    def _compute_amount(self) -> None:
        for line in self:
            line.amount = line.quantity * line.price


CLASSES: tuple[type[Any], ...] = (Product, Order, OrderLine)
STORED = {
    "shop.order": ("total", "size", "most", "least", "bonus_value", "grand"),
    "shop.line": ("price", "product_name", "amount"),
}


@pytest.fixture(scope="module")
def shop_registry() -> Registry:
    return Registry.build([AddonModels("shop", CLASSES)])


@pytest.fixture(scope="module")
def shop_database(cluster: Cluster, shop_registry: Registry) -> Iterator[str]:
    with installed(cluster, shop_registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, shop_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, shop_database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, shop_registry: Registry) -> Env:
    return Env.open(tx, shop_registry, Ports())


def _many(env: Env, count: int) -> tuple[Product, Order]:
    product = env[Product].create({"name": "pen", "price": 2})
    orders = env[Order].create([{"name": f"{place}"} for place in range(count)])
    env[OrderLine].create([{"order": id, "product": product, "quantity": 3} for id in orders.ids])
    env.invalidate()
    return product, orders


def test_ten_thousand_rows_follow_in_a_handful_of_statements(env: Env) -> None:
    product, orders = _many(env, 10_000)
    assert (orders[77].total, orders[77].size) == (6, 1)
    env.invalidate()
    before = env.tx.statements
    product.price = Decimal("2.50")
    product.name = "pencil"
    env.flush()
    # the old values, product, [who is concerned, update] of price, name and total ..., then `grand` in Python
    assert env.tx.statements - before < 40
    env.invalidate()
    assert (orders[9_999].total, orders[9_999].grand, orders[9_999].most) == (Decimal("7.50"),) * 3
    assert orders[5].lines.product_name == "pencil"


def test_a_stored_related_field_is_one_update(env: Env) -> None:
    product, _ = _many(env, 10_000)
    _ = product.name
    env.tx.log = []
    product.name = "pencil"
    env.flush()
    assert len(env.tx.log) == 3, env.tx.log  # the product, whose lines, the lines
    env.tx.log = None


def test_what_is_read_before_the_flush_is_right_too(env: Env) -> None:
    product, orders = _many(env, 100)
    product.price = Decimal(5)
    assert orders[3].total == 15
    assert orders[4].now_total == 15
    env.flush()
    env.invalidate()
    assert set(orders.mapped(Order.total)) == {Decimal(15)}


def test_equal_values_are_not_written(env: Env) -> None:
    product, orders = _many(env, 100)
    version, touched = orders[0].version, orders[0].updated_at
    product.price = Decimal("2.00")
    lines = orders.mapped(Order.lines)
    lines[:50].write(quantity=4)
    env.flush()
    env.invalidate()
    assert {order.total for order in orders} == {Decimal(6), Decimal(8)}
    assert (orders[99].version, orders[99].updated_at) == (version, touched)


def test_a_draft_sums_up_its_lines(env: Env) -> None:
    product = env[Product].create({"name": "pen", "price": 2})
    draft = env[Order].draft({"lines": [Command.create({"product": product, "quantity": 4})]})
    assert (draft.total, draft.size, draft.lines.product_name) == (8, 1, "pen")


def test_deleting_lines_takes_them_out_of_the_sums(env: Env) -> None:
    _, orders = _many(env, 60)
    orders.mapped(Order.lines)[:50].delete()
    assert (orders[0].total, orders[0].size, orders[0].least, orders[55].total) == (0, 0, None, 6)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ({"aggregate": "lines.amount"}, "is not understood"),
        ({"aggregate": "name:sum"}, "is not understood"),
        ({"aggregate": "lines:sum"}, "names no field"),
        ({"aggregate": "lines.amuont:sum"}, 'Did you mean "amount"'),
        ({"sql": "1"}, "beside a compute method"),
    ],
)
def test_a_wrong_declaration_fails_when_the_registry_is_built(option: dict[str, Any], text: str) -> None:
    class Extended(Order, extend=True):
        wrong = fields.Integer("Wrong", stored=True, **option)

    with pytest.raises(Exception, match=text):
        Registry.build([AddonModels("shop", (*CLASSES, Extended))])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["price", "name", "quantity", "move", "product", "delete", "create", "bonus", "read", "flush"]),
        st.integers(0, 5),
        st.integers(0, 9),
    ),
    max_size=14,
)


def _history(env: Env, steps: list[tuple[str, int, int]]) -> list[Any]:
    products = env[Product].create([{"name": f"p{place}", "price": place} for place in range(3)])
    orders = env[Order].create([{"name": f"o{place}"} for place in range(3)])
    ids = orders.ids
    for place in range(5):
        env[OrderLine].create({"order": ids[place % 3], "product": products[place % 3], "quantity": place})
    for step, a, b in steps:
        lines = env[OrderLine].search(OrderLine.order.has(Order.name.is_in(["o0", "o1", "o2"])), order="id")
        line = lines[a % len(lines)] if lines else lines
        if step == "price":
            products[a % 3].price = Decimal(b) / 4
        elif step == "name":
            products[a % 3].name = f"n{b}"
        elif step == "create":
            env[OrderLine].create({"order": ids[a % 3], "product": products[b % 3], "quantity": b})
        elif step == "bonus":
            orders[a % 3].bonus = products[: b % 4]
        elif step == "read":
            _ = (orders[a % 3].total, orders[b % 3].grand)
        elif step == "flush":
            env.invalidate()
        elif line and step == "delete":
            line.delete()
        elif line and step == "quantity":
            line.quantity = b
        elif line and step == "move":
            line.order = ids[b % 3]
        elif line:
            line.product = products[b % 3] if b % 4 else None
    env.invalidate()
    return [
        [getattr(record, name) for name in STORED[model]]
        for model in STORED
        for record in env.model(model).search(order="id")
    ]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_database_and_python_give_the_same(tx: Transaction, shop_registry: Registry, steps: Any) -> None:
    found = []
    for least in (1, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(refresh, "SET_BASED_FROM", least)
            try:
                with tx.savepoint():
                    found.append(_history(Env.open(tx, shop_registry, Ports()), steps))
                    raise RolledBack
            except RolledBack:
                pass
    assert found[0] == found[1]
