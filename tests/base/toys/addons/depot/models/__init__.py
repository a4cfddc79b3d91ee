"""A model that belongs to a company, with lines, and fields that only administrators see."""

from __future__ import annotations

from addons.base.models import CompanyScoped
from kernel.orm import Model, fields


class Crate(CompanyScoped, Model, name="depot.crate", title="label"):
    """A crate of a company."""

    label = fields.Char("Label", required=True, tracked=True)
    kind = fields.Selection([("wood", "Wood"), ("steel", "Steel")], "Kind")
    price = fields.Integer("Price", tracked=True, groups=("base.manager",))
    items: fields.One2many[Item] = fields.One2many("depot.item", "Items", inverse="crate")


class Item(Model, name="depot.item", title="label"):
    """What is in a crate."""

    crate = fields.Many2one(Crate, "Crate", required=True, ondelete="cascade")
    label = fields.Char("Label", required=True)
    cost = fields.Integer("Cost", groups=("base.manager",))


class Bill(CompanyScoped, Model, name="depot.bill", title="number"):
    """What a customer is to pay: numbered without gaps by company and year, and by a ticket that may leave some out."""

    number = fields.Number(
        "Number", pattern="B-{year}-{seq:04}", gapless=True, per=("company", "year"), dated="day", unique=True
    )
    ticket = fields.Number("Ticket", pattern="T{seq}")
    monthly = fields.Number("Of the month", pattern="{yy}{month}/{seq}", per="month")
    day = fields.Date("Day")
    label = fields.Char("Label")
    heading = fields.Char("Heading", stored=True)

    @heading.compute("number", "label")
    def _compute_heading(self) -> None:
        for bill in self:
            bill.heading = f"{bill.number} {bill.label}"
