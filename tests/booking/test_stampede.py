"""Stampedes over real HTTP against two worker processes: nothing overlaps, nothing deadlocks, nobody gets a 5xx.

60 clients by default; 1,000 with TENON_SOAK=1.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import pytest

from addons.base.models import User
from addons.booking import desk
from addons.booking.desk import Person
from addons.booking.models import Booking, Resource, Service
from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.orm import Command, Env
from tests.booking.served import Answer, Client, served, staff, visitor
from tests.booking.spa import at, open_spa

T = TypeVar("T")
SOAK = os.environ.get("TENON_SOAK") == "1"
CLIENTS = 1000 if SOAK else 60
STEPS = 4
CROWDED = 1 + CLIENTS // 100
"""Days that all of them want."""

OVERLAPS = """
    SELECT count(*) FROM booking.allocation a JOIN booking.allocation b
      ON a.resource_id = b.resource_id AND a.unit = b.unit AND a.id < b.id AND a.during && b.during
    WHERE a.state <> 'released' AND b.state <> 'released'
"""
TOO_MANY = """
    SELECT count(*) FROM booking.allocation a JOIN booking.resource r ON r.id = a.resource_id
    WHERE a.state <> 'released' AND a.unit >= r.units
"""
ASTRAY = """
    SELECT count(*) FROM booking.booking b JOIN booking.service s ON s.id = b.service_id
    WHERE b.state = 'confirmed' AND (
      SELECT count(*) FROM booking.allocation a WHERE a.booking_id = b.id AND a.state = 'confirmed'
        AND a.during = tstzrange(b.start - make_interval(mins => s.buffer_before::int),
                                 b."end" + make_interval(mins => s.buffer_after::int))
    ) <> (SELECT sum(q.quantity * CASE WHEN q.per_person THEN b.party_size ELSE 1 END)
          FROM booking.requirement q WHERE q.service_id = s.id)
"""


@dataclass(frozen=True)
class Scene:
    """A served spa."""

    tenant: Tenant
    port: int
    services: tuple[int, ...]
    user: int

    def run(self, work: Callable[[Env], T]) -> T:
        """Work as the system, in a transaction of its own."""
        return self.tenant.run(work, why="a test", isolation="read committed")

    def together(self, work: Callable[[int], T], clients: int = CLIENTS) -> list[T]:
        """All clients at once."""
        with ThreadPoolExecutor(clients) as threads:
            return list(threads.map(work, range(clients)))


@pytest.fixture(scope="module")
def scene(runtime: Runtime) -> Iterator[Scene]:
    if runtime.settings.database_url:
        pytest.skip("the log of a foreign server cannot be read")
    tenant = create_tenant(runtime, "stampede", ["booking"])

    def prepare(env: Env) -> tuple[tuple[int, ...], int]:
        spa = open_spa(env, interval=15, buffer_after=10)
        spa.advice.write(interval=15, duration=45)
        gym = env[Resource].create({"name": "Gym", "kind": "room", "units": 5, "tz": "Europe/Paris"})
        needs = [Command.create({"resource": gym.id, "per_person": True})]
        common = {"tz": "Europe/Paris", "duration": 60, "interval": 15, "notice": 0, "capacity": 3}
        course = env[Service].create({"name": "Course", **common, "requirements": needs})
        user = env[User].create({"name": "Desk", "login": "desk", "groups": [env.ref("booking.user").id]})
        env.flush()
        return (spa.massage.id, spa.advice.id, course.id), user.id

    services, user = tenant.run(prepare, why="a test")
    with served(tenant) as port:
        yield Scene(tenant, port, services, user)
    log = (runtime.settings.data_dir / "serve.log").read_text()
    assert "Traceback" not in log


def quarter(rng: random.Random) -> dt.datetime:
    """A start somewhere in a crowded day; neighbours overlap."""
    return at("09:00", days=7 + rng.randrange(CROWDED)) + dt.timedelta(minutes=15 * rng.randrange(28))


def wire(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def customer(scene: Scene, number: int) -> list[Answer]:
    """Books, then moves or cancels, then books again, all by the public pages."""
    with visitor(scene.port, scene.tenant, number + 10) as client:
        return list(_steps(scene, client, random.Random(number), number))


def _steps(scene: Scene, client: Client, rng: random.Random, number: int) -> Iterator[Answer]:
    yield client.get(f"/book/{rng.choice(scene.services)}")
    mine: list[str] = []
    for step in range(STEPS):
        if mine and rng.random() < 0.5:
            path = mine[-1]
            if rng.random() < 0.6:
                yield client.post(f"{path}/move", start=wire(quarter(rng)))
            else:
                yield client.post(f"{mine.pop()}/cancel")
            continue
        service = rng.choice(scene.services)
        people = rng.choice((1, 2, 3))
        chosen = client.post(f"/book/{service}", start=wire(quarter(rng)), people=people, key=f"{number}-{step}")
        yield chosen
        if chosen.status == 303:
            who = {"name": f"Client {number}", "email": f"client{number % 20}@example.com"}
            yield client.post(chosen.location, **who)
            mine.append(chosen.location)


def employee(scene: Scene, number: int) -> list[Answer]:
    """Books, drags and cancels in the calendar."""
    with staff(scene.port, scene.tenant, number + 10, scene.user) as client:
        return list(_drags(scene, client, random.Random(-number)))


def _drags(scene: Scene, client: Client, rng: random.Random) -> Iterator[Answer]:
    for _ in range(STEPS):
        start = quarter(rng)
        values = {"service": rng.choice(scene.services), "start": wire(start)}
        made = client.rpc("booking.booking", "create", values=values, spec={"start": {}, "end": {}})
        yield made
        if made.status != 200:
            continue
        id = int(made.find(r'"id":(\d+)'))
        seen = {"start": made.find(r'"start":"([^"]+)"'), "end": made.find(r'"end":"([^"]+)"')}
        later = {"start": wire(start + dt.timedelta(minutes=30)), "end": wire(start + dt.timedelta(minutes=90))}
        changes = {name: {"from": seen[name], "to": later[name]} for name in seen}
        yield client.rpc("booking.booking", "write", id=id, changes=changes)
        if rng.random() < 0.4:
            yield client.rpc("booking.booking", "cancel", ids=[id], args={"reason": "test"})


def faults(scene: Scene) -> dict[str, int]:
    """Rows that must not be."""

    def count(env: Env) -> dict[str, int]:
        asked = {"overlaps": OVERLAPS, "too many": TOO_MANY, "astray": ASTRAY}
        return {name: env.sql(query)[0][0] for name, query in asked.items()}

    return scene.run(count)


def deadlocks(scene: Scene) -> int:
    """How many the server's log tells of; other tests provoke some on purpose."""
    logs = [path for path in scene.tenant.runtime.settings.data_dir.rglob("log") if path.is_file()]
    assert logs
    return sum(path.read_text().count("deadlock detected") for path in logs)


