"""Bookings: who comes when for what. Whatever changes the time or the state goes through the ledger."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from addons.base.models import Currency
from addons.booking.models import ledger
from addons.booking.models.allocation import Allocation
from addons.booking.models.customer import Customer
from addons.booking.models.event import BookingEvent
from addons.booking.models.resource import Resource
from addons.booking.models.service import Service
from addons.booking.models.states import LABELS, LEDGER, MOVABLE, PROMISED, STATES, check_move
from addons.booking.specs import booking_created, booking_moved, booking_state_changed
from kernel.errors import UserError, ValidationError
from kernel.orm import Check, Command, Model, Unique, before_delete, exposed, fields, read_committed

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of references: none that look like another."""
TIMES: Final = frozenset({"start", "end", "service", "resources", "party_size"})
"""The fields that the ledger must agree with."""
SOURCES = (("staff", "Staff"), ("online", "Online"))


class Booking(Model, name="booking.booking", order="start desc, id desc", title="title", extensible=True):
    """An appointment. `start` and `end` are what the customer sees; buffers are in the ledger only."""

    reference = fields.Char("Reference", required=True, readonly=True, copy=False)
    title = fields.Char("Title", stored=True)
    service = fields.Many2one(Service, "Service", required=True, ondelete="restrict")
    customer = fields.Many2one(Customer, "Customer", ondelete="restrict")
    start = fields.Datetime("Start", required=True, index=True, tracked=True)
    end = fields.Datetime("End", required=True, help="Left out, it follows from the service.")
    resources = fields.Many2many(Resource, "With", help="Left out, whoever is free.")
    state = fields.Selection(
        STATES, "State", required=True, default="confirmed", readonly=True, copy=False, tracked=True
    )
    party_size = fields.Integer("People", default=1)
    price = fields.Money("Price")
    currency = fields.Many2one(Currency, "Currency", ondelete="restrict")
    source = fields.Selection(SOURCES, "Booked by", required=True, default="staff", readonly=True)
    tz = fields.Char("Customer's zone", readonly=True)
    note = fields.Text("Notes")
    cancel_reason = fields.Char("Cancelled because", readonly=True, copy=False)
    expires_at = fields.Datetime("Held until", readonly=True, copy=False)
    idempotency_key = fields.Char("Key of the request", readonly=True, copy=False)
    sequence = fields.Integer("Times moved", readonly=True, copy=False)
    allocations: fields.One2many[Allocation] = fields.One2many(
        "booking.allocation", "Taken", inverse="booking", readonly=True
    )
    events: fields.One2many[BookingEvent] = fields.One2many(
        "booking.event", "History", inverse="booking", readonly=True
    )

    _reference_once = Unique("reference", message="There is a booking with this reference already.")
    _key_once = Unique("idempotency_key", message="This request was answered before.")
    _forward = Check('"end" > start', message="A booking ends after it begins.")
    _people_some = Check("party_size >= 1", message="A booking is for at least one person.")

    @title.compute("service.name", "customer.name")
    def _compute_title(self) -> None:
        for booking in self:
            booking.title = " · ".join(part for part in (booking.customer.name, booking.service.name) if part)

    @service.onchange
    @party_size.onchange
    def _take_price(self) -> None:
        """A new booking costs what its service does, unless another price is typed."""
        if self.service:
            self.price = self.service.price * self.party_size
            self.currency = self.service.currency

    # -- creating, moving ------------------------------------------------------------------------------
    @read_committed
    def create(self, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Self:
        """Book, unless the state is draft: what a service needs is taken, or SlotError says what is free.

        The staff may book outside of hours and rules; `env.with_context(booking_strict=True)` keeps to them.
        """
        rows = [self._complete(row) for row in ([values] if isinstance(values, Mapping) else values)]
        if not rows:
            return super().create(rows)
        first = self.env[Service].browse(rows[0]["service"])
        with ledger.contest(self.env, first, rows[0]["start"], rows[0].get("party_size", 1)):
            new = super().create(rows)
            unlimited = new.unlimited()
            live = unlimited.filtered(lambda booking: booking.state in LEDGER)
            asked = {booking.id: booking.resources.ids for booking in live}
            ledger.lock_resources(unlimited.env, ledger.reach_of(live))
            for booking in live:
                ledger.occupy(booking, strict=self._strict, wanted=asked[booking.id])
            live.filtered(lambda booking: booking.state in PROMISED).tell_created()
        return new

    @read_committed
    def write(self, **values: Any) -> None:
        """Another time, service or resource is taken in place: the old one is lost only if the new one is won."""
        if not TIMES & values.keys():
            super().write(**values)
            return
        ledger.lock_bookings(self)
        for booking in self:
            booking._relocate(values)

    def _relocate(self, values: Mapping[str, Any]) -> None:
        if self.state not in MOVABLE:
            raise UserError(
                f"Booking {self.reference} is {LABELS[self.state].lower()} and cannot be moved.",
                hint="Make a new booking.",
                code="booking_state",
            )
        before = self.start, self.end, self.resources.ids
        length = self.end - self.start
        if "start" in values and "end" not in values and "service" not in values:
            values = {**values, "end": _moment(values["start"]) + length}
        start = _moment(values.get("start", self.start))
        service = self.env[Service].browse(values["service"]) if "service" in values else self.service
        with ledger.contest(self.env, service, start, values.get("party_size", self.party_size)):
            super().write(**values)
            booking = self.unlimited()
            if booking.state in LEDGER:
                wanted = booking.resources.ids if "resources" in values else ()
                ledger.occupy(booking, strict=self._strict, wanted=wanted, sticky="resources" not in values)
        if (self.start, self.end, self.resources.ids) != before:
            self.unlimited().tell_moved(before[0])

    @property
    def _strict(self) -> bool:
        return bool(self.env.context.get("booking_strict"))

    def _complete(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A new booking's values with what follows from its service."""
        if not row.get("service") or not row.get("start"):
            raise ValidationError(
                "A booking needs a service and a start.",
                record=("booking.booking", None),
                field="start" if row.get("service") else "service",
            )
        given = row["service"]
        service = given if isinstance(given, Service) else self.env[Service].browse(given)
        people, start = row.get("party_size", 1), _moment(row["start"])
        if people > service.capacity:
            raise ValidationError(
                f"{service.name} is for at most {service.capacity} people.",
                record=("booking.booking", None),
                field="party_size",
            )
        return {
            "reference": "".join(secrets.choice(LETTERS) for _ in range(8)),
            "price": service.price * people,
            "currency": service.currency.id,
            **row,
            "service": service.id,
            "start": start,
            "end": row.get("end") or start + dt.timedelta(minutes=service.duration),
        }

    # -- states ------------------------------------------------------------------------------------------
    def advance(self, after: str, **values: Any) -> None:
        """Go to another state, by the table of allowed moves; the ledger follows. MoveError if not allowed."""
        bookings = self.unlimited()
        ledger.lock_bookings(bookings)
        for booking in bookings:
            check_move(booking.reference, booking.state, after)
        ledger.lock_resources(bookings.env, ledger.reach_of(bookings))
        groups: dict[str, Booking] = bookings.grouped("state")
        for before, group in groups.items():
            for booking in group:
                with ledger.contest(booking.env, booking.service, booking.start, booking.party_size):
                    booking._set(state=after, **values)
                    booking._follow(before, strict=self._strict)
            group.tell_state(before, after)

    def _follow(self, before: str, *, strict: bool) -> None:
        """Let the ledger follow the state; what an expired hold had is taken anew."""
        if self.state not in LEDGER:
            ledger.release(self)
        elif before == "expired" or not ledger.keep(self):
            ledger.occupy(self, strict=strict, sticky=True)

    def expire(self) -> None:
        """Note that holds have run out, whose allocations are released. Used by the ledger."""
        self._set(state="expired")
        self.tell_state("held", "expired")

    def _set(self, **values: Any) -> None:
        super().write(**values)

    def tell_state(self, before: str, after: str) -> None:
        """Note that the state changed, and tell who listens; of a new promise first."""
        if not self:
            return
        if after in PROMISED and before not in PROMISED:
            self.tell_created()
        self.env[BookingEvent].note(self, "state", before, after)
        self.env.flush()
        self.env.hooks(booking_state_changed)(env=self.env, bookings=self, before=before, after=after)

    def place(self, resources: tuple[int, ...]) -> None:
        """Note what the ledger has chosen. Used by the ledger."""
        self._set(resources=[Command.set(resources)])

    def tell_created(self) -> None:
        """Note that these were promised, and tell who listens."""
        if self:
            self.env[BookingEvent].note(self, "created")
            self.env.flush()
            self.env.hooks(booking_created)(env=self.env, bookings=self)

    def tell_moved(self, before: dt.datetime) -> None:
        """Note that the booking moved, and tell who listens."""
        self._set(sequence=self.sequence + 1)
        self.env[BookingEvent].note(self, "moved", before.isoformat(), self.start.isoformat())
        self.env.flush()
        self.env.hooks(booking_moved)(env=self.env, bookings=self)

    def unlimited(self) -> Booking:
        """The same bookings as the system: the ledger and the history are written by nobody else."""
        return self.env.as_system("the ledger and the history are kept by the system")[Booking].browse(self.ids)

    @before_delete
    def _refuse_delete(self) -> None:
        """A promise is cancelled, not deleted: the customer must hear of it."""
        for booking in self:
            if booking.state in PROMISED:
                raise UserError(f"Booking {booking.reference} is promised to somebody.", hint="Cancel it first.")

    # -- what the staff does -------------------------------------------------------------------------------
    @exposed
    @read_committed
    def approve(self) -> dict[str, object]:
        """Say yes to bookings that wait for it; whether the time is theirs is looked at again."""
        return self._step("confirmed")

    @exposed
    @read_committed
    def check_in(self) -> dict[str, object]:
        """The customers are there."""
        return self._step("checked_in")

    @exposed
    @read_committed
    def complete(self) -> dict[str, object]:
        """The appointments are over."""
        return self._step("completed")

    @exposed
    @read_committed
    def mark_no_show(self) -> dict[str, object]:
        """The customers did not come."""
        return self._step("no_show")

    @exposed
    @read_committed
    def cancel(self, reason: str = "") -> dict[str, object]:
        """Cancel; the time is free again at once."""
        return self._step("cancelled", cancel_reason=reason)

    def _step(self, after: str, **values: Any) -> dict[str, object]:
        self.write()  # nothing: asks for the right
        self.advance(after, **values)
        return {"action": {"type": "reload"}}


def _moment(value: Any) -> dt.datetime:
    """A moment given as such or as text."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value
