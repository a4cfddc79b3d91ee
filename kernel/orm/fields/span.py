"""Ranges of days and of moments, from the first to before the last; an open end is None."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Unpack

from psycopg.types.range import Range

from kernel.orm.domains.domain import Domain
from kernel.orm.fields.base import Field, Options

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Bound

Pair = tuple[Any, Any]


class Span(Field[Range[Any] | None]):
    """Base of both: the value is psycopg's `Range`, in the one form that PostgreSQL gives back."""

    exact = Range

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    def _end(self, value: Any) -> Any:
        """One end in its exact type."""
        raise NotImplementedError

    def _closed(self, low: Any, high: Any, bounds: str) -> Pair:
        """The ends of a range whose bounds are not `[)`, moved so that they are."""
        raise NotImplementedError

    def accept(self, value: Range[Any]) -> Range[Any]:
        if value.isempty:
            raise ValueError("the range is empty")
        low, high = self._closed(self._end(value.lower), self._end(value.upper), value.bounds or "[)")
        if low is not None and high is not None and low >= high:
            raise ValueError(f"the range must end after it begins, not {low} to {high}")
        return Range(low, high, "[)" if low is not None else "()")

    def coerce(self, value: Any) -> Range[Any]:
        if isinstance(value, (tuple, list)) and len(value) == 2:
            return Range(value[0], value[1], "[)")
        raise TypeError(f"{value!r} is no range; give a pair of begin and end")

    def from_wire(self, value: Any, bound: Bound) -> Any:
        return None if value == "" or value == [] else self.convert(value, bound)

    def to_wire(self, value: Any) -> Any:
        if value is None or value.isempty:
            return None
        return [_wire_end(value.lower), _wire_end(value.upper)]

    def operand(self, value: Any, operator: str, bound: Bound) -> Any:
        """A range; `contains` takes one day or moment, too, which becomes a range of just that."""
        if operator == "contains" and not isinstance(value, (Range, tuple, list)):
            try:
                end = self._end(value)
            except (ValueError, TypeError, ArithmeticError) as reason:
                raise self.refused(reason, bound) from None
            return Range(end, end, "[]")
        return self.from_wire(value, bound)

    if TYPE_CHECKING:

        def __set__(self, record: Model, value: Range[Any] | Pair | None) -> None: ...

    # -- domains -------------------------------------------------------------------------------------
    def contains(self, value: Any) -> Domain:
        """The day, moment, or whole range (or pair) lies in it."""
        return Domain.term(self.name, "contains", value)

    def overlaps(self, value: Range[Any] | Pair) -> Domain:
        """It has something in common with the range (or pair)."""
        return Domain.term(self.name, "overlaps", value)

    def within(self, value: Range[Any] | Pair) -> Domain:
        """It lies in the range (or pair)."""
        return Domain.term(self.name, "within", value)


def _wire_end(value: Any) -> Any:
    return None if value is None else value.isoformat().replace("+00:00", "Z")


class DateRange(Span):
    """Days, from the first to before the last."""

    type = "daterange"
    sql_type = "daterange"

    def _end(self, value: Any) -> Any:
        if type(value) is str:
            return dt.date.fromisoformat(value)
        if value is not None and type(value) is not dt.date:
            raise TypeError(f"{value!r} is no date")
        return value

    def _closed(self, low: Any, high: Any, bounds: str) -> Pair:
        day = dt.timedelta(days=1)
        low = low + day if low is not None and bounds[0] == "(" else low
        return low, high + day if high is not None and bounds[1] == "]" else high


class DatetimeRange(Span):
    """Moments, from the first to before the last."""

    type = "datetimerange"
    sql_type = "tstzrange"

    def _end(self, value: Any) -> Any:
        if type(value) is str:
            value = dt.datetime.fromisoformat(value)
        if value is None:
            return None
        if not isinstance(value, dt.datetime):
            raise TypeError(f"{value!r} is no date and time")
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; use an aware datetime")
        return value.astimezone(dt.UTC)

    def _closed(self, low: Any, high: Any, bounds: str) -> Pair:
        if (low is not None and bounds[0] == "(") or (high is not None and bounds[1] == "]"):
            raise ValueError("a range of moments has its first moment in it and not its last: give a pair, or Range [)")
        return low, high
