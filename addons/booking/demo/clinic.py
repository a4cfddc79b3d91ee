"""The clinic: hours, resources, pools, services, customers."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from addons.base.models import Company
from addons.booking.demo.words import CUSTOMERS, HOURS, NAME, PLACE, POOLS, RESOURCES, SERVICES, ZONE
from addons.booking.models import Customer, Leave, Pool, Resource, Schedule, Service
from kernel.orm import Command, Env

SEED: Final = 60


@dataclass(frozen=True, slots=True)
class Clinic:
    """What bookings are made of."""

    zone: ZoneInfo
    services: tuple[Service, ...]
    customers: tuple[Customer, ...]


def make_clinic(env: Env) -> Clinic:
    """All that does not change from day to day."""
    env[Company].search(Company.name == "My company").write(name=NAME, tz=ZONE)
    zone = ZoneInfo(env[Company].search(order="id", limit=1).tz)
    resources = _resources(env, zone)
    pools = {
        name: env[Pool].create({"name": name, "members": [resources[index].id for index in members]})
        for name, members in POOLS.items()
    }
    services = tuple(_service(env, zone, index, resources, pools) for index in range(len(SERVICES)))
    customers = tuple(env[Customer].create([_customer(index, name) for index, name in enumerate(CUSTOMERS)]))
    _leave(env, zone, resources)
    env.flush()
    return Clinic(zone, services, customers)


def _resources(env: Env, zone: ZoneInfo) -> tuple[Resource, ...]:
    hours: dict[str, int | None] = {"": None}
    for key, (name, rows) in HOURS.items():
        rules = [
            Command.create({"weekday": weekday, "begins": begins, "ends": ends})
            for weekdays, begins, ends in rows
            for weekday in weekdays
        ]
        hours[key] = env[Schedule].create({"name": name, "rules": rules}).id
    rows_of = [
        {"name": name, "kind": kind, "schedule": hours[shift], "units": units, "tz": zone.key, "sequence": place * 10}
        for place, (name, kind, shift, units) in enumerate(RESOURCES, 1)
    ]
    return tuple(env[Resource].create(rows_of))


def _service(env: Env, zone: ZoneInfo, index: int, resources: tuple[Resource, ...], pools: dict[str, Pool]) -> Service:
    name, summary, minutes, before, after, price, color, approval, capacity, needs = SERVICES[index]
    requirements = [
        Command.create(
            {"pool": pools[need].id} if isinstance(need, str) else {"resource": resources[need].id, "per_person": True}
        )
        for need in needs
    ]
    return env[Service].create(
        {
            "name": name,
            "summary": summary,
            "sequence": (index + 1) * 10,
            "duration": minutes,
            "buffer_before": before,
            "buffer_after": after,
            "price": price,
            "color": color,
            "approval": approval,
            "capacity": capacity,
            "location": f"{NAME}, {PLACE}",
            "tz": zone.key,
            "requirements": requirements,
        }
    )


def _customer(index: int, name: str) -> dict[str, object]:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    mailbox = ".".join(bare.split())
    return {"name": name, "email": f"{mailbox}@mail.example", "phone": f"+351 21 000 0{index + 100}"}


def _leave(env: Env, zone: ZoneInfo, resources: tuple[Resource, ...]) -> None:
    """Somebody is away for two days of next week."""
    today = dt.datetime.now(zone).date()
    thursday = today + dt.timedelta(days=10 - today.weekday())
    start = dt.datetime.combine(thursday, dt.time(), zone)
    end = dt.datetime.combine(thursday + dt.timedelta(days=2), dt.time(), zone)
    env[Leave].create({"name": "Conference", "resource": resources[1].id, "start": start, "end": end})
