"""A model that belongs to a company, with lines, and fields that only administrators see."""

from __future__ import annotations

from addons.base.models import CompanyScoped
from kernel.orm import Model, fields


class Crate(CompanyScoped, Model, name="depot.crate", title="label"):
    """A crate of a company."""

    label = fields.Char("Label", required=True)
    kind = fields.Selection([("wood", "Wood"), ("steel", "Steel")], "Kind")
    price = fields.Integer("Price", groups=("base.manager",))
    items: fields.One2many[Item] = fields.One2many("depot.item", "Items", inverse="crate")


class Item(Model, name="depot.item", title="label"):
    """What is in a crate."""

    crate = fields.Many2one(Crate, "Crate", required=True, ondelete="cascade")
    label = fields.Char("Label", required=True)
    cost = fields.Integer("Cost", groups=("base.manager",))
