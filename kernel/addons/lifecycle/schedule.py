"""Which parts of an upgrade happen when: before the switch, in it, or after it.

A revision stands on the one before it, so by itself all of an upgrade over several would have to happen in one
row, in the switch. What is before or after must therefore not depend on the order: PREPARE goes ahead where no
earlier revision of the upgrade is still to change a table that it names; CLEAN waits where no later one names
a table that it changes. Else they run in the switch, at their place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kernel.addons.migrations.parts import Parts, load_parts
from kernel.addons.migrations.revisions import Revision
from kernel.addons.migrations.sql import EVERYTHING, overlap, tables_of

NEUTRAL = frozenset(("public", "pg_catalog", "tenon"))
"""Schemas that no addon brings."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One revision of an upgrade, and what of it happens beside the switch."""

    revision: Revision
    prepared: bool = False
    """Its PREPARE runs before the switch, in which only its fills run once more."""
    cleaned: bool = False
    """Its CLEAN runs after the switch."""
    why: str = ""
    """Why something that could run beside the switch does not."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """The tables that the parts of a revision name."""

    prepare: frozenset[str]
    upgrade: frozenset[str]
    clean: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.prepare | self.upgrade | self.clean


def schedule(revisions: Sequence[Revision], served: Collection[str]) -> tuple[Scheduled, ...]:
    """When the parts of these revisions run, which are in the order they are applied.

    `served` are the addons that the tenant has: only their tables can be changed before the switch.
    """
    if not any(revision.online for revision in revisions):
        return tuple(Scheduled(revision) for revision in revisions)
    reaches = [_reach(load_parts(revision)) for revision in revisions]
    answer: list[Scheduled] = []
    for number, revision in enumerate(revisions):
        earlier = [(answer[index], reaches[index]) for index in range(number)]
        stops = _stops_prepare(reaches[number].prepare, earlier, served)
        waits = _stops_clean(reaches[number].clean, zip(revisions[number + 1 :], reaches[number + 1 :], strict=True))
        answer.append(
            Scheduled(
                revision,
                prepared="PREPARE" in revision.parts and not stops,
                cleaned="CLEAN" in revision.parts and not waits and revision.addon in served,
                why="; ".join(filter(None, (stops, waits))),
            )
        )
    return tuple(answer)


def _reach(parts: Parts) -> _Reach:
    more = frozenset((EVERYTHING,)) if parts.alembic else frozenset()
    return _Reach(tables_of(parts.prepare), tables_of(parts.upgrade) | more, tables_of(parts.clean))


def _stops_prepare(tables: frozenset[str], earlier: Iterable[tuple[Scheduled, _Reach]], served: Collection[str]) -> str:
    if not tables:
        return ""
    for table in sorted(tables):
        schema = table.partition(".")[0]
        if schema not in NEUTRAL and schema not in served:
            return f"PREPARE names {table}, which is not there before the switch"
    for before, reach in earlier:
        open_still = reach.upgrade | reach.clean | (frozenset() if before.prepared else reach.prepare)
        if overlap(tables, open_still):
            return f"PREPARE comes after {before.revision}, which is to change the same tables first"
    return ""


def _stops_clean(tables: frozenset[str], later: Iterable[tuple[Revision, _Reach]]) -> str:
    for revision, reach in later if tables else ():
        if overlap(tables, reach.all):
            return f"CLEAN comes before {revision}, which names the same tables"
    return ""
