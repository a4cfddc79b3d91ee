"""Who writes the allocation ledger, and how: lock, release what has expired, choose, write.

Every writer first locks all resources that it may take, in the order of their ids; the booking's own row
before them. So two writers never wait for each other in a circle, and what they read then is what counts
(under READ COMMITTED, which callable methods and routes declare). The exclusion constraint is the proof.
The records that these functions are given are the system's: nobody else may write allocations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg.errors import ExclusionViolation
from psycopg.types.range import Range

from addons.booking.engine import Reason, Verdict, judge, starts
from addons.booking.engine.matching import Unit
from addons.booking.models.allocation import Allocation
from addons.booking.models.refusals import NoRoom, barring, refusal
from addons.booking.models.resource import Resource
from addons.booking.models.service import Service
from addons.booking.models.states import LEDGER
from addons.booking.models.supply import question_of, terms_of
from kernel.errors import ValidationError
from kernel.orm import Env

if TYPE_CHECKING:
    from addons.booking.models.booking import Booking


@contextmanager
def contest(env: Env, service: Service, start: dt.datetime, people: int = 1) -> Iterator[None]:
    """Try for a time: where it cannot be had all is undone, the locks are given back, and a SlotError tells why."""
    try:
        with env.savepoint():
            yield
    except NoRoom as lost:
        raise refusal(env, service, lost.verdict, people) from None
    except ValidationError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        verdict = Verdict(start, start, Reason.TAKEN)
        raise refusal(env, service, verdict, people) from error


def lock_bookings(bookings: Booking) -> None:
    """Lock the rows of bookings, in order, and forget what was read of them before."""
    query = "SELECT id FROM booking.booking WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
    bookings.env.sql(query, (list(bookings.ids),))
    bookings.env.invalidate()


def lock_resources(env: Env, ids: Collection[int]) -> None:
    """Lock resources, in order, and forget what was read before. No other locks may be taken after these."""
    env.sql("SELECT id FROM booking.resource WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (sorted(ids),))
    env.invalidate()


def reach_of(bookings: Booking) -> set[int]:
    """The resources that writing these bookings' allocations may touch."""
    ids = {id for booking in bookings for id in booking.service.candidates()}
    return ids | set(_rows(bookings).mapped(Allocation.resource).ids)


def occupy(booking: Booking, *, strict: bool, wanted: Collection[int] = (), sticky: bool = False) -> None:
    """Take what the booking needs at its time, or raise NoRoom. `sticky`: the same resources, if they are free.

    What it has had is given up only by the same rows getting their new values.
    """
    reach = reach_of(booking)
    lock_resources(booking.env, reach)
    release_expired(booking, reach)
    verdict = _decide(booking, strict, wanted, sticky)
    if verdict.reason is not None:
        raise NoRoom(verdict)
    _write(booking, verdict.choice)


def release(bookings: Booking) -> None:
    """Give up all that these bookings have taken."""
    lock_resources(bookings.env, reach_of(bookings))
    _rows(bookings).write(state="released", expires_at=None)


def keep(booking: Booking) -> bool:
    """Let what is taken follow the booking's state; False where a hold has expired, or nothing is taken."""
    lock_resources(booking.env, reach_of(booking))
    now = booking.env.now()
    rows = booking.allocations.filtered(lambda row: row.state != "released")
    if not rows or any(row.state == "held" and (row.expires_at is None or row.expires_at <= now) for row in rows):
        return False
    rows.write(state=LEDGER[booking.state], expires_at=None)
    return True


def release_expired(booking: Booking, resources: Collection[int]) -> None:
    """Release expired holds of locked resources; their bookings expire unless somebody is at them just now."""
    env = booking.env
    held = (Allocation.state == "held") & (Allocation.expires_at <= env.now())
    found = env[Allocation].search(held & Allocation.resource.has(Resource.id.is_in(resources)))
    rows = found.filtered(lambda row: row.booking != booking)
    if not rows:
        return
    holders = rows.mapped(Allocation.booking)
    query = "SELECT id FROM booking.booking WHERE id = ANY(%s) AND state = 'held' FOR NO KEY UPDATE SKIP LOCKED"
    free = [row[0] for row in env.sql(query, (list(holders.ids),))]
    rows.write(state="released", expires_at=None)
    holders.browse(free).expire()


def _rows(bookings: Booking) -> Allocation:
    """All allocations of these bookings."""
    found: Allocation = bookings.mapped("allocations")
    return found


def _decide(booking: Booking, strict: bool, wanted: Collection[int], sticky: bool) -> Verdict:
    env, service, start, end = booking.env, booking.service, booking.start, booking.end
    _check_fit(booking, wanted)
    question = question_of(env, service, start, end, people=booking.party_size, without=(booking.id,))
    if strict:
        if start not in starts(question.terms, start.astimezone(question.terms.zone).date()):
            raise ValidationError(
                f"{service.name} does not begin at {start.astimezone(question.terms.zone):%H:%M}.",
                hint="Choose one of the times that are offered.",
                record=("booking.booking", booking.id),
                field="start",
                code="no_slot",
            )
        question = barring(env, service, question, (start,))
    if sticky:
        same = set(booking.resources.ids) & set(service.candidates())
        verdict = judge(question, start, end=end, wanted=sorted(same), strict=strict)
        if verdict.reason is None:
            return verdict
    return judge(question, start, end=end, wanted=wanted, strict=strict)


def _check_fit(booking: Booking, wanted: Collection[int]) -> None:
    if unfit := sorted(set(wanted) - set(booking.service.candidates())):
        name = booking.env[Resource].browse(unfit[0]).name
        raise ValidationError(
            f"{booking.service.name} does not take {name}.",
            hint="Choose a resource that the service needs, or add it to one of its pools.",
            record=("booking.booking", booking.id),
            field="resources",
            code="unfit_resource",
        )


def _write(booking: Booking, choice: tuple[Unit, ...]) -> None:
    """Bring the booking's rows in line with what was chosen: rows of the same unit stay, others change in place."""
    env, terms = booking.env, terms_of(booking.service)
    during = Range(booking.start - terms.before, booking.end + terms.after, "[)")
    expires = booking.expires_at if booking.state == "held" else None
    common = {"during": during, "state": LEDGER[booking.state], "expires_at": expires}
    rest = list(booking.allocations)
    left: list[Unit] = []
    for unit in choice:
        same = next((row for row in rest if (row.resource.id, row.unit) == unit), None)
        if same is None:
            left.append(unit)
        else:
            rest.remove(same)
            same.write(**common)
    for (key, number), row in zip(left, rest, strict=False):
        row.write(resource=key, unit=number, **common)
    env[Allocation].browse([row.id for row in rest[len(left) :]]).delete()
    new = [{"booking": booking.id, "resource": key, "unit": number, **common} for key, number in left[len(rest) :]]
    env[Allocation].create(new)
    booking.place(tuple(dict.fromkeys(key for key, _ in choice)))
