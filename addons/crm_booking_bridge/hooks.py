"""What the bridge listens to on both sides."""

from __future__ import annotations

from typing import Any

from addons.booking.models import Booking, Customer
from addons.crm_booking_bridge.models import Appointment, Link
from addons.crm_booking_bridge.models.following import follow, upcoming
from addons.crm_booking_bridge.models.people import BRIDGE
from kernel.addons import hookimpl
from kernel.orm import Env, Model

NAME = "crm_booking_bridge"


# -- coming and going --------------------------------------------------------------------------------------
@hookimpl
def install_preview(env: Env, addon: str) -> list[str]:
    if addon != NAME:
        return []
    return BRIDGE.preview(env)


@hookimpl
def addon_installed(env: Env, addon: str) -> None:
    if addon == NAME:
        BRIDGE.install(env)


@hookimpl
def addon_restored(env: Env, addon: str) -> None:
    """Each link is there again; what changed meanwhile is in the log, and bookings are followed again."""
    if addon == NAME:
        BRIDGE.come_back(env)
        known = env[Appointment].search().mapped(Appointment.booking)
        customers = env[Link].search(Link.state == "active").mapped(Link.customer)
        follow(env, known | upcoming(customers))


# -- people ------------------------------------------------------------------------------------------------
@hookimpl
def records_created(env: Env, records: Model) -> None:
    BRIDGE.heard(env, records)
    if isinstance(records, Appointment):
        follow(env, records.filtered(lambda one: not one.activity).mapped(Appointment.booking))


@hookimpl
def records_written(env: Env, records: Model, changed: frozenset[str]) -> None:
    BRIDGE.heard(env, records, changed)
    if isinstance(records, Booking) and changed & {"customer", "service"}:
        follow(env, records)
    elif isinstance(records, Appointment) and "opportunity" in changed:
        follow(env, records.mapped(Appointment.booking))


@hookimpl
def sync_linked(env: Env, links: Any) -> None:
    if isinstance(links, Link):
        follow(env, upcoming(env[Customer].browse(links.mapped(Link.customer).ids)))


# -- bookings ----------------------------------------------------------------------------------------------
@hookimpl
def booking_created(env: Env, bookings: Booking) -> None:
    follow(env, bookings)


@hookimpl
def booking_moved(env: Env, bookings: Booking) -> None:
    follow(env, bookings)


@hookimpl
def booking_state_changed(env: Env, bookings: Booking) -> None:
    follow(env, bookings)
