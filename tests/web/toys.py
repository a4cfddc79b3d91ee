"""Toy models, and view files of two toy addons, for the tests of the compiler."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from addons.web.compiler import Catalog, compile_catalog
from addons.web.compiler.reading import read_all
from kernel.addons.findings import Findings
from kernel.errors import LoadError
from kernel.orm import Model, exposed, fields
from kernel.orm.registry.registry import AddonModels, Registry


class Stage(Model, name="toy.stage", title="name"):
    """A column of the board."""

    name = fields.Char("Name")
    folded = fields.Boolean("Folded")


class Deal(Model, name="toy.deal", title="name"):
    """A record with everything a screen can show."""

    name = fields.Char("Name", required=True)
    city = fields.Char("City")
    amount = fields.Decimal("Amount", digits=(16, 2))
    closes = fields.Date("Closes")
    kind = fields.Selection([("open", "Open"), ("won", "Won")], "Kind")
    stage = fields.Many2one(Stage, "Stage")
    late = fields.Boolean("Late")
    lines: fields.One2many[Line] = fields.One2many("toy.line", inverse="deal", label="Lines")

    @late.compute("closes")
    def _compute_late(self) -> None:
        for deal in self:
            deal.late = False

    @exposed
    def win(self) -> None:
        """Nothing to do in a test of views."""

    @exposed
    def lose(self) -> None:
        """It is lost."""


class Line(Model, name="toy.line", title="product"):
    """A line of a deal."""

    deal = fields.Many2one(Deal, "Deal", required=True, ondelete="cascade")
    product = fields.Char("Product")
    quantity = fields.Integer("Quantity")


class Room(Model, name="toy.room", title="name"):
    """A column of the calendar."""

    name = fields.Char("Name")

    @exposed
    def open_hours(self) -> None:
        """Nothing to do in a test of views."""


class Visit(Model, name="toy.visit", title="name"):
    """A record with a time."""

    name = fields.Char("Name")
    start = fields.Datetime("Start", required=True)
    end = fields.Datetime("End", required=True)
    day = fields.Date("Day")
    guessed = fields.Datetime("Guessed")
    kind = fields.Selection([("first", "First"), ("again", "Again")], "Kind")
    rooms: fields.Many2many[Room] = fields.Many2many(Room, "Rooms")

    @guessed.compute("start")
    def _compute_guessed(self) -> None:
        for visit in self:
            visit.guessed = visit.start


REGISTRY = Registry.build([AddonModels("toy", (Stage, Deal, Line, Room, Visit)), AddonModels("more", ())])

FORM = """
    [form."toy.deal"]
    title = "name"
    status = "stage"
    buttons = [{ method = "win", label = "Won", visible = [["kind", "=", "open"]] }]

    [["form"."toy.deal".section]]
    id = "main"
    columns = 2
    fields = ["amount", { name = "city", widget = "email" }]

    [["form"."toy.deal".tab]]
    id = "lines"
    title = "Lines"
    fields = [{ name = "lines", columns = ["product", { name = "quantity", sum = true }] }]
"""


class Files:
    """View files of two addons below a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, addon: str, text: str, name: str = "views.toml") -> Files:
        folder = self.root / addon / "views"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), encoding="utf-8")
        return self

    def compile(self) -> Catalog:
        findings = Findings()
        addons = [(name, self.root / name) for name in ("toy", "more") if (self.root / name).is_dir()]
        catalog = compile_catalog(REGISTRY, read_all(addons, findings), findings, frozenset({"toy.manager"}))
        findings.raise_if_any("These views do not fit:")
        return catalog

    def form(self) -> Any:
        return self.compile().views["form.toy.deal"]

    def faults(self) -> list[str]:
        with pytest.raises(LoadError) as caught:
            self.compile()
        return [str(finding) for finding in caught.value.findings]

    def fault(self) -> str:
        (only,) = self.faults()
        return only


def names(part: Any) -> list[str]:
    return [item["name"] for item in part["fields"]]
