"""The domain of one group; and the periods that a date falls into: where each ends, and which lie between two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kernel.orm.domains.domain import Domain

if TYPE_CHECKING:
    from kernel.orm.query.group import Grouping, GroupTerm

HIDDEN: Final = 0
"""The key of all records whose link leads to one that the reader may not see."""
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def group_domain(grouping: Grouping, keys: Sequence[Any], tz: str = "UTC") -> Domain:
    """The records of one group, to be added to the domain that was grouped."""
    pairs = zip(grouping.by, keys, strict=False)
    return Domain.all_of(_members(term, value, tz) for term, value in pairs)


def _members(term: GroupTerm, value: Any, tz: str) -> Domain:
    names = [bound.name for bound in term.path]
    prefix, last, path = ".".join(names[:-1]), names[-1], ".".join(names)
    bound = term.path[-1]
    if value is None or value == "":
        if not prefix:
            return Domain.term(last, "=", None)
        # what lies behind a link that is unset, or hidden from the reader, is unset as well
        known = Domain.TRUE if value is None and bound.null is not None else Domain.term(last, "!=", None)
        return ~Domain.any_(prefix, known)
    if bound.comodel is not None and value == HIDDEN:
        unseen = Domain.term(last, "!=", None) & ~Domain.any_(last, Domain.TRUE)
        return Domain.any_(prefix, unseen) if prefix else unseen
    if not term.part:
        return Domain.term(
            path, "=", value if bound.decode is None else bound.field.to_wire(bound.field.from_sql(value))
        )
    if term.part == "weekday":
        return Domain.term(f"{path}:weekday", "=", value)
    begin, end = value, following(value, term.part)
    if bound.field.type == "datetime":
        zone = ZoneInfo(tz)
        begin, end = (moment(each, zone) for each in (begin, end))
    return Domain.term(path, ">=", begin) & Domain.term(path, "<", end)


def following(value: Any, part: str) -> Any:
    """The beginning of the period after the one that begins at `value`."""
    if part == "hour":
        return value + dt.timedelta(hours=1)
    if part in ("day", "week"):
        return value + dt.timedelta(days=1 if part == "day" else 7)
    years, month = divmod(value.month - 1 + _MONTHS[part], 12)
    return value.replace(year=value.year + years, month=month + 1)


def beginning(value: Any, part: str) -> Any:
    """The beginning of the period that a day (for hours: a naive local moment) falls into."""
    if part == "hour":
        return value.replace(minute=0, second=0, microsecond=0)
    if part == "week":
        return value - dt.timedelta(days=value.weekday())
    if part == "day":
        return value
    months = _MONTHS[part]
    return value.replace(month=value.month - (value.month - 1) % months, day=1)


def between(first: Any, last: Any, part: str, zone: ZoneInfo | None) -> Iterator[Any]:
    """The beginnings of all periods from one to another, both included; hours that a clock leaves out are none."""
    while first <= last:
        if part != "hour" or zone is None or _exists(first, zone):
            yield first
        first = following(first, part)


def _exists(value: dt.datetime, zone: ZoneInfo) -> bool:
    there = moment(value, zone).astimezone(zone).replace(tzinfo=None)
    return there == value


def moment(value: dt.date, zone: ZoneInfo) -> dt.datetime:
    """When a local day or hour begins, in UTC."""
    local = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    return local.replace(tzinfo=zone).astimezone(dt.UTC)
