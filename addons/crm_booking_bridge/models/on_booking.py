"""What customers and bookings get: the contact, the deal, and who owns what."""

from __future__ import annotations

from addons.booking.models import Booking, Customer
from addons.crm.models import Contact, Opportunity
from addons.crm_booking_bridge.models.appointment import Appointment
from addons.crm_booking_bridge.models.link import Link
from addons.crm_booking_bridge.models.people import BRIDGE
from kernel.orm import fields, validates

SELLERS = ("crm.salesperson_own",)


class LinkedCustomer(Customer, extend=True):
    """A customer leads to its contact, whose e-mail and name it has."""

    contact_links = fields.One2many(Link, "Links to contacts", inverse=Link.customer, groups=SELLERS)
    contact = fields.Many2one(Contact, "Contact", groups=SELLERS, help="Who this is in the CRM.")

    @contact.compute("contact_links.state", "contact_links.contact")
    def _compute_contact(self) -> None:
        for customer in self:
            active = customer.contact_links.filtered(lambda link: link.state == "active")
            customer.contact = active.contact

    @validates("email")
    def _check_email_owner(self) -> None:
        BRIDGE.refuse(self, "email")

    @validates("name")
    def _check_name_owner(self) -> None:
        BRIDGE.refuse(self, "name")


class DealBooking(Booking, extend=True):
    """A booking may be part of a deal."""

    appointments = fields.One2many(Appointment, "Appointment", inverse=Appointment.booking, groups=SELLERS)
    deal = fields.Many2one(Opportunity, "Deal", groups=SELLERS)

    @deal.compute("appointments.opportunity")
    def _compute_deal(self) -> None:
        for booking in self:
            booking.deal = booking.appointments.opportunity

    @deal.inverse
    def _inverse_deal(self) -> None:
        appointments = self.env.as_system("which deal a booking is part of is kept by the bridge")[Appointment]
        for booking in self:
            known = appointments.browse(booking.appointments.ids)
            if known:
                known.opportunity = booking.deal
            elif booking.deal:
                appointments.create({"booking": booking.id, "opportunity": booking.deal.id})
