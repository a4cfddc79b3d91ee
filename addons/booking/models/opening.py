"""Opening: when resources can be booked, whatever is booked already; the calendar shades the rest."""

from __future__ import annotations

import datetime as dt

from addons.booking.engine import Intervals
from addons.booking.models.resource import Resource
from addons.booking.models.supply import supplies_of
from kernel.orm import exposed


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
                [_wire(begin), _wire(until)]
                for begin, until in (whole if supply.hours is None else supply.hours & whole)
                - supply.leave
                - supply.holiday
            ]
            for key, supply in supplies.items()
        }


def _wire(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
