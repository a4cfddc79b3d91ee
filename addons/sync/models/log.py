"""What a bridge did: links made and ended, values passed on. A value that lost can be brought back."""

from __future__ import annotations

from typing import Final

from kernel.errors import UserError
from kernel.orm import Model, exposed, fields

EVENTS: Final = (
    ("linked", "Linked"),
    ("suggested", "Suggested"),
    ("unlinked", "Unlinked"),
    ("rejected", "Rejected"),
    ("created", "Created on the other side"),
    ("applied", "Passed on"),
    ("apart", "Changed while apart"),
    ("paused", "Paused"),
)


class LogEntry(Model, abstract=True):
    """One event. A bridge adds the many2one `link`; rows are added, never changed."""

    event = fields.Selection(EVENTS, "What", required=True, readonly=True)
    field = fields.Char("Field", readonly=True)
    model = fields.Char("Written in", readonly=True)
    record = fields.Integer("Record", readonly=True, nullable=True)
    before = fields.Char("Before", readonly=True, pii=True)
    after = fields.Char("After", readonly=True, pii=True)
    origin = fields.Char("Origin", readonly=True)
    at = fields.Datetime("At", required=True, readonly=True)

    @exposed
    def bring_back(self) -> dict[str, object]:
        """Write the value that lost again; where another side owns it, that one refuses."""
        self.write()  # nothing: asks for the right
        for entry in self:
            if not entry.model or not entry.record or not entry.before:
                raise UserError("There is no value to bring back here.")
            setattr(self.env.model(entry.model).browse(entry.record), entry.field, entry.before)
        return {"action": {"type": "reload"}}
