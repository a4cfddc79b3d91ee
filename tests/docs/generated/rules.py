"""The table of the rules of `tenon addon check`: those of the kernel, and those that the web client's addon adds."""

from __future__ import annotations

from typing import Final

from kernel.addons import Library
from kernel.addons.doctor.check import rules_of
from kernel.addons.doctor.quality_rules import LEVELS, QUALITY
from kernel.addons.rules import GENERIC
from tests.docs.pages import ROOT

TITLES: Final = {"toml": "TOML files", "csv": "CSV files", "file": "Files", "po": "Catalogs"}


def rules_table() -> str:
    """One table per area: the first word of a rule's id."""
    library = Library([ROOT])
    rules = rules_of(library.assembly(library.resolve(["web"])))
    areas: dict[str, list[str]] = {}
    for rule in rules.values():
        weight = "warning" if rule.severity == "warning" else ""
        areas.setdefault(rule.id.partition("-")[0], []).append(f"| `{rule.id}` | {weight} | {_cell(rule.meaning)} |")
    head = ("", "| Rule | | Meaning |", "| --- | --- | --- |")
    tables = (["## " + TITLES.get(area, area.capitalize()), *head, *rows] for area, rows in areas.items())
    return "\n\n".join("\n".join(table) for table in tables)


def generic_table() -> str:
    """The checks that every addon's own tests get for nothing."""
    return "\n".join(["| Check | |", "| --- | --- |", *(f"| `{id}` | {_cell(text)} |" for id, text in GENERIC.items())])


def quality_table() -> str:
    """What each level of the quality ladder asks for."""
    tables = []
    for level in LEVELS:
        rows = [f"| `{r.id}` | {_cell(r.meaning)} | {_cell(r.hint)} |" for r in QUALITY.values() if r.level == level]
        tables.append(
            "\n".join(
                [f"### {level.capitalize()}\n", "| Rule | What it asks | What to do |", "| --- | --- | --- |", *rows]
            )
        )
    return "\n\n".join(tables)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
