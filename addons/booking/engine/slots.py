"""Slots: the one function that decides about a start, and says why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from addons.booking.engine.matching import Need, Supply, Unit, assign, tickets
from addons.booking.engine.zones import moments

MINUTES_A_DAY: Final = 24 * 60


class Reason(StrEnum):
    """Why a slot is not offered."""

    OUTSIDE_HOURS = "outside_hours"
    LEAVE = "leave"
    HOLIDAY = "holiday"
    TAKEN = "taken"
    NOTICE = "notice"
    HORIZON = "horizon"
    LIMIT = "limit"


_NEAREST: Final = (Reason.TAKEN, Reason.LEAVE, Reason.HOLIDAY, Reason.OUTSIDE_HOURS)
"""Of several candidates, the one that came closest says why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a service is booked."""

    zone: ZoneInfo
    duration: dt.timedelta
    before: dt.timedelta = dt.timedelta()
    after: dt.timedelta = dt.timedelta()
    interval: int = 30
    """Minutes from one start to the next, on the clock of the zone."""
    notice: dt.timedelta = dt.timedelta()
    horizon: int = 365
    """Days ahead, today not counted."""


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides about the slots of a service in some stretch of time."""

    terms: Terms
    needs: tuple[Need, ...]
    supplies: Mapping[int, Supply]
    now: dt.datetime
    full: frozenset[dt.date] = frozenset()
    """Days on which a limit is reached."""
    barred: frozenset[dt.datetime] = frozenset()
    """Starts that something else forbids."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one start: the units that would be taken, or the reason against it."""

    start: dt.datetime
    end: dt.datetime
    reason: Reason | None = None
    scarce: int | None = None
    """The resource that is missing, where one is to be named."""
    choice: tuple[Unit, ...] = ()


def judge(
    question: Question,
    start: dt.datetime,
    *,
    end: dt.datetime | None = None,
    wanted: Collection[int] = (),
    strict: bool = True,
) -> Verdict:
    """Decide about one start. `strict=False` is for the staff: only what is taken counts, hours are preferred."""
    terms = question.terms
    end = end or start + terms.duration
    if strict and (reason := _refused(question, start)):
        return Verdict(start, end, reason)
    found = _place(question, start, end, wanted, {Reason.OUTSIDE_HOURS, Reason.LEAVE, Reason.HOLIDAY})
    if strict or found.reason is None:
        return found
    return _place(question, start, end, wanted, set())


def verdicts(question: Question, day: dt.date) -> Iterator[Verdict]:
    """What is to be said about every start of a day, offered or not."""
    return (judge(question, start) for start in starts(question.terms, day))


def offered(question: Question, day: dt.date) -> list[Verdict]:
    """The slots of a day that can be booked."""
    return [verdict for verdict in verdicts(question, day) if verdict.reason is None]


def starts(terms: Terms, day: dt.date) -> list[dt.datetime]:
    """The starts of a local date: every `interval` minutes from midnight on the clock of the zone."""
    midnight = dt.datetime.combine(day, dt.time())
    wall = (midnight + dt.timedelta(minutes=minute) for minute in range(0, MINUTES_A_DAY, terms.interval))
    return sorted(found for local in wall for found in moments(local, terms.zone))


def _refused(question: Question, start: dt.datetime) -> Reason | None:
    """The rules that hold whoever would do the work."""
    terms, day = question.terms, start.astimezone(question.terms.zone).date()
    if start < question.now + terms.notice:
        return Reason.NOTICE
    if (day - question.now.astimezone(terms.zone).date()).days > terms.horizon:
        return Reason.HORIZON
    return Reason.LIMIT if day in question.full or start in question.barred else None


def _place(
    question: Question, start: dt.datetime, end: dt.datetime, wanted: Collection[int], heeded: Collection[Reason]
) -> Verdict:
    """Choose units for all needs, or name the reason of the need that cannot be met."""
    busy = start - question.terms.before, end + question.terms.after
    reasons: dict[int, Reason] = {}
    free: dict[int, list[Unit]] = {}
    for key, supply in question.supplies.items():
        reason = _away(supply, start, end)
        free[key] = [] if reason in heeded else supply.free_units(*busy)
        reasons[key] = reason if reason is not None and reason in heeded else Reason.TAKEN
    order = {key: place for place, key in enumerate(sorted(free, key=lambda key: (question.supplies[key].load, key)))}
    wishes = tickets(question.needs, free, order, wanted)
    choice, failed = assign(wishes)
    if choice is not None:
        return Verdict(start, end, choice=choice)
    missing = wanted if wanted and not wishes[failed] else _candidates(question, failed)
    scarce = min(missing, key=lambda key: (_NEAREST.index(reasons[key]), order[key]), default=None)
    return Verdict(start, end, reasons[scarce] if scarce is not None else Reason.OUTSIDE_HOURS, scarce)


def _away(supply: Supply, start: dt.datetime, end: dt.datetime) -> Reason | None:
    """Why a resource does not work at all of this time, taken or not."""
    if supply.holiday.meets(start, end):
        return Reason.HOLIDAY
    if supply.leave.meets(start, end):
        return Reason.LEAVE
    if supply.hours is not None and not supply.hours.covers(start, end):
        return Reason.OUTSIDE_HOURS
    return None


def _candidates(question: Question, wish: int) -> tuple[int, ...]:
    """The candidates of the need that a wish belongs to."""
    for need in question.needs:
        if wish < need.quantity:
            return need.candidates
        wish -= need.quantity
    return ()
