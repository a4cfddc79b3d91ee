"""What happened to a booking: rows are added, never changed. Hooks fire from them, whoever did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from addons.base.models import User
from kernel.errors import UserError
from kernel.orm import Model, fields

if TYPE_CHECKING:
    from addons.booking.models.booking import Booking

KINDS = (("created", "Booked"), ("moved", "Moved"), ("state", "State changed"))


class BookingEvent(Model, name="booking.event", order="id", title="kind"):
    """A booking was made, moved, or changed its state."""

    booking: fields.Many2one[Booking] = fields.Many2one("booking.booking", "Booking", required=True, ondelete="cascade")
    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    before = fields.Char("Before", readonly=True)
    after = fields.Char("After", readonly=True)
    at = fields.Datetime("At", required=True, readonly=True)
    by = fields.Many2one(User, "By", ondelete="set null", readonly=True)

    def write(self, **values: Any) -> None:
        """Refused: what happened, happened."""
        if values:
            raise UserError("The history of a booking cannot be changed.", hint="Change the booking.")

    def note(self, bookings: Booking, kind: str, before: str = "", after: str = "") -> None:
        """Note that it happened now to all of `bookings`."""
        common = {"kind": kind, "before": before, "after": after, "at": self.env.now(), "by": self.env.user_id}
        self.create([{**common, "booking": id} for id in bookings.ids])
