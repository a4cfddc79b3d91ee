"""The life of a booking: one table of allowed moves, and what each state means for the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kernel.errors import UserError

STATES: Final = (
    ("draft", "Draft"),
    ("held", "Held"),
    ("pending_approval", "Waiting for approval"),
    ("confirmed", "Confirmed"),
    ("checked_in", "Checked in"),
    ("completed", "Completed"),
    ("no_show", "Did not come"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
)
LABELS: Final = dict(STATES)

MOVES: Final[Mapping[str, frozenset[str]]] = {
    "draft": frozenset({"held", "pending_approval", "confirmed", "cancelled"}),
    "held": frozenset({"pending_approval", "confirmed", "cancelled", "expired"}),
    "pending_approval": frozenset({"confirmed", "cancelled", "expired"}),
    "confirmed": frozenset({"checked_in", "no_show", "cancelled"}),
    "checked_in": frozenset({"completed", "confirmed"}),
    "completed": frozenset(),
    "no_show": frozenset({"checked_in"}),
    "cancelled": frozenset(),
    "expired": frozenset({"pending_approval", "confirmed"}),
}
"""From each state, where one may go. An expired hold may still be confirmed if its time is free."""

LEDGER: Final[Mapping[str, str]] = {
    "held": "held",
    "pending_approval": "pending",
    "confirmed": "confirmed",
    "checked_in": "confirmed",
    "completed": "confirmed",
    "no_show": "confirmed",
}
"""The state of a booking's allocations; none of a draft, and released ones of what is cancelled or expired."""

PROMISED: Final = frozenset({"pending_approval", "confirmed"})
"""The states that a customer was told of."""
MOVABLE: Final = frozenset({"draft", "held", "pending_approval", "confirmed"})
"""The states in which the time can be changed."""


class MoveError(UserError):
    """A booking cannot go from its state to the one asked for."""

    code = "booking_state"
    status = 409


def check_move(reference: str, before: str, after: str) -> None:
    """Raise MoveError unless the table allows it."""
    if after in MOVES[before]:
        return
    allowed = ", ".join(LABELS[state].lower() for state in sorted(MOVES[before]))
    raise MoveError(
        f"Booking {reference} is {LABELS[before].lower()} and cannot become {LABELS[after].lower()}.",
        hint=f"From here it can become: {allowed}." if allowed else "It is over; make a new booking.",
        before=before,
        after=after,
    )
