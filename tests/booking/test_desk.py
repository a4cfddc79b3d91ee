"""The desk: holding, confirming, moving, cancelling; the same request twice; what is lost and what is kept."""

from __future__ import annotations

import datetime as dt

import pytest

from addons.booking import desk
from addons.booking.desk import Person, SlotError
from addons.booking.models import Allocation, Booking, Customer
from kernel.errors import ValidationError
from kernel.orm import Env
from tests.booking.spa import at, open_spa

ADA = Person("Ada Byron", "ada@example.com")


def test_a_booking_takes_what_its_service_needs(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    assert booking.state == "confirmed"
    assert booking.end - booking.start == dt.timedelta(hours=1)
    assert booking.title == "Ada Byron · Massage"
    assert set(booking.resources.ids) == {spa.ada.id, spa.room.id}
    assert {row.state for row in booking.allocations} == {"confirmed"}


def test_a_slot_is_offered_as_long_as_somebody_of_the_pool_is_free(env: Env) -> None:
    spa = open_spa(env)
    desk.book(env, spa.advice, at("09:00"), ADA)
    assert at("09:00") in {slot.start for slot in desk.offers(env, spa.advice, at("09:00").date())}
    desk.book(env, spa.advice, at("09:30"), ADA)
    free = {slot.start for slot in desk.offers(env, spa.advice, at("09:00").date())}
    assert free.isdisjoint({at("09:00"), at("09:30")})
    assert at("10:00") in free


def test_who_loses_is_told_what_is_scarce_and_what_is_free_next(env: Env) -> None:
    spa = open_spa(env)
    desk.book(env, spa.massage, at("09:00"), ADA)
    with pytest.raises(SlotError) as caught:
        desk.book(env, spa.massage, at("09:30"), ADA)
    told = caught.value
    assert told.error_code == "slot_taken"
    assert told.details["resource"] == {"id": spa.room.id, "title": "Room"}
    assert told.details["next"][:2] == [f"{at(clock):%Y-%m-%dT%H:%M:%SZ}" for clock in ("10:00", "10:30")]
    assert env[Booking].count() == 1
    assert env[Allocation].count() == 2


def test_the_same_key_gives_the_same_booking(env: Env) -> None:
    spa = open_spa(env)
    first = desk.book(env, spa.massage, at("09:00"), ADA, key="abc")
    assert desk.book(env, spa.massage, at("09:00"), ADA, key="abc") == first
    assert desk.hold(env, spa.massage, at("14:00"), key="xyz") == desk.hold(env, spa.massage, at("14:00"), key="xyz")
    assert env[Booking].count() == 2


def test_a_hold_keeps_its_time_until_it_expires(env: Env) -> None:
    spa = open_spa(env)
    held = desk.hold(env, spa.massage, at("09:00"))
    with pytest.raises(SlotError):
        desk.hold(env, spa.massage, at("09:00"))
    run_out(env, held)
    other = desk.hold(env, spa.massage, at("09:00"))
    assert (held.state, other.state) == ("expired", "held")
    with pytest.raises(SlotError):
        desk.confirm(env, held, ADA)
    assert held.state == "expired"
    assert desk.confirm(env, other, ADA).state == "confirmed"


def test_an_expired_hold_is_confirmed_if_its_time_is_still_free(env: Env) -> None:
    spa = open_spa(env)
    held = desk.hold(env, spa.massage, at("09:00"))
    run_out(env, held)
    assert desk.expire(env) == 1
    assert {row.state for row in held.allocations} == {"released"}
    assert desk.confirm(env, held, ADA).state == "confirmed"
    assert {row.state for row in held.allocations} == {"confirmed"}


def run_out(env: Env, held: Booking) -> None:
    past = env.now() - dt.timedelta(seconds=1)
    held.write(expires_at=past)
    held.allocations.write(expires_at=past)
    env.flush()


def test_confirming_twice_is_confirming_once(env: Env) -> None:
    spa = open_spa(env)
    held = desk.hold(env, spa.massage, at("09:00"))
    assert desk.confirm(env, held, ADA) == desk.confirm(env, held, ADA)
    assert held.customer.email == "ada@example.com"
    assert held.events.mapped("kind") == ["created", "state"]


def test_a_move_keeps_the_same_rows_and_people(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    rows = booking.allocations.ids
    desk.move(env, booking, at("09:30"))
    assert booking.allocations.ids == rows
    assert (booking.start, booking.sequence) == (at("09:30"), 1)
    assert {(row.during.lower, row.during.upper) for row in booking.allocations if row.during} == {
        (at("09:30"), at("10:30"))
    }


def test_a_lost_move_keeps_the_old_time(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    desk.book(env, spa.massage, at("14:00"), ADA)
    with pytest.raises(SlotError):
        desk.move(env, booking, at("14:30"))
    assert booking.start == at("09:00")
    assert {row.during.lower for row in booking.allocations if row.during} == {at("09:00")}


def test_a_cancelled_time_is_free_at_once(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    desk.cancel(env, booking, "ill")
    assert (booking.state, booking.cancel_reason) == ("cancelled", "ill")
    assert desk.book(env, spa.massage, at("09:00"), ADA).state == "confirmed"


def test_customers_keep_to_the_rules_and_the_staff_need_not(env: Env) -> None:
    spa = open_spa(env)
    with pytest.raises(SlotError) as caught:
        desk.book(env, spa.advice, at("20:00"), ADA)
    assert caught.value.error_code == "slot_outside_hours"
    with pytest.raises(ValidationError) as wrong:
        desk.book(env, spa.advice, at("09:07"), ADA)
    assert wrong.value.error_code == "no_slot"
    assert desk.book(env, spa.advice, at("20:07"), ADA, strict=False).state == "confirmed"


def test_a_person_is_recognised_by_their_e_mail(env: Env) -> None:
    spa = open_spa(env)
    one = desk.book(env, spa.advice, at("09:00"), ADA)
    two = desk.book(env, spa.advice, at("10:00"), Person("A. Byron", " Ada@Example.com "))
    assert one.customer == two.customer
    assert env[Customer].search().mapped(Customer.name) == ["Ada Byron"]


def test_a_party_takes_as_many_seats_as_it_has_people(env: Env) -> None:
    spa = open_spa(env, capacity=12)
    spa.room.write(units=10)
    for need in spa.massage.requirements:
        if need.resource:
            need.per_person = True
        else:
            need.delete()
    env.flush()
    desk.book(env, spa.massage, at("09:00"), ADA, people=7)
    with pytest.raises(SlotError):
        desk.book(env, spa.massage, at("09:00"), ADA, people=4)
    assert len(desk.book(env, spa.massage, at("09:00"), ADA, people=3).allocations) == 3
    with pytest.raises(ValidationError):
        desk.book(env, spa.massage, at("14:00"), ADA, people=13)


def test_the_database_itself_refuses_an_overlap(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    row = booking.allocations[:1]
    copy = {"booking": booking, "resource": row.resource, "unit": row.unit, "during": row.during, "state": "held"}
    with pytest.raises(ValidationError, match="taken"), env.savepoint():
        env[Allocation].create(copy)
