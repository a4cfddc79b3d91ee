"""Leave: when somebody is away, or everything is closed."""

from __future__ import annotations

from addons.booking.models.resource import Resource
from kernel.orm import Check, Model, fields

KINDS = (("leave", "Leave"), ("holiday", "Holiday"), ("external", "Appointment elsewhere"))


class Leave(Model, name="booking.leave", order="start desc, id", title="name"):
    """A stretch of time in which a resource, or without one the whole business, cannot be booked online."""

    name = fields.Char("Reason", required=True)
    resource = fields.Many2one(Resource, "Who", ondelete="cascade", help="Empty: everybody and everything.")
    kind = fields.Selection(KINDS, "Kind", required=True, default="leave")
    start = fields.Datetime("From", required=True, index=True)
    end = fields.Datetime("To", required=True)

    _forward = Check('"end" > start', message="Leave ends after it begins.")
