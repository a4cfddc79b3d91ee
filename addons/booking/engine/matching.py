"""Needs and supplies: which units of which resources are taken, if there are enough for all needs at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from addons.booking.engine.intervals import Intervals

Moments = Intervals[dt.datetime]
NEVER: Final[Moments] = Intervals()
Unit = tuple[int, int]
"""(key of a resource, number of one of its units)"""


@dataclass(frozen=True, slots=True)
class Need:
    """So many units, each of any of the candidates."""

    candidates: tuple[int, ...]
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Supply:
    """A resource in the time that is asked about: when it works, and when each of its units is busy."""

    key: int
    hours: Moments | None = None
    """None: always."""
    leave: Moments = NEVER
    holiday: Moments = NEVER
    taken: tuple[Moments, ...] = (NEVER,)
    """One set per unit, buffers included."""

    def free_units(self, begin: dt.datetime, end: dt.datetime) -> list[Unit]:
        """The units that nobody has taken."""
        return [(self.key, unit) for unit, taken in enumerate(self.taken) if not taken.meets(begin, end)]

    @property
    def load(self) -> int:
        """How often it is taken: who has less to do is chosen first."""
        return sum(len(taken) for taken in self.taken)


def tickets(
    needs: Sequence[Need],
    free: Mapping[int, Sequence[Unit]],
    order: Mapping[int, int],
    wanted: Collection[int] = (),
) -> list[list[Unit]]:
    """One list per unit needed: the free units that would do, the best first. `wanted` resources must be used."""
    made: list[list[Unit]] = []
    bound: list[tuple[int, ...]] = []
    for need in needs:
        for _ in range(need.quantity):
            made.append([unit for key in sorted(need.candidates, key=order.__getitem__) for unit in free.get(key, ())])
            bound.append(need.candidates)
    for key in wanted:
        fitting = [place for place, candidates in enumerate(bound) if key in candidates]
        if fitting:
            place = min(fitting, key=lambda each: len(bound[each]))
            made[place] = list(free.get(key, ()))
            bound[place] = ()
    return made


def assign(wishes: Sequence[Sequence[Unit]]) -> tuple[tuple[Unit, ...] | None, int]:
    """A different unit for each wish, or None and the first wish that cannot be met (augmenting paths)."""
    holder: dict[Unit, int] = {}

    def place(wish: int, seen: set[Unit]) -> bool:
        for unit in wishes[wish]:
            if unit in seen:
                continue
            seen.add(unit)
            if unit not in holder or place(holder[unit], seen):
                holder[unit] = wish
                return True
        return False

    for wish in range(len(wishes)):
        if not place(wish, set()):
            return None, wish
    chosen = {wish: unit for unit, wish in holder.items()}
    return tuple(chosen[wish] for wish in range(len(wishes))), -1
