"""The desk: the ways into booking, for public pages, RPC, tests and other addons alike.

Each function takes an env and works with its rights; a public page escalates before it calls. They lock
before they read: call them under READ COMMITTED (`@route(isolation="read committed")`, `@read_committed`,
`Tenant.run(isolation="read committed")`). Under REPEATABLE READ nothing is overbooked either, but a loser
may be refused although somebody of a pool is free.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from addons.base.email_address import normal_email
from addons.booking.engine import Verdict, offered, verdicts
from addons.booking.models import Booking, Customer, Service, ledger
from addons.booking.models.refusals import SlotError, days_question, next_free
from addons.booking.settings import BookingSettings
from kernel.errors import ValidationError
from kernel.orm import Env

__all__ = [
    "Person",
    "SlotError",
    "book",
    "cancel",
    "confirm",
    "expire",
    "explain",
    "find_customer",
    "hold",
    "move",
    "next_free",
    "offers",
]

_WHY = "who asks for slots sees times only, not who has taken them"


@dataclass(frozen=True, slots=True)
class Person:
    """Who books, as they say it themselves."""

    name: str
    email: str
    phone: str = ""
    tz: str = ""
    language: str = ""


# -- asking ------------------------------------------------------------------------------------------------
def offers(env: Env, service: Service, first: dt.date, days: int = 1, people: int = 1) -> list[Verdict]:
    """The slots of some local dates that can be booked."""
    question = days_question(env.as_system(_WHY), service, first, days, people)
    return [found for day in _dates(first, days) for found in offered(question, day)]


def explain(env: Env, service: Service, first: dt.date, days: int = 1, people: int = 1) -> list[Verdict]:
    """All slots of some local dates, each that is not offered with the reason."""
    question = days_question(env.as_system(_WHY), service, first, days, people)
    return [found for day in _dates(first, days) for found in verdicts(question, day)]


# -- booking -----------------------------------------------------------------------------------------------
def hold(
    env: Env,
    service: Service,
    start: dt.datetime,
    *,
    people: int = 1,
    resources: Collection[int] = (),
    key: str = "",
    tz: str = "",
    source: str = "online",
    strict: bool = True,
) -> Booking:
    """Keep a time while somebody is still typing; SlotError if it cannot be had. The same `key`, the same answer."""
    if key and (found := _answered(env, key)):
        return found
    until = env.now() + dt.timedelta(minutes=env.settings(BookingSettings).hold_minutes)
    values = _values(service, start, people, resources, key)
    return _strictly(env, strict).create({**values, "state": "held", "expires_at": until, "tz": tz, "source": source})


def confirm(env: Env, booking: Booking, person: Person | Customer, *, note: str = "") -> Booking:
    """Make a hold a promise: confirmed, or waiting for approval. One that has expired must win its time again."""
    customer = person if isinstance(person, Customer) else find_customer(env, person)
    ledger.lock_bookings(booking)
    if booking.state in ("pending_approval", "confirmed") and booking.customer == customer:
        return booking  # the same form, sent twice
    after = "pending_approval" if booking.service.approval else "confirmed"
    strictly = _strictly(env, booking.state == "expired").browse(booking.id)
    strictly.advance(after, customer=customer, expires_at=None, **({"note": note} if note else {}))
    return booking


def book(
    env: Env,
    service: Service,
    start: dt.datetime,
    person: Person | Customer,
    *,
    people: int = 1,
    resources: Collection[int] = (),
    key: str = "",
    note: str = "",
    source: str = "staff",
    strict: bool = True,
) -> Booking:
    """Book in one go. The same `key` gives the same booking, however often it is asked."""
    if key and (found := _answered(env, key)):
        return found
    customer = person if isinstance(person, Customer) else find_customer(env, person)
    state = "pending_approval" if service.approval and strict else "confirmed"
    values = _values(service, start, people, resources, key)
    return _strictly(env, strict).create(
        {**values, "state": state, "customer": customer.id, "note": note, "source": source}
    )


def move(
    env: Env,
    booking: Booking,
    start: dt.datetime,
    *,
    resources: Collection[int] | None = None,
    strict: bool = True,
) -> Booking:
    """Another time, with the same people and rooms if they are free. The old time is kept unless the new is won."""
    values: dict[str, Any] = {"start": start}
    if resources is not None:
        values["resources"] = list(resources)
    _strictly(env, strict).browse(booking.id).write(**values)
    return booking


def cancel(env: Env, booking: Booking, reason: str = "") -> Booking:
    """Cancel; the time is free at once."""
    booking = env[Booking].browse(booking.id)
    booking.cancel(reason)
    return booking


def expire(env: Env) -> int:
    """Release all holds that have run out; how many. Writers do so for what they lock, this does it for all."""
    env = env.as_system("holds that nobody has confirmed are released")
    query = (
        "SELECT id FROM booking.booking WHERE state = 'held' AND expires_at <= %s"
        " ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
    )
    ids = [row[0] for row in env.sql(query, (env.now(),))]
    env[Booking].browse(ids).advance("expired")
    return len(ids)


def find_customer(env: Env, person: Person) -> Customer:
    """The customer with this e-mail, or a new one. What is known of a customer is not changed by who says so."""
    key = normal_email(person.email)
    if not key or not person.name.strip():
        raise ValidationError(
            "Your name and your e-mail address are needed.",
            record=("booking.customer", None),
            field="email" if person.name.strip() else "name",
        )
    _lock(env, "customer", key)
    customers = env.as_system("a customer is found by e-mail before anything of theirs may be seen")[Customer]
    known = customers.search(Customer.email_key == key, order="id", limit=1)
    if known:
        return env[Customer].browse(known.id)
    given = {"name": person.name.strip(), "email": person.email.strip(), "phone": person.phone.strip()}
    return env[Customer].create({**given, "tz": person.tz, "language": person.language})


def _answered(env: Env, key: str) -> Booking:
    """The booking that this request has made before; whoever comes second waits for the first."""
    _lock(env, "request", key)
    system = env.as_system("a key is known only to who has sent it")
    found = system[Booking].search(Booking.idempotency_key == key, limit=1)
    return env[Booking].browse(found.ids)


def _values(service: Service, start: dt.datetime, people: int, resources: Collection[int], key: str) -> dict[str, Any]:
    return {
        "service": service.id,
        "start": start,
        "party_size": people,
        "resources": list(resources),
        "idempotency_key": key,
    }


def _strictly(env: Env, strict: bool) -> Booking:
    return env.with_context(booking_strict=strict)[Booking]


def _lock(env: Env, what: str, key: str) -> None:
    """One at a time for this key, until the transaction ends; taken before all other locks."""
    env.sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"booking.{what}:{key}",))
    env.invalidate()


def _dates(first: dt.date, days: int) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=number) for number in range(days))
