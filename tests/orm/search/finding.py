"""Models to be found: places that form a tree, items with texts, gaps and links."""

from __future__ import annotations

from typing import Any

from kernel.orm import AddonModels, Model, Registry, Unique, fields
from kernel.orm.domains.domain import Domain


class Place(Model, name="find.place", order="name"):
    """A tree."""

    name = fields.Char(required=True)
    parent: fields.Many2one[Place] = fields.Many2one("find.place", "Part of", ondelete="cascade")
    children: fields.One2many[Place] = fields.One2many("find.place", inverse="parent")
    items: fields.One2many[Item] = fields.One2many("find.item", inverse="place")


class Label(Model, name="find.label", order="name"):
    """A label, whose name is its own."""

    name = fields.Char(required=True, unique=True)


class Item(Model, name="find.item", order="sold desc, name"):
    """Something that is somewhere."""

    name = fields.Char(required=True, index="trigram")
    code = fields.Char(copy=False, index=True)
    notes = fields.Text(index="fulltext")
    words = fields.FullText("name", "notes")
    price = fields.Decimal(digits=(12, 2), index=True)
    weight = fields.Float(nullable=True)
    sold = fields.Date()
    seen = fields.Datetime()
    kind = fields.Selection([("new", "New"), ("old", "Old")])
    place = fields.Many2one(Place)
    labels = fields.Many2many(Label)
    parts: fields.One2many[Part] = fields.One2many("find.part", inverse="item", copy=True)
    archived = fields.Boolean()
    shout = fields.Char()
    place_name = fields.Char(related="place.name")
    _code_once = Unique("code", message="This code is taken.")

    @shout.compute("name")
    def _compute_shout(self) -> None:
        for item in self:
            item.shout = item.name.upper()

    @shout.search
    def _search_shout(self, operator: str, value: Any) -> Domain:
        return Domain.term("name", operator, value.lower())


class Part(Model, name="find.part"):
    """What an item consists of."""

    name = fields.Char(required=True)
    item = fields.Many2one(Item, required=True, ondelete="cascade")


class Errand(Model, name="find.errand", transient=True):
    """What is needed for a while."""

    name = fields.Char(required=True)
    archived = fields.Boolean()


FINDING: tuple[type[Any], ...] = (Place, Label, Item, Part, Errand)


def finding_registry() -> Registry:
    return Registry.build([AddonModels("find", FINDING)])
