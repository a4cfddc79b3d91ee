"""Hooks of booking: what it offers to other addons, and what it answers itself."""

from __future__ import annotations

from addons.booking.specs import booking_created, booking_moved, booking_slot_filter, booking_state_changed
from kernel.addons import hookimpl
from kernel.orm import Env

__all__ = ["booking_created", "booking_moved", "booking_slot_filter", "booking_state_changed"]


@hookimpl
def demo_data(env: Env, addon: str) -> None:
    if addon == "booking":
        from addons.booking.demo import fill  # noqa: PLC0415 - asked for once, or never

        fill(env)
