"""One activity for each booking, which follows it; and booking from the CRM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from addons.booking import desk
from addons.booking.models import Booking, Customer
from addons.crm.models import Account, Activity, Contact, Opportunity
from addons.crm_booking_bridge.models import Appointment, DealBooking
from addons.crm_booking_bridge.models.people import BRIDGE
from kernel.errors import UserError, ValidationError
from kernel.orm import Env, Model
from kernel.testing import Web
from tests.booking.spa import PARIS, Spa, at

GRACE = desk.Person("Grace", "grace@example.com")


def activity_of(env: Env, booking: Booking) -> Activity:
    env.flush()
    return env[Appointment].search(Appointment.booking == booking.id).activity


@pytest.fixture
def booking(env: Env, spa: Spa, grace: Contact) -> Booking:
    made = desk.book(env, spa.advice, at("10:00"), GRACE)
    env.flush()
    return made


def test_a_booking_is_an_activity_of_the_contact(env: Env, booking: Booking, grace: Contact) -> None:
    activity = activity_of(env, booking)
    day = at("10:00").astimezone(PARIS).date()
    assert activity.summary == f"Advice, {day} 10:00 ({booking.reference})"
    assert (activity.contact.id, activity.type, activity.due_date, activity.done) == (grace.id, "meeting", day, False)
    assert grace.next_activity_date == day


def test_the_activity_moves_with_the_booking(env: Env, booking: Booking, grace: Contact) -> None:
    activity = activity_of(env, booking)
    desk.move(env, booking, at("11:00", 8))
    assert activity_of(env, booking) == activity
    assert "11:00" in activity.summary
    assert activity.due_date == grace.next_activity_date == at("11:00", 8).astimezone(PARIS).date()
    assert env[Activity].count(Activity.contact == grace) == 1


@pytest.mark.parametrize(
    ("steps", "begins", "done"),
    [
        (("check_in",), "Advice", False),
        (("check_in", "complete"), "Completed: ", True),
        (("mark_no_show",), "Did not come: ", True),
        (("mark_no_show", "check_in"), "Advice", False),
        (("cancel",), "Cancelled: ", True),
    ],
)
def test_the_activity_follows_the_state(
    env: Env, booking: Booking, steps: tuple[str, ...], begins: str, done: bool
) -> None:
    activity = activity_of(env, booking)
    for step in steps:
        getattr(booking, step)()
    env.flush()
    assert activity.summary.startswith(begins)
    assert activity.done == done
    rows = env.sql("SELECT summary, done FROM crm.activity WHERE id = %s", (activity.id,))
    assert rows == [(activity.summary, activity.done)]


def test_the_state_is_changed_on_the_booking_only(env: Env, booking: Booking, grace: Contact) -> None:
    activity = activity_of(env, booking)
    for change in ({"done_at": env.now()}, {"due_date": dt.date(2030, 1, 1)}, {"summary": "Tea"}):
        with pytest.raises(ValidationError, match=booking.reference) as refused, env.savepoint():
            activity.write(**change)
        assert f"/app/booking.booking/{booking.id}" in refused.value.hint
    with pytest.raises(ValidationError, match=booking.reference), env.savepoint():
        activity.mark_done()
    activity.note = "Likes tea"
    desk.cancel(env, booking)
    env.flush()
    assert (activity.note, activity.done) == ("Likes tea", True)


def test_the_activity_is_never_deleted(env: Env, booking: Booking) -> None:
    with pytest.raises(ValidationError, match=booking.reference), env.savepoint():
        activity_of(env, booking).delete()


def test_another_customer_moves_the_activity_to_another_contact(env: Env, booking: Booking) -> None:
    activity = activity_of(env, booking)
    other = env[Customer].create({"name": "Ada", "email": "ada@example.com"})
    booking.customer = other
    env.flush()
    assert activity.contact.name == "Ada"
    assert env[Activity].count(Activity.summary.like(booking.reference)) == 1


def test_who_is_linked_later_gets_activities_for_what_is_ahead(env: Env, spa: Spa) -> None:
    made = env[Customer].create({"name": "Grace", "email": ""})
    ahead = desk.book(env, spa.advice, at("10:00"), made)
    assert not env[Appointment].search()
    contact = env[Contact].create({"name": "Grace Hopper"})
    BRIDGE.join(contact, made, "by hand")
    assert activity_of(env, ahead).contact == contact


def test_a_hold_is_no_activity(env: Env, spa: Spa, grace: Contact) -> None:
    held = desk.hold(env, spa.advice, at("10:00"))
    assert not activity_of(env, held)
    desk.confirm(env, held, GRACE)
    assert activity_of(env, held).contact == grace


def test_a_booking_of_a_linked_customer_costs_the_same_however_many_there_are(
    env: Env, spa: Spa, booking: Booking
) -> None:
    for hour in ("13:00", "14:00", "15:00"):
        desk.book(env, spa.advice, at(hour), GRACE)
    env.flush()
    statements = []
    for day in (8, 9):
        env.tx.log = []
        desk.book(env, spa.advice, at("10:00", day), GRACE)
        env.flush()
        statements.append(len(env.tx.log))
        env.tx.log = None
    assert abs(statements[0] - statements[1]) <= 8, "ids are drawn in blocks; nothing else differs"


# -- from the CRM ------------------------------------------------------------------------------------------
def chosen(answer: dict[str, Any]) -> dict[str, Any]:
    assert (answer["action"]["type"], answer["action"]["model"]) == ("form", "booking.booking")
    found: dict[str, Any] = answer["action"]["defaults"]
    return found


def test_book_appointment_makes_the_contact_a_customer_once(env: Env, grace: Contact) -> None:
    first, second = chosen(grace.book_appointment()), chosen(grace.book_appointment())  # type: ignore[attr-defined]
    guest = env[Customer].search()
    assert first == second == {"customer": {"id": guest.id, "title": "Grace Hopper"}}
    assert (guest.email, BRIDGE.partner_of(guest).id) == ("grace@example.com", grace.id)


def test_book_appointment_takes_a_customer_with_the_same_address(env: Env) -> None:
    known = env[Customer].create({"name": "Mo", "email": "info@example.com"})
    contact = env[Contact].create({"name": "Jo", "email": "info@example.com"})
    assert chosen(contact.book_appointment())["customer"]["id"] == known.id  # type: ignore[attr-defined]
    assert BRIDGE.partner_of(contact).id == known.id


def test_book_appointment_asks_to_decide_between_several(env: Env, grace: Contact) -> None:
    env[Customer].create([{"name": "G", "email": "grace@example.com"} for _ in range(2)])
    with pytest.raises(UserError, match="2 customers have the e-mail"):
        grace.book_appointment()  # type: ignore[attr-defined]


def test_a_deal_without_contact_cannot_be_booked_from(env: Env) -> None:
    deal = env[Opportunity].create({"name": "Rollout"})
    with pytest.raises(UserError, match="no main contact"):
        deal.book_appointment()  # type: ignore[attr-defined]


def test_what_is_booked_from_a_deal_is_shown_on_it(
    env: Env, spa: Spa, grace: Contact, client: Callable[[Model | int | None], Web], member: Callable[..., Env]
) -> None:
    account = env[Account].create({"name": "Navy"})
    deal = env[Opportunity].create({"name": "Rollout", "contact": grace, "account": account})
    env.flush()
    web = client(member("crm_booking_bridge.user").user_id)
    defaults = web.rpc("crm.opportunity", "book_appointment", ids=[deal.id])["action"]["defaults"]
    assert defaults["deal"] == {"id": deal.id, "title": "Rollout"}
    values = {name: chosen["id"] for name, chosen in defaults.items()}
    asked: dict[str, Any] = {"changed": list(values), "spec": {"deal": {}, "customer": {}}, "id": None}
    assert "service" not in web.rpc("booking.booking", "onchange", values=values, **asked)["values"]
    values |= {"service": spa.advice.id, "start": at("10:00").isoformat()}
    made = web.rpc("booking.booking", "create", values=values, spec={"deal": {}, "customer": {}})
    assert made["deal"]["id"] == deal.id
    spec: dict[str, Any] = {"appointments": {"fields": {"start": {}, "service": {}, "state": {}}}}
    shown = web.rpc("crm.opportunity", "read", ids=[deal.id], spec=spec)[0]["appointments"]
    assert [line["state"] for line in shown] == ["confirmed"]
    activity = activity_of(env, env[Booking].browse(made["id"]))
    assert (activity.opportunity.id, activity.contact.id) == (deal.id, grace.id)
    assert deal.next_activity_date == activity.due_date


def test_the_deal_of_a_booking_can_be_set_later(env: Env, booking: Booking) -> None:
    deal = env[Opportunity].create({"name": "Rollout"})
    env[DealBooking].browse(booking.id).deal = deal
    env.flush()
    assert activity_of(env, booking).opportunity == deal
    env[DealBooking].browse(booking.id).deal = None
    env.flush()
    assert not activity_of(env, booking).opportunity
