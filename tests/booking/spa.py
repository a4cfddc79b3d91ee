"""A small spa to test with: two therapists in a pool, a room, an open week in Paris."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from addons.booking.models import Pool, Resource, Schedule, Service
from kernel.orm import Command, Env

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Spa:
    """What there is."""

    ada: Resource
    bob: Resource
    room: Resource
    pool: Pool
    massage: Service
    """One of the pool, and the room."""
    advice: Service
    """One of the pool."""


def open_spa(env: Env, **massage: Any) -> Spa:
    """Open 09:00 to 17:00 on each day of the week, with a break at noon."""
    rules = [
        Command.create({"weekday": str(day), "begins": begins, "ends": ends})
        for day in range(7)
        for begins, ends in (("09:00", "12:00"), ("13:00", "17:00"))
    ]
    hours = env[Schedule].create({"name": "Week", "rules": rules})
    common = {"tz": "Europe/Paris", "schedule": hours.id}
    ada, bob = env[Resource].create([{"name": "Ada", **common}, {"name": "Bob", **common}])
    room = env[Resource].create({"name": "Room", "kind": "room", "tz": "Europe/Paris"})
    pool = env[Pool].create({"name": "Therapists", "members": [ada.id, bob.id]})
    base = {"tz": "Europe/Paris", "duration": 60, "interval": 30, "notice": 0, "horizon": 90}
    both = [Command.create({"pool": pool.id}), Command.create({"resource": room.id})]
    one = [Command.create({"pool": pool.id})]
    services = env[Service].create(
        [
            {"name": "Massage", **base, "requirements": both, **massage},
            {"name": "Advice", **base, "requirements": one},
        ]
    )
    env.flush()
    return Spa(ada, bob, room, pool, services[0], services[1])


def at(clock: str, days: int = 7) -> dt.datetime:
    """A time on the clock of Paris, some days from today."""
    day = dt.datetime.now(PARIS).date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), PARIS).astimezone(dt.UTC)
