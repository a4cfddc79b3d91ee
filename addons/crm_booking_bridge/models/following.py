"""Activities that follow bookings: one for each, updated with it, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from addons.booking.models import Booking, Customer
from addons.crm.models import Account, Activity, Contact, Opportunity
from addons.crm_booking_bridge.models.appointment import Appointment
from addons.crm_booking_bridge.models.people import BRIDGE
from kernel.errors import ValidationError
from kernel.orm import Env, Model

WHY: Final = "an activity follows its booking, whoever changed that"
LIVE: Final = ("pending_approval", "confirmed", "checked_in")
OVER: Final[Mapping[str, str]] = {
    "completed": "Completed",
    "no_show": "Did not come",
    "cancelled": "Cancelled",
    "expired": "Expired",
}
"""The states in which there is nothing left to do, and what the activity says then."""


def follow(env: Env, bookings: Booking) -> None:
    """Bring the activities of these bookings in line; those of linked customers get one."""
    env = env.as_system(WHY)
    bookings = env[Booking].browse(bookings.ids)
    people = _contacts_of(bookings)
    known = {found.booking.id: found for found in env[Appointment].search(Appointment.booking.is_in(bookings.ids))}
    _lock(env, [*people.values(), *(found.contact for found in known.values())], [*known.values()])
    for booking in bookings:
        contact = people.get(booking.customer.id, env[Contact])
        appointment = known.get(booking.id, env[Appointment])
        if appointment.activity:
            _update(appointment, contact or appointment.contact)
        elif booking.state in LIVE and (contact or appointment):
            _create(booking, appointment, contact or appointment.opportunity.contact)


def upcoming(customers: Customer) -> Booking:
    """What these customers have ahead of them, or are at."""
    bookings = customers.env[Booking]
    return bookings.search(
        Booking.customer.is_in(customers.ids) & Booking.state.is_in(LIVE) & (Booking.end >= bookings.env.now())
    )


def refuse_other(activities: Activity) -> None:
    """Raise where an activity was given something else than its booking says."""
    found = activities.env.as_system(WHY)[Appointment].search(Appointment.activity.is_in(activities.ids))
    for appointment in found:
        activity, booking = appointment.activity, appointment.booking
        for name, value in _planned(booking).items():
            if getattr(activity, name) != value:
                raise owned_by(booking, activity, name)


def owned_by(booking: Booking, activity: Activity, name: str) -> ValidationError:
    """The refusal that names the booking, and the way to it."""
    return ValidationError(
        f'"{activity.summary}" follows the booking {booking.reference}, which is {booking_state(booking)}.',
        hint=f"Change the booking: /app/booking.booking/{booking.id}",
        record=("crm.activity", activity.id),
        field=name,
        code="owned_elsewhere",
        owner={"model": "booking.booking", "id": booking.id},
    )


def booking_state(booking: Booking) -> str:
    """The state as people call it."""
    return str(Booking.state.text(booking.state)).lower()


def _contacts_of(bookings: Booking) -> dict[int, Contact]:
    """Customer -> contact, of those that are linked."""
    links = BRIDGE.links_of(bookings.mapped(Booking.customer))
    found: dict[int, Contact] = {}
    for link in links:
        contact: Any = link.mapped("contact")
        found[link.mapped("customer").id] = contact
    return found


def _lock(env: Env, contacts: list[Contact], appointments: list[Appointment]) -> None:
    """Lock what sums up activities, in one order for everybody: what is summed then is what counts."""
    deals = sorted({one for found in appointments for one in found.opportunity.ids})
    people = sorted({one for found in contacts for one in found.ids})
    accounts = sorted({one for found in contacts for one in found.account.ids})
    waiting: tuple[tuple[type[Model], list[int]], ...] = ((Account, accounts), (Contact, people), (Opportunity, deals))
    for model, ids in waiting:
        if ids:
            query = f"SELECT id FROM {env[model].__info__.sql} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
            env.sql(query, (ids,))
    env.invalidate()


def _update(appointment: Appointment, contact: Contact) -> None:
    booking, activity = appointment.booking, appointment.activity
    planned = _planned(booking)
    over = planned.pop("done")
    if activity.done != over:
        planned["done_at"] = activity.env.now() if over else None
    activity.write(**planned, **_about(contact, appointment.opportunity))
    if appointment.contact != contact:
        appointment.contact = contact


def _create(booking: Booking, appointment: Appointment, contact: Contact) -> None:
    """The activity first: an appointment that is seen without one gets one."""
    deal = appointment.opportunity
    planned = _planned(booking)
    del planned["done"]
    owner = deal.owner or contact.owner
    values = {**planned, **_about(contact, deal), "type": "meeting", "owner": owner.id or None}
    activity = booking.env[Activity].create(values)
    linked = {"contact": contact.id or None, "activity": activity.id}
    if appointment:
        appointment.write(**linked)
    else:
        appointment.create({"booking": booking.id, **linked})


def _about(contact: Contact, deal: Opportunity) -> dict[str, int | None]:
    """Whom and what the activity is about."""
    account = deal.account or contact.account
    return {"contact": contact.id or None, "opportunity": deal.id or None, "account": account.id or None}


def _planned(booking: Booking) -> dict[str, Any]:
    """What the activity of a booking says."""
    start = booking.start.astimezone(ZoneInfo(booking.service.tz))
    begin = f"{OVER[booking.state]}: " if booking.state in OVER else ""
    text = f"{begin}{booking.service.name}, {start:%Y-%m-%d %H:%M} ({booking.reference})"
    return {"summary": text, "due_date": start.date(), "done": booking.state in OVER}
