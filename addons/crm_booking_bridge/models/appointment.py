"""Appointments: a booking as the CRM sees it, with the one activity that follows it."""

from __future__ import annotations

from addons.booking.models import Booking, Service
from addons.booking.models.states import STATES
from addons.crm.models import Activity, Contact, Opportunity
from kernel.orm import Model, Unique, fields


class Appointment(Model, name="crm_booking_bridge.appointment", order="id desc", title="booking"):
    """A booking of a linked customer, or one that was made from a deal."""

    booking = fields.Many2one(Booking, "Booking", required=True, ondelete="cascade", readonly=True)
    activity = fields.Many2one(Activity, "Activity", ondelete="set null", readonly=True)
    contact = fields.Many2one(Contact, "Contact", ondelete="set null", readonly=True)
    opportunity = fields.Many2one(Opportunity, "Deal", ondelete="set null", readonly=True)
    start = fields.Datetime("Start", related="booking.start")
    service = fields.Many2one(Service, "Service", related="booking.service")
    state = fields.Selection(STATES, "State", related="booking.state")
    reference = fields.Char("Reference", related="booking.reference")

    _booking_once = Unique("booking", message="This booking has its appointment already.")
