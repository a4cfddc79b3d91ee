"""When something is open, and what happened to a booking."""

from __future__ import annotations

import pytest

from kernel.errors import UserError, ValidationError
from kernel.orm import Env


@pytest.mark.parametrize(
    ("begins", "ends", "told"),
    [("9:00", "17:00", '"9:00" is no time of day'), ("22:00", "02:00", "ends before it begins")],
)
def test_hours_of_a_schedule_are_times_of_one_day(env: Env, begins: str, ends: str, told: str) -> None:
    schedule = env.model("booking.schedule").create({"name": "Nights"})
    with pytest.raises(ValidationError, match=told):
        env.model("booking.schedule_rule").create(
            {"schedule": schedule, "weekday": "0", "begins": begins, "ends": ends}
        )
        env.flush()


def test_the_history_of_a_booking_cannot_be_changed(env: Env) -> None:
    events = env.model("booking.event")
    with pytest.raises(UserError, match="cannot be changed"):
        events.write(kind="moved")
