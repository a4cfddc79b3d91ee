"""Conditions mean the same on both sides: the client's shared vectors, answered by the server's domains."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel.orm import Domain, Model, fields
from kernel.orm.registry.bound import Bound
from kernel.orm.registry.registry import AddonModels, Registry

SHARED = Path(__file__).parents[2] / "addons/web/client/src/domain/vectors.json"
VECTORS = json.loads(SHARED.read_text(encoding="utf-8"))


class Named(Model, name="vector.named"):
    """What a relation may point to: stages, tags, people, products."""

    name = fields.Char("Name")
    kind = fields.Char("Kind")
    sequence = fields.Integer("Sequence")


class Deal(Model, name="vector.deal"):
    """One field of each type that conditions speak of."""

    name = fields.Char("Name")
    note = fields.Text("Note")
    amount = fields.Decimal("Amount", digits=(16, 2))
    probability = fields.Integer("Probability")
    close_date = fields.Date("Close date")
    created_on = fields.Datetime("Created on")
    active = fields.Boolean("Active")
    stage = fields.Many2one(Named, "Stage")
    owner = fields.Many2one(Named, "Owner")
    parent = fields.Many2one["Deal"]("vector.deal", "Parent")
    tags = fields.Many2many(Named, "Tags")
    lines: fields.One2many[Line] = fields.One2many("vector.line", "Lines", inverse="deal")
    health = fields.Selection([("good", "Good"), ("bad", "Bad")], "Health")
    score = fields.Float("Score")
    rating = fields.Integer("Rating", nullable=True)
    period = fields.DateRange("Period")


class Line(Model, name="vector.line"):
    """A line of a deal."""

    deal = fields.Many2one(Deal, "Deal")
    quantity = fields.Integer("Quantity")
    product = fields.Many2one(Named, "Product")


REGISTRY = Registry.build([AddonModels("vector", (Named, Deal, Line))])
FULL, EMPTY = 1, 2


class Records:
    """The two records of the vectors, and what they link to, as the cache of the ORM would hold them."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, int], Any] = {}
        for id, record in ((FULL, VECTORS["full"]), (EMPTY, VECTORS["empty"])):
            self.add("vector.deal", id, record)

    def add(self, model: str, id: int, record: dict[str, Any]) -> None:
        info = REGISTRY.model(model)
        for name, value in record.items():
            if name in info.fields and name != "id":
                self.values[model, name, id] = self.cached(info.fields[name], value)

    def cached(self, bound: Bound, value: Any) -> Any:
        if bound.comodel is not None:
            linked = value if isinstance(value, list) else [value] if value else []
            for item in linked:
                self.add(bound.comodel.name, item["id"], item)
            ids = tuple(item["id"] for item in linked)
            return ids if bound.field.type in ("one2many", "many2many") else next(iter(ids), None)
        kind = bound.field.type
        if kind == "decimal":
            return Decimal(value)
        if kind == "date":
            return dt.date.fromisoformat(value) if value else None
        if kind == "daterange":
            return bound.field.convert(value, bound)
        if kind == "datetime":
            return dt.datetime.fromisoformat(value) if value else None
        return value

    def read(self, bound: Bound, id: int) -> Any:
        return self.values.get((bound.model.name, bound.name, id), bound.null)


RECORDS = Records()
SCOPE = VECTORS["scope"]
VARIABLES = {
    "user": SCOPE["user"],
    "companies": SCOPE["companies"],
    "company": SCOPE["company"],
    "today": dt.date.fromisoformat(SCOPE["today"]),
    "now": dt.datetime.fromisoformat(SCOPE["now"]),
}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: json.dumps(case["domain"]))
def test_a_condition_has_the_same_answer_on_server_and_client(case: dict[str, Any]) -> None:
    model = REGISTRY.model("vector.deal")
    domain = Domain.from_wire(case["domain"], variables=VARIABLES).check(model)
    answers = {
        "full": domain.matches(model, RECORDS.read, FULL),
        "empty": domain.matches(model, RECORDS.read, EMPTY),
    }
    assert answers == {"full": case["full"], "empty": case["empty"]}
