"""Models of the bridge between CRM and Booking, and what it adds to those of both."""

from addons.crm_booking_bridge.models.appointment import Appointment
from addons.crm_booking_bridge.models.link import Contract, FieldState, Link, LogEntry
from addons.crm_booking_bridge.models.on_booking import DealBooking, LinkedCustomer
from addons.crm_booking_bridge.models.on_crm import BookedContact, BookedDeal, FollowingActivity

__all__ = [
    "Appointment",
    "BookedContact",
    "BookedDeal",
    "Contract",
    "DealBooking",
    "FieldState",
    "FollowingActivity",
    "Link",
    "LinkedCustomer",
    "LogEntry",
]
