"""Findings: faults of an addon, each with its place, collected and shown together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import AddonError, LoadError


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where (file, line), what about (a key, a record), what is wrong and how to mend it."""

    path: str
    line: int
    subject: str
    text: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place} {self.subject}: {self.text}" if self.subject else f"{place} {self.text}"


class Findings:
    """A growing list of findings about the files of one addon."""

    def __init__(self) -> None:
        self._items: list[Finding] = []

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def add(self, path: str, line: int, subject: str, text: str) -> None:
        """Note one fault."""
        self._items.append(Finding(path, line, subject, text))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take over findings made elsewhere."""
        self._items.extend(findings)

    def raise_if_any(self, text: str, error: type[AddonError] = LoadError, *, hint: str = "") -> None:
        """Raise `error` with all findings, if there is one."""
        if self._items:
            raise error(text, findings=[str(item) for item in self._items], hint=hint)


def shown_path(path: Path, addon_folder: Path) -> str:
    """A file of an addon as people name it: `addons/crm/data/stages.toml`."""
    try:
        return (Path("addons") / addon_folder.name / path.relative_to(addon_folder)).as_posix()
    except ValueError:
        return path.as_posix()
