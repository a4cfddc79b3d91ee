"""A shop, and two models over queries of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from kernel.orm import Domain, Env, Model, fields


class Customer(Model, name="shop.customer", order="name", title="name"):
    """Who buys."""

    name = fields.Char("Name", required=True)
    city = fields.Char("City")
    labels: fields.Many2many[Label] = fields.Many2many("shop.label", "Labels")
    sales: fields.One2many[Sale] = fields.One2many("shop.sale", "Sales", inverse="customer")
    best = fields.Decimal("Best day", digits=(16, 2))

    @best.compute("sales.amount")
    def _compute_best(self) -> None:
        for customer in self:
            customer.best = max((sale.amount for sale in customer.sales), default=Decimal(0))


class Label(Model, name="shop.label"):
    """A word for customers."""

    name = fields.Char("Name")


class Order(Model, name="shop.order"):
    """What was bought."""

    customer = fields.Many2one(Customer, "Customer", ondelete="set null")
    day = fields.Date("Day", required=True)
    lines: fields.One2many[Line] = fields.One2many("shop.line", "Lines", inverse="order")
    amount = fields.Decimal("Amount", digits=(16, 2), stored=True, aggregate="lines.amount:sum")


class Line(Model, name="shop.line"):
    """A line; its amount is computed, and the order's from it."""

    order = fields.Many2one(Order, "Order", required=True, ondelete="cascade")
    quantity = fields.Integer("Quantity")
    price = fields.Decimal("Price", digits=(16, 2))
    amount = fields.Decimal("Amount", digits=(16, 2), stored=True)

    @amount.compute("quantity", "price")
    def _compute_amount(self) -> None:
        for line in self:
            line.amount = line.quantity * line.price


SALES = """
    -- one row per customer and day; the id is that of the first order
    SELECT min(o.id) AS id, o.customer_id, o.day, count(*) AS orders, sum(o.amount) AS amount,
           CASE WHEN count(*) > 1 THEN 'many: 100%' END AS note,
           avg(o.amount) AS average, '12:30'::text AS hour
    FROM shop.order o GROUP BY o.customer_id, o.day; -- the end
"""


class Sale(Model, name="shop.sale", query=SALES, reads=(Order,), order="day desc, id", title="note", label="Sale"):
    """What a customer bought on a day."""

    customer = fields.Many2one(Customer, "Customer")
    day = fields.Date("Day")
    orders = fields.Integer("Orders")
    amount = fields.Decimal("Amount", digits=(16, 2))
    average = fields.Decimal("Average", digits=(16, 2))
    note = fields.Char("Note")
    hour = fields.Char("Hour")
    each = fields.Decimal("Each", digits=(16, 2))
    city = fields.Char("City", related="customer.city")

    @each.compute("amount", "orders")
    def _compute_each(self) -> None:
        for sale in self:
            sale.each = sale.amount / sale.orders

    def twice(self) -> Decimal:
        """A method of its own."""
        return self.amount * 2


class Labelled(
    Model,
    name="shop.labelled",
    query="SELECT c.id, c.name, (SELECT count(*) FROM shop.customer_labels l WHERE l.customer_id = c.id) AS labels,"
    " c.version FROM shop.customer c",
    reads=(Customer,),
):
    """How many labels a customer has; its query gives the version."""

    name = fields.Char("Name")
    labels = fields.Integer("Labels")
    version = fields.Integer("Version")


SHOP = (Customer, Label, Order, Line, Sale, Labelled)


class Policy:
    """Rights in a few dictionaries."""

    def __init__(self) -> None:
        self.rules: dict[str, Domain] = {}
        self.hidden: dict[str, frozenset[str]] = {}
        self.denied: set[str] = set()

    def allowed(self, env: Any, model: str, operation: str) -> bool:
        return model not in self.denied

    def rule(self, env: Any, model: str, operation: str) -> Domain | None:
        return self.rules.get(model)

    def hidden_fields(self, env: Any, model: str) -> frozenset[str]:
        return self.hidden.get(model, frozenset())


FIRST, SECOND = dt.date(2024, 5, 1), dt.date(2024, 5, 2)


class World:
    """Two customers; one bought twice on a day, and once on the next."""

    def __init__(self, env: Env) -> None:
        self.ada, self.bob = env[Customer].create([{"name": "Ada", "city": "Porto"}, {"name": "Bob", "city": "Faro"}])
        rows = [(self.ada, FIRST), (self.ada, FIRST), (self.ada, SECOND), (self.bob, FIRST)]
        self.orders = env[Order].create([{"customer": who, "day": day} for who, day in rows])
        amounts = ("10", "20", "5", "7.50")
        self.lines = env[Line].create(
            [{"order": order, "quantity": 1, "price": price} for order, price in zip(self.orders, amounts, strict=True)]
        )
