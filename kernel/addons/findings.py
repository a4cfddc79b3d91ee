"""Findings: faults of an addon, each with its rule and place, collected and shown together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kernel.addons.rules import RULES, Severity
from kernel.errors import AddonError, LoadError

_PLACE: Final = re.compile(r"(/[^\s:]+\.py):(\d+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where (file, line), what about (a key, a record), what is wrong and how to mend it."""

    path: str
    line: int
    """Counted from 1; 0 where the fault is of the whole file."""
    subject: str
    text: str
    rule: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place} {self.subject}: {self.text}" if self.subject else f"{place} {self.text}"

    def as_json(self) -> dict[str, Any]:
        """The finding for programs."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "path": self.path,
            "line": self.line,
            "subject": self.subject,
            "text": self.text,
            "hint": self.hint,
        }


class Findings:
    """A growing list of findings about the files of addons. It is true where there is an error in it."""

    def __init__(self, items: Iterable[Finding] = ()) -> None:
        self._items: list[Finding] = list(items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def __bool__(self) -> bool:
        return any(item.severity == "error" for item in self._items)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stands in the way of an installation."""
        return tuple(item for item in self._items if item.severity == "error")

    def add(self, path: str, line: int, subject: str, text: str, *, rule: str, hint: str = "") -> None:
        """Note one fault. `rule` is an id of `kernel.addons.rules`, or one that an addon declares (an error)."""
        known = RULES.get(rule)
        severity: Severity = known.severity if known else "error"
        self._items.append(Finding(path, line, subject, text, rule, hint, severity))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take over findings made elsewhere."""
        self._items.extend(findings)

    def raise_if_any(self, text: str, error: type[AddonError] = LoadError, *, hint: str = "") -> None:
        """Raise `error` with all errors, if there is one; warnings raise nothing."""
        if self.errors:
            raise error(text, findings=[str(item) for item in self.errors], hint=hint)


def told_place(text: str, folder: Path) -> tuple[str, int, str] | None:
    """(file, line, the rest) of a message that names places in the source, as errors of declarations do.

    Places in the addon of `folder` count: the one it begins with, or the last, the second of two that collide.
    """
    places = [found for found in _PLACE.finditer(text) if Path(found[1]).is_relative_to(folder)]
    if not places:
        return None
    place = places[0] if text.startswith(places[0][0]) else places[-1]
    rest = text[place.end() :].lstrip(": ") if text.startswith(place[0]) else text
    shown = _PLACE.sub(lambda found: f"{shown_path(Path(found[1]), folder)}:{found[2]}", rest)
    return shown_path(Path(place[1]), folder), int(place[2]), shown


def shown_path(path: Path, addon_folder: Path) -> str:
    """A file of an addon as people name it: `addons/crm/data/stages.toml`."""
    try:
        return (Path("addons") / addon_folder.name / path.relative_to(addon_folder)).as_posix()
    except ValueError:
        return path.as_posix()
