"""Three weeks of bookings: the last one, this one and the next, made at free slots only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from addons.booking.demo.clinic import Clinic
from addons.booking.engine import Question, Verdict, judge, starts
from addons.booking.engine.matching import Supply
from addons.booking.models import Booking, Service
from addons.booking.models.refusals import days_question
from addons.booking.models.supply import terms_of
from kernel.orm import Env

WEEKS: Final = 3
PER_DAY: Final = {"Consultation": 6, "Physiotherapy": 5, "Ultrasound": 2, "Back training": 3, "Report": 1}


def make_bookings(env: Env, rng: Random, clinic: Clinic) -> None:
    """About eighty a week; those of the past are over, one in fifteen was cancelled or did not come."""
    today = dt.datetime.now(clinic.zone).date()
    first = today - dt.timedelta(days=7 + today.weekday())
    rows = [row for number in range(WEEKS * 7) for row in _day(env, rng, clinic, first + dt.timedelta(days=number))]
    bookings = env[Booking].create(rows)
    env.flush()
    _tell_the_past(env, rng, bookings)


def _day(env: Env, rng: Random, clinic: Clinic, day: dt.date) -> Iterator[dict[str, object]]:
    busy: dict[int, Supply] = {}
    eve = dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(days=1)
    for service in clinic.services:
        question = days_question(env, service, day, 1)
        free = replace(question, now=eve, terms=replace(question.terms, notice=dt.timedelta()))
        for _ in range(PER_DAY[service.name]):
            found = _choose(rng, replace(free, supplies={**free.supplies, **_known(free, busy)}), day)
            if found is None:
                break
            _take(busy, free, found, service)
            yield {
                "service": service.id,
                "customer": rng.choice(clinic.customers).id,
                "start": found.start,
                "resources": sorted({key for key, _ in found.choice}),
                "source": rng.choice(("online", "staff", "online")),
                "state": "pending_approval" if service.approval and found.start > env.now() else "confirmed",
            }


def _choose(rng: Random, question: Question, day: dt.date) -> Verdict | None:
    free = [found for start in starts(question.terms, day) if not (found := judge(question, start)).reason]
    return rng.choice(free) if free else None


def _known(question: Question, busy: dict[int, Supply]) -> dict[int, Supply]:
    """What this day has taken already, of the resources that a question is about."""
    return {key: replace(supply, taken=busy[key].taken) for key, supply in question.supplies.items() if key in busy}


def _take(busy: dict[int, Supply], question: Question, found: Verdict, service: Service) -> None:
    terms = terms_of(service)
    span = type(question.supplies[found.choice[0][0]].leave).of([(found.start - terms.before, found.end + terms.after)])
    for key, unit in found.choice:
        supply = busy.get(key, question.supplies[key])
        taken = tuple(each | span if number == unit else each for number, each in enumerate(supply.taken))
        busy[key] = replace(supply, taken=taken)


def _tell_the_past(env: Env, rng: Random, bookings: Booking) -> None:
    now = env.now()
    fates: dict[str, list[int]] = {}
    for booking in bookings:
        if booking.state != "confirmed":
            continue
        if booking.end < now:
            fates.setdefault(rng.choices(("completed", "no_show"), (14, 1))[0], []).append(booking.id)
        elif rng.random() < 0.06:
            fates.setdefault("cancelled", []).append(booking.id)
    bookings.browse(fates.get("completed", [])).advance("checked_in")
    bookings.browse(fates.get("completed", [])).advance("completed")
    bookings.browse(fates.get("no_show", [])).advance("no_show")
    bookings.browse(fates.get("cancelled", [])).advance("cancelled", cancel_reason="Found another day")
