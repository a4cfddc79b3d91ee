"""Drift: where the database of a tenant differs from what its addons' models declare.

`changes` finds what is missing, too much or different; `kernel.addons.doctor.cures` says what to do about each.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kernel.addons.migrations.snapshot import Snapshot, table_of

Kind = Literal["table", "sequence", "column", "constraint", "index"]
KINDS: Final[Mapping[Kind, str]] = {
    "table": "tables",
    "sequence": "sequences",
    "column": "columns",
    "constraint": "constraints",
    "index": "indexes",
}
"""Kind -> the part of a snapshot, in the order in which they are mended."""

_ON: Final = re.compile(r" ON (?:ONLY )?(\S+) USING ")
_NAMED: Final = re.compile(r"INDEX \S+ ON ")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it should be; `was` or `should` is None where there is (or should be) nothing."""

    kind: Kind
    name: str
    was: str | None
    should: str | None
    twin: str = ""
    """Of something missing: something too much that is the same but for its name."""

    @property
    def missing(self) -> bool:
        return self.was is None

    @property
    def extra(self) -> bool:
        return self.should is None

    @property
    def table(self) -> str:
        """The table it is on, as a snapshot names it; of a sequence, the table it gives ids to."""
        text = self.was if self.should is None else self.should
        return _table(self.kind, self.name, text or "")


def changes(actual: Snapshot, wanted: Snapshot, schemas: Collection[str]) -> list[Change]:
    """All differences in these schemas, in the order of mending; what a missing table lacks is one of them.

    Sequences that belong to no column are left out: code makes them, to count.
    """
    found: list[Change] = []
    missing_tables: set[str] = set()
    extra_tables: set[str] = set()
    for kind, part in KINDS.items():
        have, want = getattr(actual, part), getattr(wanted, part)
        of_kind = []
        for name in sorted({*have, *want}):
            change = Change(kind, name, have.get(name), want.get(name))
            if change.was == change.should or _beside(change, schemas):
                continue
            if kind != "table" and change.table in (extra_tables if change.extra else missing_tables):
                continue
            if _follows(change, found):
                continue
            of_kind.append(change)
        paired = list(_pair(of_kind, actual, wanted))
        missing_tables |= {change.name for change in paired if change.kind == "table" and change.missing}
        extra_tables |= {change.twin or change.name for change in paired if change.kind == "table"}
        found += paired
    return found


def _beside(change: Change, schemas: Collection[str]) -> bool:
    """Whether it is none of the doctor's business."""
    text = (change.was if change.should is None else change.should) or ""
    if change.kind == "sequence" and not text:
        return True  # it counts for code
    if change.kind == "constraint" and text.startswith("NOT NULL "):
        return True  # PostgreSQL 18 lists them; the column tells it anyway
    return change.name.split(".")[0].strip('"') not in schemas


def _follows(change: Change, renamed: list[Change]) -> bool:
    """Whether it differs only because a column was renamed, which is told."""
    was = change.was or ""
    for other in renamed:
        if other.kind == "column" and other.twin and other.table == change.table:
            old, new = (name.rsplit(".", 1)[1] for name in (other.twin, other.name))
            was = re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, was)
    return change.kind in ("constraint", "index") and was == change.should


def _table(kind: Kind, name: str, text: str) -> str:
    if kind == "table":
        return name
    if kind == "index":
        found = _ON.search(text)
        return found[1] if found else name
    return table_of(text) if kind == "sequence" else table_of(name)


def _pair(found: list[Change], actual: Snapshot, wanted: Snapshot) -> Iterator[Change]:
    """Join what is missing with what is too much, where it looks renamed; a change of name is one change."""
    spare = {change.name: change for change in found if change.extra}
    for change in found:
        if change.missing:
            twin = next((other for other in spare.values() if _alike(change, other, actual, wanted)), None)
            if twin is not None:
                del spare[twin.name]
                yield Change(change.kind, change.name, None, change.should, twin.name)
                continue
        if not change.extra:
            yield change
    yield from spare.values()


def _alike(missing: Change, extra: Change, actual: Snapshot, wanted: Snapshot) -> bool:
    if missing.kind == "table":
        same_schema = missing.name.split(".")[0] == extra.name.split(".")[0]
        return same_schema and _shape(actual, extra.name) == _shape(wanted, missing.name)
    if missing.table != extra.table:
        return False
    if missing.kind == "column":
        return bare_type(missing.should or "") == bare_type(extra.was or "")
    if missing.kind == "index":
        return _NAMED.sub("INDEX ON ", missing.should or "") == _NAMED.sub("INDEX ON ", extra.was or "")
    return missing.should == extra.was


def bare_type(text: str) -> str:
    """`text NOT NULL DEFAULT ''::text` -> `text`."""
    return text.partition(" DEFAULT ")[0].removesuffix(" NOT NULL")


def _shape(snapshot: Snapshot, table: str) -> frozenset[tuple[str, str]]:
    return frozenset(
        (name.rsplit(".", 1)[1], bare_type(text)) for name, text in snapshot.columns.items() if table_of(name) == table
    )
