"""Customers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from kernel.errors import UserError
from kernel.orm import Check, Domain, Model, exposed, fields, read_committed


class Customer(Model, name="shop.customer", order="name, id", title="name"):
    """Somebody who buys."""

    name = fields.Char("Name", required=True)
    city = fields.Char("City")
    credit = fields.Decimal("Credit", digits=(12, 2))
    kind = fields.Selection([("person", "Person"), ("firm", "Firm")], "Kind", default="person")
    since = fields.Date("Since")
    owner = fields.Integer("Owner", help="The user who looks after the customer; 0: everybody.")
    margin = fields.Integer("Margin", groups=["shop.manager"])
    serial = fields.Char("Serial", readonly=True)
    contract = fields.Binary("Contract")
    paper = fields.Binary("Paper", groups=["shop.manager"])
    photo = fields.Image("Photo")
    pin = fields.Char("PIN", secret=True)
    parent = fields.Many2one["Customer"]("shop.customer", "Parent")
    children = fields.One2many["Customer"]("shop.customer", "Children", inverse="parent")
    shout = fields.Char("Shout")
    motto = fields.Char("Motto", translate=True)
    points = fields.Integer("Points", company_dependent=True)

    _credit_not_negative = Check("credit >= 0", message="Credit cannot be negative.")

    @shout.compute("name")
    def _compute_shout(self) -> None:
        for customer in self:
            customer.shout = customer.name.upper()

    @exposed
    def greet(self, greeting: str, times: int = 1) -> str:
        """A greeting for each of the records."""
        return " ".join(f"{greeting} {customer.name}" for customer in self for _ in range(times))

    @exposed
    def sort_out(
        self,
        day: dt.date,
        amount: Decimal,
        mode: Literal["fast", "slow"],
        others: Customer,
        where: Domain,
        tags: list[str],
    ) -> dict[str, object]:
        """Tells which types arrived."""
        return {
            "day": day.year,
            "amount": amount + 1,
            "mode": mode,
            "others": others.ids,
            "where": where.to_wire(),
            "tags": tags,
        }

    @exposed
    def refuse(self) -> None:
        """Fails after it has written."""
        self.write(city="written before the failure")
        self.env.flush()
        raise UserError("Not today.", hint="Come back tomorrow.")

    @exposed
    def isolation(self) -> str:
        """How the database keeps this call apart from others."""
        return str(self.env.sql("SHOW transaction_isolation")[0][0])

    @exposed
    @read_committed
    def locking_isolation(self) -> str:
        """The same, of a method that locks before it reads."""
        return self.isolation()

    @exposed(auth="public")
    def opening_hours(self) -> str:
        """What anybody may ask."""
        count = self.env.as_system("the number of customers is public")[Customer].count()
        return f"9 to 5, {count} customers"

    def not_exposed(self) -> str:
        """Nobody may call this from outside."""
        return "secret"
