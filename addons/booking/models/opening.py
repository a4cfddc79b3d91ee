"""Opening: when resources work, which slots a service has, and why the others are not offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from addons.booking.engine import Intervals, Verdict, verdicts
from addons.booking.models.refusals import days_question
from addons.booking.models.resource import Resource
from addons.booking.models.service import Service
from addons.booking.models.supply import supplies_of
from kernel.errors import UserError
from kernel.orm import exposed
from kernel.orm.fields.time import moment_text

MOST_DAYS: Final = 62


class OpenResource(Resource, extend=True):
    """Tells its hours to the calendar."""

    @exposed
    def opening(self, start: dt.datetime, end: dt.datetime) -> dict[str, list[list[str]]]:
        """Each resource's open hours between two moments, leave and holidays taken out."""
        whole = Intervals(((start, end),))
        system = self.env.as_system("who sees a resource sees when it is open, not why it is closed")
        supplies = supplies_of(system, system[Resource].browse(self.ids), (start, end), (), system.now())
        return {
            str(key): [
                [moment_text(begin), moment_text(until)]
                for begin, until in (whole if supply.hours is None else supply.hours & whole)
                - supply.leave
                - supply.holiday
            ]
            for key, supply in supplies.items()
        }


class OpenService(Service, extend=True):
    """Tells its slots to the client and to other addons."""

    @exposed
    def slots(self, first: dt.date, days: int = 7, people: int = 1) -> list[dict[str, object]]:
        """The slots of some days that customers can book."""
        return [found for found in self.explain(first, days, people) if found["reason"] is None]

    @exposed
    def explain(self, first: dt.date, days: int = 1, people: int = 1) -> list[dict[str, object]]:
        """All slots of some days; those that are not offered with the reason and the resource that is missing."""
        if not 1 <= days <= MOST_DAYS:
            raise UserError(f"1 to {MOST_DAYS} days can be asked for at once.")
        system = self.env.as_system("who sees a service sees when it can be booked, not who has booked")
        service = system[Service].browse(self.ensure_one().id)
        question = days_question(system, service, first, days, people)
        names = {resource.id: resource.name for resource in system[Resource].browse(tuple(question.supplies))}
        dates = (first + dt.timedelta(days=number) for number in range(days))
        return [_told(found, names) for day in dates for found in verdicts(question, day)]


def _told(found: Verdict, names: Mapping[int, str]) -> dict[str, object]:
    return {
        "start": moment_text(found.start),
        "end": moment_text(found.end),
        "reason": found.reason.value if found.reason else None,
        "resource": names.get(found.scarce) if found.scarce is not None else None,
    }
