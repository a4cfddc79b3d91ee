"""The hooks that booking declares for others; `hooks.py` shows them to the kernel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from kernel.addons import hookspec
from kernel.orm import Env

if TYPE_CHECKING:
    from addons.booking.models import Booking, Service


@hookspec
def booking_created(env: Env, bookings: Booking) -> None:
    """Bookings were promised to customers: confirmed, or waiting for approval. Not called for mere holds."""


@hookspec
def booking_moved(env: Env, bookings: Booking) -> None:
    """Bookings have another time or other resources."""


@hookspec
def booking_state_changed(env: Env, bookings: Booking, before: str, after: str) -> None:
    """Bookings went from one state to another. A new promise is told by `booking_created` first."""


@hookspec
def booking_slot_filter(env: Env, service: Service, slots: Collection[dt.datetime]) -> Collection[dt.datetime]:
    """Starts among `slots` that are not to be offered; customers cannot book them either, the staff can."""
    raise NotImplementedError
