"""The hooks of booking, as another addon hears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from addons.booking import desk
from addons.booking.desk import Person, SlotError
from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.orm import Env
from tests.booking.hooked import barred, told
from tests.booking.spa import at, open_spa

TOYS = Path(__file__).parent / "toys"
ADA = Person("Ada Byron", "ada@example.com")


@pytest.fixture(scope="module")
def tenant(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Tenant:
    """With an addon that listens."""
    own = replace(settings, addons_path=(*settings.addons_path, TOYS))
    runtime = Runtime(own, cluster, pool, control, Library(own.addon_roots))
    return create_tenant(runtime, "booking-heard", ["listener"])


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    told.clear()
    barred.clear()
    yield
    barred.clear()


def test_hook_booking_created_tells_promises_and_no_holds(env: Env) -> None:
    spa = open_spa(env)
    held = desk.hold(env, spa.massage, at("09:00"))
    assert told == []
    desk.confirm(env, held, ADA)
    assert told == [("created", held.ids), ("state", held.ids, "held", "confirmed")]
    told.clear()
    booked = desk.book(env, spa.massage, at("14:00"), ADA)
    assert told == [("created", booked.ids)]


def test_hook_booking_moved_tells_a_new_time_once(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    told.clear()
    desk.move(env, booking, at("10:00"))
    booking.write(start=at("10:00"))
    assert told == [("moved", booking.ids)]


def test_hook_booking_state_changed_tells_from_where_to_where(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    told.clear()
    booking.check_in()
    booking.complete()
    assert [each[2:] for each in told] == [("confirmed", "checked_in"), ("checked_in", "completed")]


def test_hook_booking_slot_filter_takes_slots_from_customers_but_not_from_the_staff(env: Env) -> None:
    spa = open_spa(env)
    barred.add(at("09:00"))
    assert at("09:00") not in {slot.start for slot in desk.offers(env, spa.massage, at("09:00").date())}
    with pytest.raises(SlotError) as caught:
        desk.book(env, spa.massage, at("09:00"), ADA)
    assert caught.value.details["reason"] == "limit"
    assert desk.book(env, spa.massage, at("09:00"), ADA, strict=False).state == "confirmed"
