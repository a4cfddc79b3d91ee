"""What contacts, deals and activities get: appointments, a button to book one, and who owns what."""

from __future__ import annotations

from addons.booking.models import Customer
from addons.crm.models import Activity, Contact, Opportunity
from addons.crm_booking_bridge.models.appointment import Appointment
from addons.crm_booking_bridge.models.following import WHY, owned_by, refuse_other
from addons.crm_booking_bridge.models.link import Link
from addons.crm_booking_bridge.models.people import BRIDGE, customer_for
from kernel.errors import UserError
from kernel.orm import Model, before_delete, exposed, fields, validates

BOOKERS = ("booking.user",)


class BookedContact(Contact, extend=True):
    """A contact shows the appointments of its customer."""

    customer_links = fields.One2many(Link, "Links to customers", inverse=Link.contact, groups=BOOKERS)
    customer = fields.Many2one(Customer, "Customer", groups=BOOKERS, help="Who this is in Booking.")
    appointments = fields.One2many(Appointment, "Bookings", inverse=Appointment.contact, groups=BOOKERS)
    booking_count = fields.Integer("Bookings", groups=BOOKERS)

    @customer.compute("customer_links.state", "customer_links.customer")
    def _compute_customer(self) -> None:
        for contact in self:
            active = contact.customer_links.filtered(lambda link: link.state == "active")
            contact.customer = active.customer

    @booking_count.compute("appointments")
    def _compute_booking_count(self) -> None:
        for contact in self:
            contact.booking_count = len(contact.appointments)

    @validates("email")
    def _check_email_owner(self) -> None:
        BRIDGE.refuse(self, "email")

    @validates("name")
    def _check_name_owner(self) -> None:
        BRIDGE.refuse(self, "name")

    @exposed
    def book_appointment(self) -> dict[str, object]:
        """Open a new booking for the customer that this contact is; one is made if there is none."""
        customer = customer_for(self.ensure_one())
        return _new_booking(customer=customer)


class BookedDeal(Opportunity, extend=True):
    """A deal shows the appointments that were made from it."""

    appointments = fields.One2many(Appointment, "Bookings", inverse=Appointment.opportunity, groups=BOOKERS)

    @exposed
    def book_appointment(self) -> dict[str, object]:
        """Open a new booking for the main contact of this deal."""
        deal = self.ensure_one()
        if not deal.contact:
            raise UserError(f'"{deal.name}" has no main contact.', hint="Choose the contact who is to come.")
        return _new_booking(customer=customer_for(deal.contact), deal=deal)


class FollowingActivity(Activity, extend=True):
    """An activity of a booking follows it."""

    @validates("summary", "due_date", "done_at")
    def _check_booking(self) -> None:
        refuse_other(self)

    @before_delete
    def _keep_history(self) -> None:
        """What was booked stays in the history of the contact."""
        found = self.env.as_system(WHY)[Appointment].search(Appointment.activity.is_in(self.ids), limit=1)
        if found:
            raise owned_by(found.booking, found.activity, "summary")


def _new_booking(**chosen: Model) -> dict[str, object]:
    """The action that opens the form of a new booking, with what is chosen already."""
    defaults = {name: {"id": record.id, "title": record.display_title} for name, record in chosen.items()}
    return {"action": {"type": "form", "model": "booking.booking", "defaults": defaults}}
