"""Installed over two filled products, detached, and back: nothing of either side is lost or left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from addons.booking import desk
from addons.booking.models import Booking, Customer
from addons.crm.models import Activity, Contact
from addons.crm_booking_bridge.models import Appointment, Link, LogEntry
from addons.crm_booking_bridge.models.people import BRIDGE
from kernel.addons import Runtime, Tenant
from kernel.addons.doctor.checksums import checksums
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.db import transaction
from kernel.db.tenants import drop_database
from kernel.orm import Env
from tests.booking.spa import at, open_spa

NAME = "crm_booking_bridge"
SIDES = ("crm", "booking")
Sums = dict[str, tuple[int, str]]


@pytest.fixture
def filled(runtime: Runtime) -> Iterator[Tenant]:
    """Both products in use, with people in common; no bridge."""
    tenant = create_tenant(runtime, "filled", SIDES)
    with tenant.env(why="a test") as env:
        fill(env)
    yield tenant
    drop_database(runtime.cluster, runtime.control, tenant.row)


def fill(env: Env) -> None:
    spa = open_spa(env)
    people = [("Ada Lovelace", "ada@example.com"), ("Bob Noyce", "bob@example.com"), ("Info", "info@example.com")]
    people += [("Twin One", "twin@example.com"), ("Twin Two", "twin@example.com"), ("Cy", "cy@example.com")]
    env[Contact].create([{"name": name, "email": email, "owner": None} for name, email in people])
    guests = [("Ada L", "ADA@example.com"), ("Bob Noyce", "bob@example.com"), ("Desk", "info@example.com")]
    guests += [("Twin", "twin@example.com"), ("New Guest", "new@example.com"), ("No Mail", "")]
    env[Customer].create([{"name": name, "email": email} for name, email in guests])
    ada = env[Customer].search(Customer.name == "Ada L")
    desk.book(env, spa.advice, at("10:00"), ada)
    desk.cancel(env, desk.book(env, spa.advice, at("11:00"), ada))


def sums(runtime: Runtime, tenant: Tenant) -> Sums:
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        return checksums(tx, SIDES)


def install(runtime: Runtime, tenant: Tenant) -> None:
    execute(runtime, plan_install(runtime, tenant, [NAME]))


def detach(runtime: Runtime, tenant: Tenant) -> None:
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, [NAME]))


def links(env: Env) -> list[tuple[str, str, str]]:
    found = env[Link].search(order="contact, customer")
    return [(link.contact.name, link.customer.name, link.state) for link in found]


def test_it_is_suggested_and_never_forced(runtime: Runtime, filled: Tenant) -> None:
    plan = plan_install(runtime, filled, ["sync"])
    assert plan.suggested == (NAME,)
    assert NAME not in plan.after
    assert NAME in plan_install(runtime, filled, ["sync"], with_bridges=True).after


def test_a_dry_run_shows_what_would_be_linked_before_the_first_link(runtime: Runtime, filled: Tenant) -> None:
    before = sums(runtime, filled)
    told = plan_install(runtime, filled, [NAME]).lines()
    shown = [line.strip(" ()").removeprefix(f"{NAME}: ") for line in told if NAME in line]
    assert shown[1:] == [
        "2 pairs of a contact and a customer with the same e-mail are linked",
        "3 pairs are suggested for a person to decide",
        "1 contact records are created for a customer that has none",
        "1 records get their e-mail from the other side",
        "1 records get their name from the other side",
    ]
    assert sums(runtime, filled) == before
    install(runtime, filled)
    with filled.env(why="a test") as env:
        assert links(env) == [
            ("Ada Lovelace", "Ada Lovelace", "active"),
            ("Bob Noyce", "Bob Noyce", "active"),
            ("Info", "Desk", "suggested"),
            ("New Guest", "New Guest", "active"),
            ("Twin One", "Twin", "suggested"),
            ("Twin Two", "Twin", "suggested"),
        ]
        assert env[Customer].search(Customer.name == "Ada Lovelace").email == "ada@example.com"
        planned = env[Activity].search().mapped(Activity.contact)
        assert planned.mapped(Contact.name) == ["Ada Lovelace"]
        assert env[Activity].count() == 1, "for what is ahead, not for what was cancelled"


def test_detaching_leaves_both_sides_as_they_are(runtime: Runtime, filled: Tenant) -> None:
    columns = {table: rows for table, (rows, _) in sums(runtime, filled).items()}
    install(runtime, filled)
    before = sums(runtime, filled)
    assert before.keys() == columns.keys(), "no column was added to a table of either side"
    detach(runtime, filled)
    assert sums(runtime, filled) == before
    assert NAME not in filled.row.addons or NAME not in runtime.tenant("filled").assembly().names
    with runtime.tenant("filled").env(why="a test") as env:
        assert not env.has(f"{NAME}.link")
        assert not env[Activity].search().done, "activities stay, and are the CRM's now"
        env[Activity].search().mark_done()
        env[Customer].search(Customer.email == "ada@example.com").email = "mine@example.com"


def test_coming_back_restores_every_link_and_lists_what_changed(runtime: Runtime, filled: Tenant) -> None:
    install(runtime, filled)
    with filled.env(why="a test") as env:
        known = links(env)
        booking = env[Appointment].search().booking.id
    detach(runtime, filled)
    tenant = runtime.tenant("filled")
    with tenant.env(why="a test") as env:
        env[Contact].search(Contact.name == "Ada Lovelace").email = "ada@new.example"
        env[Contact].create({"name": "Dee", "email": "dee@example.com"})
        env[Customer].create({"name": "Dee", "email": "dee@example.com"})
        env[Booking].browse(booking).cancel("ill")
    assert any("restore" in line for line in plan_install(runtime, tenant, [NAME]).lines())
    install(runtime, tenant)
    with runtime.tenant("filled").env(why="a test") as env:
        assert set(links(env)) == {*known, ("Dee", "Dee", "active")}
        apart = env[LogEntry].search(LogEntry.event == "apart")
        assert [(entry.field, entry.before, entry.after) for entry in apart] == [
            ("email", "ada@example.com", "ada@new.example")
        ]
        ada = env[Contact].search(Contact.name == "Ada Lovelace")
        assert BRIDGE.partner_of(ada).email == "ada@new.example"
        activity = env[Appointment].search(Appointment.booking == booking).activity
        assert activity.done
        assert activity.summary.startswith("Cancelled: ")


def test_it_can_go_and_come_as_often_as_one_likes(runtime: Runtime, filled: Tenant) -> None:
    install(runtime, filled)
    before = sums(runtime, filled)
    for _ in range(2):
        detach(runtime, runtime.tenant("filled"))
        install(runtime, runtime.tenant("filled"))
    assert sums(runtime, filled) == before
