"""Weekly hours: wall-time rules, turned into UTC for each date by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from addons.booking.engine.intervals import Intervals
from addons.booking.engine.zones import UTC, segments

Weeks = Literal["every", "odd", "even"]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Open on a weekday (Monday is 0) from a minute of the day until another; 1440 is midnight."""

    weekday: int
    begins: int
    ends: int
    first: dt.date | None = None
    last: dt.date | None = None
    weeks: Weeks = "every"

    def holds(self, day: dt.date) -> bool:
        """Whether the rule is about this date."""
        if day.weekday() != self.weekday:
            return False
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        return self.weeks == "every" or (day.isocalendar().week % 2 == 1) == (self.weeks == "odd")


@lru_cache(maxsize=16384)
def day_hours(rules: tuple[WeeklyRule, ...], zone: ZoneInfo, day: dt.date) -> Intervals[dt.datetime]:
    """The moments of a local date whose wall time is within the rules.

    So a gap shortens the day, and what the clocks show twice is open twice.
    """
    return Intervals.of(span for rule in rules if rule.holds(day) for span in _spans(rule, zone, day))


def open_hours(rules: tuple[WeeklyRule, ...], zone: ZoneInfo, first: dt.date, last: dt.date) -> Intervals[dt.datetime]:
    """The open hours of all dates from `first` to `last`."""
    return Intervals.of(span for day in dates(first, last) for span in day_hours(rules, zone, day))


def dates(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    """Every date from `first` to `last`."""
    return (first + number * DAY for number in range((last - first).days + 1))


def _spans(rule: WeeklyRule, zone: ZoneInfo, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    midnight = dt.datetime.combine(day, dt.time(), UTC)
    begin = midnight + dt.timedelta(minutes=rule.begins)
    end = midnight + dt.timedelta(minutes=rule.ends)
    for first, last, offset in segments(day, zone):
        span = max(begin - offset, first), min(end - offset, last)
        if span[0] < span[1]:
            yield span
