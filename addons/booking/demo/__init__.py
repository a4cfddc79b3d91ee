"""Demo data of booking: a clinic with eight resources and three weeks of bookings around today."""

from __future__ import annotations

from random import Random

from addons.booking.demo.clinic import SEED, make_clinic
from addons.booking.demo.weeks import make_bookings
from kernel.orm import Env


def fill(env: Env) -> None:
    """The same each time, relative to today; nothing overlaps, as all goes through the ledger."""
    rng = Random(SEED)  # noqa: S311 - the same demo each time
    make_bookings(env, rng, make_clinic(env))
