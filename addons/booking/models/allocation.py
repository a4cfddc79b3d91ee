"""The allocation ledger: which unit of which resource is taken when. The database itself refuses an overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addons.booking.models.resource import Resource
from kernel.orm import Exclude, Model, fields

if TYPE_CHECKING:
    from addons.booking.models.booking import Booking

STATES = (("held", "Held"), ("pending", "Pending"), ("confirmed", "Confirmed"), ("released", "Released"))


class Allocation(Model, name="booking.allocation", order="id", title="id"):
    """One unit of one resource, taken by one booking, buffers included. Written by the ledger only."""

    booking: fields.Many2one[Booking] = fields.Many2one(
        "booking.booking", "Booking", required=True, ondelete="cascade", readonly=True
    )
    resource = fields.Many2one(Resource, "Resource", required=True, ondelete="restrict", readonly=True)
    unit = fields.Integer("Unit", readonly=True)
    during = fields.DatetimeRange("Taken", required=True, readonly=True)
    state = fields.Selection(STATES, "State", required=True, readonly=True)
    expires_at = fields.Datetime("Held until", readonly=True)

    _no_overlap = Exclude(
        "int8range(resource_id, resource_id, '[]') WITH &&, int8range(unit, unit, '[]') WITH &&, during WITH &&",
        where="state IN ('held', 'pending', 'confirmed')",
        message="This time is taken.",
    )
