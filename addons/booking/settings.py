"""What a tenant may tune in Booking."""

from __future__ import annotations

from kernel.orm import Settings


class BookingSettings(Settings, addon="booking"):
    """How booking behaves.

    `hold_minutes` is how long a chosen time is kept for a customer who is still typing their name.
    `change_hours` is until how many hours before the start customers may move or cancel by themselves.
    """

    hold_minutes: int = 10
    change_hours: int = 2
