"""Refusals: the error a person gets for a time that cannot be had, with what is scarce and what is free next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from addons.booking.engine import Question, Reason, Verdict, offered, starts
from addons.booking.models.resource import Resource
from addons.booking.models.service import Service
from addons.booking.models.supply import question_of
from addons.booking.specs import booking_slot_filter
from kernel.errors import ConflictError
from kernel.orm import Env
from kernel.orm.fields.time import moment_text

NEXT: Final = 5
LOOK_AHEAD: Final = 21
"""Days that are searched for the next free slots."""

_TEXTS: Final = {
    Reason.OUTSIDE_HOURS: "{when} is outside the opening hours.",
    Reason.LEAVE: "{who} is away at {when}.",
    Reason.HOLIDAY: "It is closed at {when}.",
    Reason.TAKEN: "{when} is taken.",
    Reason.NOTICE: "{when} is too soon: it must be booked earlier.",
    Reason.HORIZON: "{when} is too far ahead to be booked yet.",
    Reason.LIMIT: "No more can be booked on that day.",
}


class NoRoom(Exception):
    """The verdict about a time that cannot be had, on its way out of the savepoint."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


class SlotError(ConflictError):
    """A time cannot be had. `details`: reason, resource, start, next (starts that are free)."""

    code = "slot_taken"


def refusal(env: Env, service: Service, verdict: Verdict, people: int = 1) -> SlotError:
    """The error for a verdict; asks for the next free slots, so nothing should be locked any more."""
    env = env.as_system("who is refused a time is told the next ones")
    reason = verdict.reason or Reason.TAKEN
    scarce = env[Resource].browse(verdict.scarce) if verdict.scarce is not None else env[Resource]
    zone = ZoneInfo(service.tz)
    local = verdict.start.astimezone(zone)
    text = _TEXTS[reason].format(when=f"{local:%H:%M} on {local:%-d %B}", who=scarce.name if scarce else "Somebody")
    free = next_free(env, service, verdict.start, people)
    shown = ", ".join(f"{start.astimezone(zone):%a %-d %b %H:%M}" for start in free)
    return SlotError(
        text,
        hint=f"Free next: {shown}." if free else "Choose another day.",
        code="slot_taken" if reason is Reason.TAKEN else f"slot_{reason.value}",
        reason=reason.value,
        resource={"id": scarce.id, "title": scarce.name} if scarce else None,
        start=moment_text(verdict.start),
        next=[moment_text(start) for start in free],
    )


def next_free(env: Env, service: Service, after: dt.datetime, people: int = 1, count: int = NEXT) -> list[dt.datetime]:
    """The next starts that can be booked from `after` on; earlier ones where there are none."""
    zone = ZoneInfo(service.tz)
    now = env.now()
    begin = max(after, now)
    first = begin.astimezone(zone).date()
    later: list[dt.datetime] = []
    for start in _free(env, service, first, LOOK_AHEAD, people):
        if start >= begin:
            later.append(start)
        if len(later) == count:
            return later
    today = now.astimezone(zone).date()
    gap = min((first - today).days, LOOK_AHEAD)
    earlier = _free(env, service, first - dt.timedelta(days=gap), gap + 1, people)
    return [*(start for start in earlier if start < begin), *later][-count:]


def _free(env: Env, service: Service, first: dt.date, days: int, people: int) -> Iterator[dt.datetime]:
    """Free starts day by day; a week is read at once, so a near answer is quick."""
    for week in range(0, days, 7):
        monday = first + dt.timedelta(days=week)
        many = min(7, days - week)
        question = days_question(env, service, monday, many, people)
        for number in range(many):
            yield from (verdict.start for verdict in offered(question, monday + _days(number)))


def days_question(env: Env, service: Service, first: dt.date, days: int, people: int = 1) -> Question:
    """All that decides about the starts of `days` local dates, what other addons take away included."""
    question = question_of(env, service, *bounds(service, first, days), people=people)
    return barring(env, service, question, [start for day in range(days) for start in _starts(question, first, day)])


def barring(env: Env, service: Service, question: Question, slots: Collection[dt.datetime]) -> Question:
    """The question with the starts that other addons take away."""
    answers = env.hooks(booking_slot_filter)(env=env, service=service, slots=slots)
    return replace(question, barred=frozenset(start for answer in answers for start in answer))


def _starts(question: Question, first: dt.date, day: int) -> list[dt.datetime]:
    return starts(question.terms, first + _days(day))


def bounds(service: Service, first: dt.date, days: int) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which `days` local dates lie."""
    zone = ZoneInfo(service.tz)
    begin = dt.datetime.combine(first, dt.time(), zone).astimezone(dt.UTC)
    return begin, dt.datetime.combine(first + _days(days), dt.time(), zone).astimezone(dt.UTC)


def _days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)
