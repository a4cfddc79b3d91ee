"""What type checkers must refuse: each line marked `# E: mypy-code pyright-rule` is an error with these codes.

A line that is marked and not refused fails the test, and so does a refused one without a mark.
"""

from __future__ import annotations

import enum

from kernel.orm import Command, Env, Model, Settings, fields


class Thing(Model, name="typing.thing"):
    name = fields.Char("Name")
    size = fields.Integer("Size")
    price = fields.Decimal("Price")
    made = fields.Date("Made")

    def paint(self, color: str) -> None:
        """Paint it."""


class Other(Model, name="typing.other"):
    thing = fields.Many2one(Thing, "Thing")
    things = fields.Many2many(Thing, "Things")


class Painted(Thing, extend=True):
    color = fields.Char("Color")

    def paint(self, color: int) -> None:  # E: override reportIncompatibleMethodOverride
        """Not as its base is called."""


class Stage(enum.StrEnum):
    NEW = "new"


class Staged(Model, name="typing.staged"):
    stage = fields.Selection(Stage, "Stage")


class ThingSettings(Settings, addon="typing"):
    days: int = 3


def setting(thing: Thing, other: Other) -> None:
    thing.size = "large"  # E: assignment reportAttributeAccessIssue
    thing.made = "2026-01-01"  # E: assignment reportAttributeAccessIssue
    thing.price = 1.5  # E: assignment reportAttributeAccessIssue
    thing.name = None  # E: assignment reportAttributeAccessIssue
    other.thing = other  # E: assignment reportAttributeAccessIssue
    other.things = other  # E: assignment reportAttributeAccessIssue


def reading(env: Env, thing: Thing) -> None:
    _ = thing.nmae  # E: attr-defined reportAttributeAccessIssue
    _ = thing.color  # E: attr-defined reportAttributeAccessIssue
    _ = env[Thing].name.size  # E: attr-defined reportAttributeAccessIssue
    _ = env.settings(ThingSettings).dyas  # E: attr-defined reportAttributeAccessIssue
    for painted in env[Painted]:
        _ = painted.colour  # E: attr-defined reportAttributeAccessIssue


def searching(thing: Thing, other: Other) -> None:
    _ = Thing.name > 3  # E: operator reportOperatorIssue
    _ = Thing.size > "x"  # E: operator reportOperatorIssue
    _ = Thing.price >= "x"  # E: operator reportOperatorIssue
    _ = Thing.price.ilike("x")  # E: attr-defined reportAttributeAccessIssue
    _ = Thing.size.is_in(["x"])  # E: list-item reportArgumentType
    _ = Thing.made.part("mouth")  # E: arg-type reportArgumentType
    _ = Other.things.any("x")  # E: arg-type reportArgumentType
    _ = Other.thing.has(thing)  # E: arg-type reportArgumentType
    _ = other.search("x")  # E: arg-type reportArgumentType
    _ = other.search(limit="x")  # E: arg-type reportArgumentType


def sets(thing: Thing, other: Other) -> None:
    _ = thing | other  # E: operator reportOperatorIssue
    _ = thing.browse("x")  # E: arg-type reportArgumentType
    _ = thing.browse(["x"])  # E: list-item reportArgumentType
    _ = thing.filtered(3)  # E: arg-type reportArgumentType
    _names: list[int] = thing.mapped(Thing.name)  # E: type-var,assignment reportAssignmentType
    thing.create(3)  # E: arg-type reportArgumentType
    _ = Command.link("x")  # E: arg-type reportArgumentType
    _ = Command.update(3)  # E: call-arg reportCallIssue


def grouping(thing: Thing, staged: Staged) -> None:
    _ = Staged.stage.is_in([3])  # E: list-item reportArgumentType
    _ = thing.group(by=[3])  # E: list-item reportArgumentType
    _ = thing.group(having=3)  # E: arg-type reportArgumentType
    _ = thing.group(by=[Thing.name])[0].count  # E: attr-defined reportAttributeAccessIssue


def declaring() -> None:
    fields.Char("Name", requird=True)  # E: call-arg reportCallIssue
    fields.Char("Name", size="long")  # E: arg-type reportArgumentType
    fields.Integer("Size", index="trigrams")  # E: call-overload reportArgumentType
    fields.Many2one(Thing, "Thing", ondelete="vanish")  # E: arg-type reportArgumentType
    fields.One2many(Thing, "Things")  # E: call-arg reportCallIssue
    fields.Decimal("Price", digits=2)  # E: call-overload reportArgumentType
