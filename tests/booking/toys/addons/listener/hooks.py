"""Notes what booking tells, and takes slots away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from addons.booking.models import Booking
from kernel.addons import hookimpl
from tests.booking.hooked import barred, told


@hookimpl
def booking_created(bookings: Booking) -> None:
    told.append(("created", bookings.ids))


@hookimpl
def booking_moved(bookings: Booking) -> None:
    told.append(("moved", bookings.ids))


@hookimpl
def booking_state_changed(bookings: Booking, before: str, after: str) -> None:
    told.append(("state", bookings.ids, before, after))


@hookimpl
def booking_slot_filter(slots: Collection[dt.datetime]) -> list[dt.datetime]:
    return [slot for slot in slots if slot in barred]
