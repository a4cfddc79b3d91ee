"""What the public pages show: services, days, slots in the customer's zone, a booking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from addons.base.models import Company
from addons.booking import desk
from addons.booking.models import Booking, Service
from addons.booking.settings import BookingSettings
from kernel.errors import MissingError
from kernel.http import Request
from kernel.orm import Env
from kernel.orm.fields.time import moment_text

DAYS: Final = 14
DAY: Final = dt.timedelta(days=1)
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
WHY: Final = "a visitor sees what is offered online, and the booking whose link they have"


@dataclass(frozen=True, slots=True)
class Clock:
    """How moments are told to this customer."""

    zone: ZoneInfo
    locale: Locale

    def day(self, moment: dt.datetime) -> dt.date:
        """The date on the customer's calendar."""
        return moment.astimezone(self.zone).date()

    def time(self, moment: dt.datetime) -> str:
        """14:30, or 2:30 PM."""
        return format_time(moment.astimezone(self.zone), "short", locale=self.locale)

    def date(self, day: dt.date, form: str = "EEEE, d MMMM") -> str:
        """A date in words."""
        return format_date(day, form, locale=self.locale)

    @property
    def name(self) -> str:
        """The zone as people read it."""
        return self.zone.key.replace("_", " ")


def public_env(request: Request) -> Env:
    """The env of the public pages."""
    return request.env.as_system(WHY)


def clock_of(request: Request, service: Service, known: str = "") -> Clock:
    """In the zone the customer has chosen, else that of the place."""
    asked = request.values.get("tz", "") or known
    zone = asked if asked in available_timezones() else service.tz
    return Clock(ZoneInfo(zone), _locale(request))


def service_of(env: Env, id: int) -> Service:
    """A service that can be booked online; MissingError for others, whether they exist or not."""
    found = env[Service].search((Service.id == id) & (Service.online == True))  # noqa: E712
    if not found:
        raise MissingError("This cannot be booked online.", hint="Choose from what is offered.")
    return found


def frame(request: Request, env: Env) -> dict[str, Any]:
    """What every page needs."""
    company = env[Company].search(order="id", limit=1)
    language = request.env.language
    return {
        "company": company.name if company else request.tenant.row.name,
        "language": language,
        "direction": "rtl" if language[:2] in RIGHT_TO_LEFT else "ltr",
        "error": "",
        "hint": "",
    }


def price_of(request: Request, price: Any, currency: str) -> str:
    """An amount as people read it; empty for nothing."""
    return format_currency(price, currency, locale=_locale(request)) if price and currency else ""


def services_shown(request: Request, env: Env) -> list[dict[str, Any]]:
    """What can be booked online."""
    found = env[Service].search(Service.online == True)  # noqa: E712
    return [service_shown(request, service) for service in found]


def service_shown(request: Request, service: Service) -> dict[str, Any]:
    """A service as a page tells it."""
    return {
        "id": service.id,
        "name": service.name,
        "summary": service.summary,
        "minutes": service.duration,
        "price": price_of(request, service.price, service.currency.code),
        "location": service.location,
        "map": f"https://www.openstreetmap.org/search?query={quote_plus(service.location)}",
        "approval": service.approval,
        "capacity": service.capacity,
    }


def days_shown(
    env: Env, service: Service, clock: Clock, asked: dt.date | None, people: int, now: dt.datetime
) -> dict[str, Any]:
    """Two weeks of days, and the slots of one of them: the one asked for, else the first that has any."""
    today = clock.day(now)
    last = today + service.horizon * DAY
    chosen = min(max(asked or today, today), last)
    first = today + (chosen - today).days // DAYS * DAYS * DAY
    free: dict[dt.date, list[dt.datetime]] = {}
    for slot in desk.offers(env, service, first - DAY, DAYS + 2, people):
        free.setdefault(clock.day(slot.start), []).append(slot.start)
    days = [first + number * DAY for number in range(DAYS)]
    if asked is None:
        chosen = next((day for day in days if free.get(day)), chosen)
    later = first + DAYS * DAY
    return {
        "days": [_day_shown(clock, day, len(free.get(day, ())), chosen) for day in days if day <= last],
        "day": chosen.isoformat(),
        "title": clock.date(chosen),
        "parts": parts_of_day(clock, free.get(chosen, ())),
        "earlier": (first - DAY).isoformat() if first > today else "",
        "later": later.isoformat() if later <= last else "",
    }


def parts_of_day(clock: Clock, starts: Sequence[dt.datetime]) -> list[dict[str, Any]]:
    """Slots in the morning, in the afternoon, in the evening."""
    parts: dict[str, list[dict[str, str]]] = {}
    for start in sorted(starts):
        hour = start.astimezone(clock.zone).hour
        part = "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
        parts.setdefault(part, []).append({"start": moment_text(start), "time": clock.time(start)})
    return [{"part": part, "slots": slots} for part, slots in parts.items()]


def slots_shown(clock: Clock, starts: Sequence[dt.datetime]) -> list[dict[str, str]]:
    """Some slots with their days."""
    return [
        {"start": moment_text(start), "time": clock.time(start), "day": clock.date(clock.day(start), "EEE d MMM")}
        for start in starts
    ]


def booking_shown(request: Request, booking: Booking, clock: Clock) -> dict[str, Any]:
    """A booking as its customer sees it."""
    now = booking.env.now()
    change = dt.timedelta(hours=booking.env.settings(BookingSettings).change_hours)
    open_ = booking.state in ("confirmed", "pending_approval") and now < booking.start - change
    return {
        "reference": booking.reference,
        "state": booking.state,
        "date": clock.date(clock.day(booking.start), "EEEE, d MMMM y"),
        "day": clock.day(booking.start).isoformat(),
        "time": f"{clock.time(booking.start)} – {clock.time(booking.end)}",
        "start": moment_text(booking.start),
        "people": booking.party_size,
        "name": booking.customer.name,
        "price": price_of(request, booking.price, booking.currency.code),
        "until": clock.time(booking.expires_at) if booking.expires_at else "",
        "changeable": open_,
        "cancelled": booking.state in ("cancelled", "expired"),
    }


def _day_shown(clock: Clock, day: dt.date, free: int, chosen: dt.date) -> dict[str, Any]:
    return {
        "iso": day.isoformat(),
        "weekday": clock.date(day, "EEE"),
        "number": day.day,
        "month": clock.date(day, "MMM"),
        "name": clock.date(day),
        "free": free,
        "chosen": day == chosen,
    }


def read_moment(text: str) -> dt.datetime | None:
    """A moment of a form; None for anything else."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(dt.UTC) if found.tzinfo else None


def read_day(text: str) -> dt.date | None:
    """A date of an address; None for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _locale(request: Request) -> Locale:
    """The page's language as it is written where the visitor is: 2:30 PM or 14:30."""
    language = request.env.language or "en"
    own = (tag.replace("-", "_") for tag in request.accept_languages.values())
    wanted = next((tag for tag in own if tag.split("_")[0] == language[:2]), language)
    try:
        return Locale.parse(wanted.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
