"""Groups without records, where a series of periods should have no holes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import TRUE_KEY, DomainError

Raw = tuple[Any, ...]
Fill = Literal[True, False] | Sequence[str | dt.date]
MOST: Final = 10_000
"""Groups that a filled series may have, empty ones included."""
_ZERO: Final = {"count": 0, "count_distinct": 0, "all": False, "any": False}


def filled(
    grouping: query.Grouping, rows: Callable[..., list[tuple[Any, ...]]], fill: Fill, having: Domain, tz: str
) -> list[Raw]:
    """The groups, and empty ones for every period that has none; raises DomainError.

    The first key that is a period is filled: between the first and the last that has records, or over the range
    given, both ends included. With further keys, every combination of them that has records gets all periods.
    """
    place = _place(grouping, having)
    found = rows(grouping, MOST + 1, 0, True)
    width = len(grouping.by)
    known = {row[:width]: row[:-width] for row in found}
    ranks: list[dict[Any, int]] = [{row[at]: row[at - width] for row in found} for at in range(width)]
    periods = _periods(grouping.by[place], [keys[place] for keys in known], fill, tz)
    others = dict.fromkeys((keys[:place], keys[place + 1 :]) for keys in known)
    if not others and width == 1:
        others = {((), ()): None}
    if len(found) > MOST or len(others) * len(periods) > MOST:
        raise DomainError(
            f"Filling the gaps would make more than {MOST:,} groups.",
            hint="Choose a longer period, a shorter range, or fewer keys.",
        )
    for before, after in others:
        for period in periods:
            keys = (*before, period, *after)
            if keys not in known:
                known[keys] = _empty(grouping, keys)
    return _sorted(grouping, list(known.values()), ranks)


def _place(grouping: query.Grouping, having: Domain) -> int:
    """Which key is filled."""
    if having.key != TRUE_KEY:
        raise DomainError("fill and having do not go together: what having leaves out would come back empty.")
    if any(each.kind != "by" for each in grouping.order):
        raise DomainError("Filled groups come in the order of their keys.", hint="Order by keys, or do not fill.")
    for place, term in enumerate(grouping.by):
        if term.part or term.path[-1].field.type == "date":
            return place
    raise DomainError("Only periods can be filled.", hint='Group by one, for example "date:month".')


def _periods(term: query.GroupTerm, keys: list[Any], fill: Fill, tz: str) -> list[Any]:
    part = term.part or "day"
    if part == "weekday":
        return list(range(1, 8))
    zone = ZoneInfo(tz) if term.path[-1].field.type == "datetime" else None
    if isinstance(fill, bool):
        there = [key for key in keys if key is not None]
        if not there:
            return []
        first, last = min(there), max(there)
    else:
        first, last = _range(fill, part)
    return list(islice(query.between(first, last, part, zone), MOST + 1))


def _range(fill: Sequence[str | dt.date], part: str) -> tuple[Any, Any]:
    """The periods in which the first and the last day lie; of hours, the first of one and the last of the other."""
    try:
        first, last = (each if isinstance(each, dt.date) else dt.date.fromisoformat(each) for each in fill)
    except (TypeError, ValueError):
        raise DomainError(f"fill is true, or the first and the last day, not {fill!r}.") from None
    if last < first:
        raise DomainError(f"fill: {last} is before {first}.")
    if part != "hour":
        return query.beginning(first, part), query.beginning(last, part)
    return dt.datetime(first.year, first.month, first.day), dt.datetime(last.year, last.month, last.day, 23)


def _empty(grouping: query.Grouping, keys: tuple[Any, ...]) -> Raw:
    values: list[Any] = []
    for each in grouping.aggregates:
        if each.function == "sum" and not each.currency:
            bound = each.path[-1]
            values.append(dt.timedelta() if bound.sql_type == "interval" else 0)
        else:
            values.append([] if each.function == "array" else _ZERO.get(each.function))
    money = sum(2 for each in grouping.aggregates if each.currency)
    return (*keys, 0, *values, *[None] * money)


def _sorted(grouping: query.Grouping, rows: list[Raw], ranks: list[dict[Any, int]]) -> list[Raw]:
    """In the order asked for; keys that are unset come last, as in SQL, or first where it is descending."""
    for each in reversed(grouping.order):
        at = each.place
        by_value = bool(grouping.by[at].part)

        def place(row: Raw, at: int = at, by_value: bool = by_value) -> tuple[bool, Any]:
            key = row[at]
            if not by_value:
                known = ranks[at].get(key)
                return (False, known) if known is not None else (False, 0)
            return (key is None, 0 if key is None else key)

        rows = sorted(rows, key=place, reverse=each.desc)
    return rows
