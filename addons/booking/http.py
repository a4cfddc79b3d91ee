"""Public pages: choose a service, a day and a time, say who you are; later move or cancel by a signed link.

All of it works without JavaScript. A hold starts when the time is chosen; who loses a race gets the next
free times, with status 409.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from addons.booking import desk, pages
from addons.booking.ics import calendar_file
from addons.booking.links import booking_of, link_to
from addons.booking.models import Booking, Service
from addons.booking.pages import Clock, booking_shown, clock_of, days_shown, frame, service_shown, slots_shown
from kernel.errors import MissingError, UserError
from kernel.http import Request, Response, route
from kernel.http.limits import RateLimit
from kernel.http.responses import redirect
from kernel.orm import Env
from kernel.orm.fields.time import moment_text

HELD = "held"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one address may do: look, and keep times for itself."""

    looks: RateLimit
    holds: RateLimit


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking whose link the visitor has, as the pages see it."""

    env: Env
    booking: Booking
    clock: Clock
    path: str


@route("/book", auth="public")
def services(request: Request) -> Response:
    """What can be booked."""
    env = pages.public_env(request)
    values = {**frame(request, env), "services": pages.services_shown(request, env)}
    return request.render("booking/services.html", values)


@route("/book/<int:service>", auth="public")
def slots(request: Request, service: int) -> Response:
    """The days and times of a service."""
    _limits(request).looks.hit(request.tenant.uuid, request.remote_addr or "")
    env = pages.public_env(request)
    return _slots_page(request, env, pages.service_of(env, service))


@route("/book/<int:service>", methods=["POST"], auth="public", isolation="read committed")
def choose(request: Request, service: int) -> Response:
    """Keep a time while the customer types their name; or move the hold that they had."""
    _limits(request).holds.hit(request.tenant.uuid, request.remote_addr or "")
    env = pages.public_env(request)
    wanted = pages.service_of(env, service)
    start, people = _start(request), _people(request, wanted)
    clock = clock_of(request, wanted)
    try:
        held = _held_before(request, env)
        if held is not None and held.service == wanted and held.party_size == people:
            desk.move(env, held, start)
        else:
            key = f"{request.form.get('key', '')[:64]}:{service}:{people}:{moment_text(start)}"
            held = desk.hold(env, wanted, start, people=people, key=key, tz=clock.zone.key)
    except UserError as error:
        return _slots_page(request, env, wanted, error)
    return redirect(link_to(request, held.id))


@route("/book/b/<token>", auth="public")
def booking(request: Request, token: str) -> Response:
    """One booking: the form of who books while it is held, then the promise, with ways to change it."""
    return _booking_page(request, _visit(request, token))


@route("/book/b/<token>", methods=["POST"], auth="public", isolation="read committed")
def confirm(request: Request, token: str) -> Response:
    """Say who you are: the hold becomes a booking."""
    visit = _visit(request, token)
    form = request.form
    person = desk.Person(
        form.get("name", "")[:200], form.get("email", "")[:320], form.get("phone", "")[:50], visit.clock.zone.key
    )
    try:
        desk.confirm(visit.env, visit.booking, person, note=form.get("note", "")[:2000])
    except desk.SlotError as error:
        return _slots_page(request, visit.env, visit.booking.service, error)
    except UserError as error:
        return _booking_page(request, visit, error)
    return redirect(visit.path)


@route("/book/b/<token>/move", auth="public")
def other_times(request: Request, token: str) -> Response:
    """The times that a booking can be moved to."""
    visit = _visit(request, token)
    return _slots_page(request, visit.env, visit.booking.service, moving=visit)


@route("/book/b/<token>/move", methods=["POST"], auth="public", isolation="read committed")
def move(request: Request, token: str) -> Response:
    """Move a booking; the old time is kept unless the new one is won."""
    visit = _visit(request, token)
    try:
        _check_changeable(request, visit)
        desk.move(visit.env, visit.booking, _start(request))
    except UserError as error:
        return _slots_page(request, visit.env, visit.booking.service, error, moving=visit)
    return redirect(visit.path)


@route("/book/b/<token>/cancel", methods=["POST"], auth="public", isolation="read committed")
def cancel(request: Request, token: str) -> Response:
    """Cancel a booking."""
    visit = _visit(request, token)
    try:
        if visit.booking.state != HELD:
            _check_changeable(request, visit)
        desk.cancel(visit.env, visit.booking, "Cancelled by the customer")
    except UserError as error:
        return _booking_page(request, visit, error)
    return redirect(visit.path)


@route("/book/b/<token>/booking.ics", auth="public")
def calendar(request: Request, token: str) -> Response:
    """The booking for the customer's own calendar."""
    visit = _visit(request, token)
    found = visit.booking
    content = calendar_file(
        uid=f"{found.reference}@{request.tenant.uuid}",
        sequence=found.sequence,
        start=found.start,
        end=found.end,
        title=found.service.name,
        place=found.service.location,
        cancelled=found.state in ("cancelled", "expired"),
    )
    return Response(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")


# -- pages ---------------------------------------------------------------------------------------------------
def _slots_page(
    request: Request, env: Env, service: Service, error: UserError | None = None, moving: Visit | None = None
) -> Response:
    """Days and times; after a lost race with what is free next, above all else."""
    clock = moving.clock if moving else clock_of(request, service)
    people = moving.booking.party_size if moving else _people(request, service)
    day = pages.read_day(request.values.get("day", ""))
    next_free = [found for text in _next(error) if (found := pages.read_moment(text))]
    values: dict[str, Any] = {
        **frame(request, env),
        **days_shown(env, service, clock, day, people, env.now()),
        "service": service_shown(request, service),
        "people": people,
        "zone": clock.name,
        "tz": clock.zone.key,
        "own_zone": clock.zone.key != service.tz,
        "key": secrets.token_urlsafe(12),
        "held": request.values.get("held", ""),
        "moving": booking_shown(request, moving.booking, clock) if moving else None,
        "action": f"{moving.path}/move" if moving else f"/book/{service.id}",
        "back": moving.path if moving else "/book",
        "next": slots_shown(clock, next_free),
        **_told(error, clock),
    }
    return request.render("booking/slots.html", values, status=error.status if error else 200)


def _booking_page(request: Request, visit: Visit, error: UserError | None = None) -> Response:
    found = visit.booking
    values: dict[str, Any] = {
        **frame(request, visit.env),
        "service": service_shown(request, found.service),
        "booking": booking_shown(request, found, visit.clock),
        "path": visit.path,
        "link": f"{request.host_url.rstrip('/')}{visit.path}",
        "token": visit.path.rpartition("/")[2],
        "zone": visit.clock.name,
        "tz": visit.clock.zone.key,
        "given": {name: request.form.get(name, "") for name in ("name", "email", "phone", "note")},
        "error": error.text if error else "",
        "hint": error.hint if error else "",
    }
    template = "booking/details.html" if found.state == HELD else "booking/booking.html"
    return request.render(template, values, status=error.status if error else 200)


def _told(error: UserError | None, clock: Clock) -> dict[str, str]:
    """An error on the page, its time in the customer's zone."""
    if error is None:
        return {}
    start = pages.read_moment(str(error.details.get("start", "")))
    if error.error_code == "slot_taken" and start is not None:
        return {"error": f"{clock.time(start)}, {clock.date(clock.day(start))}, has just been taken.", "hint": ""}
    return {"error": error.text, "hint": "" if "next" in error.details else error.hint}


def _next(error: UserError | None) -> list[str]:
    return list(error.details.get("next", ())) if error else []


# -- reading requests ----------------------------------------------------------------------------------------
def _visit(request: Request, token: str) -> Visit:
    env = pages.public_env(request)
    found = env[Booking].search(Booking.id == booking_of(request, token))
    if not found:
        raise MissingError("This link leads to no booking.", hint="Copy the whole link, or book anew.")
    return Visit(env, found, clock_of(request, found.service, found.tz), f"/book/b/{token}")


def _held_before(request: Request, env: Env) -> Booking | None:
    """The hold that the customer comes from, to choose another time."""
    token = request.form.get("held", "")
    if not token:
        return None
    found = env[Booking].search(Booking.id == booking_of(request, token))
    return found if found and found.state == HELD else None


def _start(request: Request) -> dt.datetime:
    start = pages.read_moment(request.form.get("start", ""))
    if start is None:
        raise UserError("No time was chosen.", hint="Go back and choose one.")
    return start


def _people(request: Request, service: Service) -> int:
    text = request.values.get("people", "1")
    return min(max(int(text), 1), service.capacity) if text.isdecimal() and len(text) < 5 else 1


def _check_changeable(request: Request, visit: Visit) -> None:
    if not booking_shown(request, visit.booking, visit.clock)["changeable"]:
        raise UserError("It is too late to change this here.", hint="Please call us.", code="too_late")


def _limits(request: Request) -> Limits:
    """Counted per process and set of addons."""
    return request.assembly.extra(  # noqa: S610
        "booking.limits", lambda: Limits(RateLimit("240 per minute"), RateLimit("30 per 10 minutes"))
    )
