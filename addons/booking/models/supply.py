"""What the slot engine asks for, read from the database: needs, hours, leave, and what the ledger has taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from addons.booking.engine import Intervals, Need, Question, Supply, Terms, open_hours
from addons.booking.models.leave import Leave
from addons.booking.models.resource import Resource
from addons.booking.models.service import Service
from kernel.orm import Env

Moment = dt.datetime
Span = tuple[Moment, Moment]
DAY: Final = dt.timedelta(days=1)

_TAKEN: Final = """
    SELECT resource_id, unit, lower(during), upper(during) FROM booking.allocation
    WHERE resource_id = ANY(%s) AND during && tstzrange(%s, %s) AND booking_id <> ALL(%s)
      AND (state IN ('pending', 'confirmed') OR (state = 'held' AND expires_at > %s))
"""
_BOOKED_DAYS: Final = """
    SELECT (start AT TIME ZONE %s)::date FROM booking.booking
    WHERE service_id = %s AND start >= %s AND start < %s AND id <> ALL(%s)
      AND (state IN ('pending_approval', 'confirmed', 'checked_in', 'completed', 'no_show')
           OR (state = 'held' AND expires_at > %s))
    GROUP BY 1 HAVING count(*) >= %s
"""


def terms_of(service: Service, duration: dt.timedelta | None = None) -> Terms:
    """How a service is booked, as the engine takes it."""

    def minutes(number: int) -> dt.timedelta:
        return dt.timedelta(minutes=number)

    return Terms(
        zone=ZoneInfo(service.tz),
        duration=duration or minutes(service.duration),
        before=minutes(service.buffer_before),
        after=minutes(service.buffer_after),
        interval=service.interval,
        notice=minutes(service.notice),
        horizon=service.horizon,
    )


def question_of(
    env: Env,
    service: Service,
    begin: Moment,
    end: Moment,
    *,
    people: int = 1,
    without: Collection[int] = (),
) -> Question:
    """All that decides about starts between two moments. Bookings `without` do not count. Needs a system env."""
    service = env[Service].browse(service.id)
    terms = terms_of(service)
    reach = max(terms.duration, DAY) + terms.before + terms.after
    span = begin - reach, end + reach
    now = env.now()
    needs = tuple(
        Need(need.candidates(), need.quantity * (people if need.per_person else 1)) for need in service.requirements
    )
    resources = env[Resource].browse(service.candidates())
    return Question(
        terms,
        needs,
        supplies_of(env, resources, span, sorted(without), now),
        now,
        _full_days(env, service, span, sorted(without), now),
    )


def supplies_of(env: Env, resources: Resource, span: Span, without: Sequence[int], now: Moment) -> dict[int, Supply]:
    """What each resource can give between two moments: its hours, leave, and what is taken of it."""
    away = env[Leave].search(
        (Leave.start < span[1]) & (Leave.end > span[0]), fetch=("resource", "kind", "start", "end")
    )
    taken = _taken(env, resources, span, without, now)
    closed = Intervals.of((leave.start, leave.end) for leave in away if not leave.resource)
    made: dict[int, Supply] = {}
    for resource in resources:
        own = [leave for leave in away if leave.resource == resource]
        made[resource.id] = Supply(
            resource.id,
            _hours(resource, span),
            Intervals.of((leave.start, leave.end) for leave in own if leave.kind != "holiday"),
            closed | Intervals.of((leave.start, leave.end) for leave in own if leave.kind == "holiday"),
            tuple(Intervals.of(taken.get((resource.id, unit), ())) for unit in range(resource.units)),
        )
    return made


def _hours(resource: Resource, span: Span) -> Intervals[Moment] | None:
    if not resource.schedule:
        return None
    zone = ZoneInfo(resource.tz)
    first, last = (bound.astimezone(zone).date() for bound in span)
    return open_hours(resource.schedule.weekly(), zone, first, last)


def _taken(
    env: Env, resources: Resource, span: Span, without: Sequence[int], now: Moment
) -> dict[tuple[int, int], list[Span]]:
    found: dict[tuple[int, int], list[Span]] = {}
    for resource, unit, begin, end in env.sql(_TAKEN, (list(resources.ids), *span, list(without), now)):
        found.setdefault((resource, unit), []).append((begin, end))
    return found


def _full_days(env: Env, service: Service, span: Span, without: Sequence[int], now: Moment) -> frozenset[dt.date]:
    """The days on which the service's daily limit is reached."""
    if not service.daily_limit:
        return frozenset()
    values = (service.tz, service.id, *span, list(without), now, service.daily_limit)
    return frozenset(row[0] for row in env.sql(_BOOKED_DAYS, values))
