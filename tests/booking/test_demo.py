"""The demo clinic: eight resources, three weeks, nothing overlaps."""

from __future__ import annotations

from collections import Counter

from addons.booking.demo import fill
from addons.booking.models import Booking, Customer, Resource
from kernel.orm import Env


def test_the_clinic_has_three_weeks_of_bookings(env: Env) -> None:
    fill(env)
    assert env[Resource].count() == 8
    states = Counter(env[Booking].search().mapped(Booking.state))
    assert sum(states.values()) >= 150
    assert {"confirmed", "pending_approval"} <= states.keys()
    assert all(address.endswith(".example") for address in env[Customer].search().mapped(Customer.email))
    days = {start.date() for start in env[Booking].search().mapped(Booking.start)}
    assert (max(days) - min(days)).days >= 14
