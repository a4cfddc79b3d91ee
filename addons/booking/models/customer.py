"""Customers: who books. Booking has its own, with their time zone and what they keep of appointments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addons.base.email_address import EMAIL, normal_email
from addons.base.models.company import check_tz
from kernel.errors import ValidationError
from kernel.orm import Model, fields, validates

if TYPE_CHECKING:
    from addons.booking.models.booking import Booking


class Customer(Model, name="booking.customer", order="name, id", title="name", extensible=True):
    """A person who books."""

    name = fields.Char("Name", required=True, index="trigram", pii=True)
    email = fields.Char("E-mail", pii=True, index="trigram")
    email_key = fields.Char("Normalised e-mail", stored=True, index=True, pii=True)
    phone = fields.Char("Phone", pii=True)
    tz = fields.Char("Time zone", help="The zone the customer books in; empty: that of the place.")
    language = fields.Char("Language", size=10)
    note = fields.Text("Notes")
    no_shows = fields.Integer("Did not come", stored=True)
    bookings: fields.One2many[Booking] = fields.One2many("booking.booking", "Bookings", inverse="customer")
    archived = fields.Boolean("Archived")

    @email_key.compute("email")
    def _compute_email_key(self) -> None:
        for customer in self:
            customer.email_key = normal_email(customer.email)

    @no_shows.compute("bookings.state")
    def _compute_no_shows(self) -> None:
        for customer in self:
            customer.no_shows = sum(booking.state == "no_show" for booking in customer.bookings)

    @validates("email", "tz")
    def _check(self) -> None:
        for customer in self:
            check_tz("booking.customer", customer.id, customer.tz)
            if customer.email and not EMAIL.fullmatch(customer.email.strip()):
                raise ValidationError(
                    f'"{customer.email}" is no e-mail address.',
                    hint="Write it like name@example.com.",
                    record=("booking.customer", customer.id),
                    field="email",
                )
