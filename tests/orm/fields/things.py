"""Models with a field of every type of one value, in an addon `thing`; the addon `more` adds a value."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

from kernel.orm import AddonModels, Check, Exclude, Model, Registry, Unique, fields


class Stage(enum.Enum):
    """How far a thing is."""

    NEW = "new"
    WELL_DONE = "done"

    @property
    def label(self) -> str:
        return "Brand new" if self is Stage.NEW else "Well done"


class Currency(Model, name="thing.currency"):
    name = fields.Char(required=True)
    decimals = fields.Integer(default=2)


class Thing(Model, name="thing.thing"):
    name = fields.Char("Name", index="trigram")
    code = fields.Char("Code", size=4)
    text = fields.Text("Text")
    label = fields.Char("Label", index=True)
    page = fields.Html("Page")
    whole = fields.Integer("Whole")
    whole_or_not = fields.Integer("Whole or not", nullable=True)
    measure = fields.Float("Measure")
    exact = fields.Decimal("Exact", digits=(12, 3))
    flag = fields.Boolean("Flag")
    day = fields.Date("Day")
    moment = fields.Datetime("Moment")
    length = fields.Duration("Length")
    days = fields.DateRange("Days", index=True)
    moments = fields.DatetimeRange("Moments")
    kind = fields.Selection([("a", "First"), ("b", "Second")], "Kind", index=True)
    stage = fields.Selection(Stage, "Stage", default=Stage.NEW)
    must = fields.Selection(Stage, "Must", required=True, default="new")
    data = fields.Json("Data", index=True)
    currency = fields.Many2one(Currency, "Currency")
    amount = fields.Money("Amount")
    double = fields.Money("Double")
    kept = fields.Money("Kept", stored=True)
    secret_day = fields.Date("Birthday", pii=True)
    password = fields.Char("Password", size=8, secret=True)
    nickname = fields.Selection([("x", "X")], "Nickname", pii=True)

    @double.compute("amount")
    def _compute_double(self) -> None:
        for thing in self:
            thing.double = thing.amount * Decimal("2.005")

    @kept.compute("amount")
    def _compute_kept(self) -> None:
        for thing in self:
            thing.kept = thing.amount / 3


class Rule(Model, name="thing.rule"):
    code = fields.Char("Code")
    day = fields.Date("Day")
    moment = fields.Datetime("Moment")
    stage = fields.Selection(Stage, "Stage")
    flag = fields.Boolean("Flag")
    price = fields.Decimal("Price", digits=(8, 2))
    thing = fields.Many2one(Thing, "Thing")
    room = fields.Integer("Room")
    days = fields.DateRange("Days")
    moments = fields.DatetimeRange("Moments")
    first = fields.Date("First")
    last = fields.Date("Last")
    label = fields.Char("Label", required=True, default="x")

    _code_once = Unique("code", "day", message="This code is taken on that day.")
    _moment_once = Unique("moment", "stage", message="This moment is taken.")
    _thing_once = Unique("thing", "price", unset_equal=True, message="This thing has that price.")
    _cheap = Check("price <= 100", message="That is too dear.")
    _one_at_a_time = Exclude("room WITH =, days WITH &&", where="room > 0", message="The room is taken.")
    _one_guest = Exclude(
        "room WITH =, daterange(first, last, '[]') WITH &&", where="room = 5", message="One guest a day."
    )
    _moments_apart = Exclude("room WITH =, moments WITH &&", where="room > 0", message="The room is busy.")


class MoreThing(Thing, extend=True):
    """What another addon adds."""

    _lost = Thing.kind.more(("lost", "Lost"), after="a")


CLASSES: tuple[type[Any], ...] = (Currency, Thing, Rule)


def things_registry() -> Registry:
    """The registry of both addons."""
    return Registry.build([AddonModels("thing", CLASSES), AddonModels("more", (MoreThing,))])


UTC = dt.UTC
