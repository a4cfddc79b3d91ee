"""Bookings and changes of one person at the same time: nothing is lost, and no sum is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from addons.booking import desk
from addons.booking.models import Booking, Customer, Service
from addons.crm.models import Activity, Contact
from addons.crm_booking_bridge.models import Appointment, Link
from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.orm import Env
from tests.booking.spa import PARIS, at, open_spa

DAYS = range(3, 11)


def run(tenant: Tenant, work: Callable[[Env], object]) -> None:
    tenant.run(work, why="a test", isolation="read committed")


def test_bookings_and_an_address_change_of_one_person_at_once(runtime: Runtime) -> None:
    tenant = create_tenant(runtime, "at-once", ["crm_booking_bridge"])
    with tenant.env(why="a test") as env:
        service = open_spa(env).advice.id
        contact = env[Contact].create({"name": "Ada", "email": "ada@example.com"}).id
        env[Customer].create({"name": "Ada", "email": "ada@example.com"})

    def book(day: int) -> None:
        def work(env: Env) -> None:
            guest = env[Customer].search()
            booking = desk.book(env, env[Service].browse(service), at("10:00", day), guest)
            if day % 2:
                desk.cancel(env, booking)

        run(tenant, work)

    def rename(number: int) -> None:
        run(tenant, lambda env: env[Contact].browse(contact).write(email=f"ada{number}@example.com"))

    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(book, day) for day in DAYS] + [threads.submit(rename, number) for number in range(4)]
        for one in waiting:
            one.result()
    with tenant.env(why="a test") as env:
        ada = env[Contact].browse(contact)
        assert env[Customer].search().email == ada.email
        assert env[Link].search().mapped(Link.state) == ["active"]
        assert env[Booking].count() == env[Appointment].count() == env[Activity].count() == len(DAYS)
        assert env[Activity].count(Activity.done == True) == len(DAYS) // 2  # noqa: E712
        first = min(day for day in DAYS if not day % 2)
        assert ada.next_activity_date == dt.datetime.now(PARIS).date() + dt.timedelta(days=first)