def test_overlapping_starts_moves_and_cancels_of_many_at_once(scene: Scene) -> None:
    def client(number: int) -> list[Answer]:
        return employee(scene, number) if number % 5 == 0 else customer(scene, number)

    before = deadlocks(scene)
    statuses = Counter(answer.status for answers in scene.together(client) for answer in answers)
    assert max(statuses) < 500, statuses
    assert set(statuses) <= {200, 303, 400, 409}, statuses
    assert statuses[303] > CLIENTS / 4, statuses
    assert statuses[409] > CLIENTS / 4, statuses
    assert faults(scene) == {"overlaps": 0, "too many": 0, "astray": 0}
    assert deadlocks(scene) == before


def test_thirty_at_one_last_slot(scene: Scene) -> None:
    massage, last = scene.services[0], at("09:00", days=30)

    def fill(env: Env) -> list[dt.datetime]:
        service = env[Service].browse(massage)
        for clock in ("10:15", "13:00", "14:15", "15:30"):
            desk.book(env, service, at(clock, days=30), Person("Early", "early@example.com"))
        return [slot.start for slot in desk.offers(env, service, last.date())]

    assert scene.run(fill) == [last]

    def choose(number: int) -> Answer:
        with visitor(scene.port, scene.tenant, 5000 + number) as client:
            client.get(f"/book/{massage}?day={at('09:00', days=31):%Y-%m-%d}")
            return client.post(f"/book/{massage}", start=wire(last), key=str(number))

    before = deadlocks(scene)
    answers = scene.together(choose, 30)
    assert Counter(answer.status for answer in answers) == {303: 1, 409: 29}
    for answer in answers:
        if answer.status == 409:
            assert "has just been taken" in answer.text
            assert "Free next" in answer.text
            assert answer.find(r'name="start" value="([^"]+)"') != wire(last)
    held = scene.run(lambda env: env[Booking].count((Booking.start == last) & (Booking.state == "held")))
    assert held == 1
    assert faults(scene) == {"overlaps": 0, "too many": 0, "astray": 0}
    assert deadlocks(scene) == before
