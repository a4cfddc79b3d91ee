"""TOML and CSV files that know on which line each of their values stands.

`tomllib` reads; where a fault must be shown, the line is looked for in the text. That keeps reading fast,
and a place exact: `doc.line("depends", "bookng")` is the line where that word stands.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kernel.addons.findings import Findings

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_MULTILINE = re.compile(r'"""|' + r"'''")


@dataclass(frozen=True)
class TomlSource:
    """A TOML document read from `path`, shown to people as `shown`."""

    path: Path
    shown: str
    text: str
    data: Mapping[str, Any]

    @cached_property
    def _lines(self) -> dict[tuple[str | int, ...], int]:
        return _line_table(self.text)

    def line(self, *keys: str | int, value: str = "") -> int:
        """The line of a key (tables of an array are numbered from 0), or of `value` from there on."""
        at = 0
        for length in range(len(keys), 0, -1):
            if keys[:length] in self._lines:
                at = self._lines[keys[:length]]
                break
        if value and at:
            for number, line in enumerate(self.text.splitlines()[at - 1 :], start=at):
                if value in line:
                    return number
        return at or 1


def read_toml(path: Path, shown: str, findings: Findings) -> TomlSource | None:
    """Read a TOML file; a syntax fault becomes a finding and the answer is None."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        findings.add(shown, 0, "", f"cannot be read: {error}", rule="file-unreadable")
        return None
    try:
        return TomlSource(path, shown, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line, reason = _syntax_fault(text, str(error))
        findings.add(shown, line, "", f"is no valid TOML: {reason}", rule="toml-invalid")
        return None


def _syntax_fault(text: str, reason: str) -> tuple[int, str]:
    found = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$", reason)
    if found is None:
        return 0, reason
    return int(found.group(1) or len(text.splitlines())), reason[: found.start()]


def _parts(dotted: str) -> tuple[str, ...]:
    """`a."b.c"` -> ("a", "b.c"), read by the TOML parser itself."""
    parts: list[str] = []
    node: Any = tomllib.loads(f"{dotted} = 0")
    while isinstance(node, dict):
        ((key, node),) = node.items()
        parts.append(key)
    return tuple(parts)


def _line_table(text: str) -> dict[tuple[str | int, ...], int]:
    table: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    here: tuple[str | int, ...] = ()
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside:
            if header := _HEADER.match(line):
                here = _header_path(header.group(1), _parts(header.group(2)), counts)
                table.setdefault(here, number)
                if isinstance(here[-1], int):
                    table.setdefault(here[:-1], number)
            elif key := _KEY.match(line):
                table.setdefault(here + _parts(key.group(1)), number)
        if len(_MULTILINE.findall(line)) % 2:
            inside = not inside
    return table


def _header_path(
    brackets: str, parts: tuple[str, ...], counts: dict[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    """The full path of a header; a part that is an array of tables is followed by its number."""
    path: tuple[str | int, ...] = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if brackets == "[[" and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file: its columns and its rows, each with the line where it begins."""

    path: Path
    shown: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[int, Mapping[str, str]]] = field(default=())


def read_csv(path: Path, shown: str, findings: Findings) -> CsvSource | None:
    """Read a CSV file with a header; rows of another width are findings."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            columns = tuple(name.strip() for name in next(reader, ()))
            rows: list[tuple[int, Mapping[str, str]]] = []
            before = reader.line_num
            for cells in reader:
                line, before = before + 1, reader.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(columns):
                    findings.add(
                        shown, line, "", f"{len(cells)} cells, the header has {len(columns)}", rule="csv-wrong-width"
                    )
                    continue
                rows.append((line, dict(zip(columns, cells, strict=True))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        findings.add(shown, 0, "", f"cannot be read: {error}", rule="file-unreadable")
        return None
    if not columns:
        findings.add(shown, 1, "", "is empty: the first line must name the columns", rule="csv-empty")
        return None
    return CsvSource(path, shown, columns, rows)
