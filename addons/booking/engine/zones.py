"""Wall time and UTC: times in a spring gap do not exist, times of an autumn change exist twice."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from kernel.errors import ValidationError

UTC: Final = dt.UTC
_STEP: Final = dt.timedelta(hours=4)
_SECOND: Final = dt.timedelta(seconds=1)
_MARGIN: Final = dt.timedelta(hours=16)
"""More than any zone is away from UTC."""


class InvalidLocalTimeError(ValidationError):
    """A wall time that the clocks of a zone skip."""


def moments(local: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, ...]:
    """The moments (UTC) at which clocks in `zone` show `local`: none in a gap, two when it comes twice."""
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(each for each in found if each.astimezone(zone).replace(tzinfo=None) == local))


def moment(local: dt.datetime, zone: ZoneInfo, *, second: bool = False) -> dt.datetime:
    """The moment of a wall time; of two the first, unless the `second` is meant. InvalidLocalTimeError in a gap."""
    found = moments(local, zone)
    if not found:
        raise InvalidLocalTimeError(
            f"{local:%H:%M} does not exist on {local:%-d %B %Y} in {zone.key}: the clocks go forward.",
            hint="Choose a time before or after the change.",
            code="invalid_local_time",
        )
    return found[-1 if second else 0]


@lru_cache(maxsize=16384)
def segments(day: dt.date, zone: ZoneInfo) -> tuple[tuple[dt.datetime, dt.datetime, dt.timedelta], ...]:
    """The hours around a local day as (begin, end, offset), each of one offset from UTC."""
    begin = dt.datetime.combine(day, dt.time(), UTC) - _MARGIN
    last = begin + 2 * _MARGIN + dt.timedelta(days=1)
    found: list[tuple[dt.datetime, dt.datetime, dt.timedelta]] = []
    here, offset = begin, _offset(begin, zone)
    while here < last:
        there = min(here + _STEP, last)
        if _offset(there, zone) != offset:
            change = _change(here, there, zone)
            found.append((begin, change, offset))
            begin, offset, there = change, _offset(change, zone), change
        here = there
    found.append((begin, last, offset))
    return tuple(found)


def _offset(at: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta()


def _change(before: dt.datetime, after: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first second of another offset than at `before`."""
    offset = _offset(before, zone)
    while after - before > _SECOND:
        middle = before + _SECOND * ((after - before) // _SECOND // 2)
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after
