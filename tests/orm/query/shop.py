"""A shop with every type of field, and rows of it with gaps, wildcards and letters that sort and fold badly."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kernel.orm import AddonModels, Check, Exclude, Model, Registry, Unique, fields
from kernel.orm.domains.domain import Domain
from kernel.orm.registry.bound import Bound, ModelInfo


class Category(Model, name="shop.category", order="sequence, name"):
    """A tree."""

    name = fields.Char(required=True)
    sequence = fields.Integer()
    parent: fields.Many2one[Category] = fields.Many2one("shop.category")


class Tag(Model, name="shop.tag"):
    """A label."""

    name = fields.Char(required=True, index="trigram")
    hue = fields.Integer(nullable=True)
    _name_once = Unique("name", message="There is such a tag.")


class Partner(Model, name="shop.partner", order="name, id desc"):
    """Somebody who buys."""

    name = fields.Char(required=True)
    city = fields.Char(index=True)
    credit = fields.Decimal(digits=(16, 2))
    rank = fields.Integer(nullable=True)
    weight = fields.Float()
    born = fields.Date()
    seen = fields.Datetime()
    kind = fields.Selection([("person", "Person"), ("company", "Company"), ("other", "Other")])
    vip = fields.Boolean()
    wait = fields.Duration()
    notes = fields.Json()
    pin = fields.Char(secret=True)
    parent: fields.Many2one[Partner] = fields.Many2one("shop.partner")
    category = fields.Many2one(Category)
    category_name = fields.Char(related="category.name")
    tags = fields.Many2many(Tag)
    children: fields.One2many[Partner] = fields.One2many("shop.partner", inverse="parent")
    purchases: fields.One2many[Purchase] = fields.One2many("shop.purchase", inverse="partner")
    archived = fields.Boolean()
    shout = fields.Char()
    longest = fields.Integer()

    @longest.compute("name")
    def _compute_longest(self) -> None:
        for partner in self:
            partner.longest = len(partner.name)

    @shout.compute("name")
    def _compute_shout(self) -> None:
        for partner in self:
            partner.shout = partner.name.upper()

    @shout.search
    def _search_shout(self, operator: str, value: Any) -> Domain:
        return Domain.term("name", operator, value.lower())


class Purchase(Model, name="shop.purchase", order="partner, date desc", title="reference"):
    """What somebody bought."""

    reference = fields.Char(required=True)
    partner = fields.Many2one(Partner, required=True, ondelete="restrict")
    date = fields.Date(required=True)
    amount = fields.Decimal(digits=(16, 2))
    during = fields.DatetimeRange()
    _reference_once = Unique("partner", "reference", message="This purchase was entered before.")
    _not_negative = Check("amount >= 0 AND reference !~ '50%:x'", message="An amount cannot be negative.")
    _one_at_a_time = Exclude(
        "partner_id WITH =, during WITH &&", where="reference <> 'free'", message="At the same time."
    )


class RatedPartner(Partner, extend=True):
    """What another addon adds."""

    stars = fields.Integer(required=True)
    motto = fields.Char(required=True, index=True)
    patron = fields.Many2one(Partner, required=True, ondelete="cascade")
    rated = fields.Many2many(Tag)
    _motto_once = Unique("motto", "city", "patron", message="Taken.", unset_equal=True)
    _stars_few = Check("stars <= 5", message="Five stars at most.")


def shop_registry() -> Registry:
    return Registry.build([AddonModels("shop", (Category, Tag, Partner, Purchase))])


def rated_registry() -> Registry:
    shop = AddonModels("shop", (Category, Tag, Partner, Purchase))
    return Registry.build([shop, AddonModels("rating", (RatedPartner,))])


NAMES = ["Ann", "ann", "Bob", "50%", "5_0", "a\\b", "Ünal", "ünal", "ΑΣ", "ας", "Zoë", "{x}", 'q"t', "NULL", "ab"]
CITIES = ["", "", "Porto", "porto", "Nîmes", "Ålesund", "A", "a"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]


def shop_rows(seed: int = 5) -> dict[str, dict[int, dict[str, Any]]]:
    """Model -> id -> field -> cached form."""
    dice = random.Random(seed)

    def maybe(value: Any) -> Any:
        return dice.choice([None, value, value])

    def day() -> dt.date:
        return dt.date(2024, 1, 1) + dt.timedelta(days=dice.randrange(0, 500))

    categories = {
        id: {"name": f"C{id % 4}", "sequence": id % 3, "parent": dice.choice([None, *range(1, id)])}
        for id in range(1, 9)
    }
    categories[8]["parent"], categories[7]["parent"] = 7, 8  # a circle, which no error may come of
    tags = {id: {"name": f"{NAMES[id]}{id}", "hue": maybe(id % 3)} for id in range(1, 7)}
    partners: dict[int, dict[str, Any]] = {}
    for id in range(1, 61):
        moment = dt.datetime(2024, 3, 30, 22, 30, tzinfo=dt.UTC) + dt.timedelta(hours=dice.randrange(0, 4000))
        partners[id] = {
            "name": dice.choice(NAMES),
            "city": dice.choice(CITIES),
            "credit": Decimal(dice.choice(["0", "0", "9.99", "10.00", "-5.50", "100.25"])),
            "rank": maybe(dice.randrange(-2, 4)),
            "weight": dice.choice([0.0, 0.5, 1.25, 80.0]),
            "born": maybe(day()),
            "seen": maybe(moment),
            "kind": maybe(dice.choice(["person", "company", "other"])),
            "vip": dice.random() < 0.3,
            "wait": dt.timedelta(minutes=dice.choice([0, 0, 5, 90])),
            "notes": maybe({"a": 1}),
            "pin": "",
            "parent": dice.choice([None, *range(1, id)]),
            "category": dice.choice([None, *categories]),
            "tags": tuple(sorted(dice.sample(list(tags), dice.randrange(0, 4)))),
            "archived": dice.random() < 0.2,
        }
    purchases = {
        id: {
            "reference": f"P{id}",
            "partner": dice.randrange(1, 61),
            "date": day(),
            "amount": Decimal(dice.randrange(0, 5000)) / 100,
            "during": None,
        }
        for id in range(1, 81)
    }
    return {"shop.category": categories, "shop.tag": tags, "shop.partner": partners, "shop.purchase": purchases}


class Shop:
    """The rows as Python sees them."""

    def __init__(self, registry: Registry, rows: dict[str, dict[int, dict[str, Any]]]) -> None:
        self.registry = registry
        self.rows = rows

    def model(self, name: str) -> ModelInfo:
        return self.registry.model(f"shop.{name}")

    def read(self, bound: Bound, ids: Sequence[int]) -> list[Any]:
        """Values in cached form, as the ORM's cache would give them."""
        return [self.value(bound, id) for id in ids]

    def value(self, bound: Bound, id: int) -> Any:
        if bound.inverse is not None:
            there = self.rows[bound.inverse.model.name]
            return tuple(other for other, row in there.items() if row[bound.inverse.name] == id)
        return self.rows[bound.model.name][id][bound.name]

    def matching(self, model: ModelInfo, domain: Domain, tz: str = "UTC") -> set[int]:
        """The ids that satisfy a checked domain in Python."""
        return domain.satisfying(model, list(self.rows[model.name]), self.read, tz=tz)
