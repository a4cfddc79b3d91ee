"""Fields of time: dates, moments, ranges, durations. Moments are always aware, and UTC in the database."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

from psycopg.types.range import Range

from kernel.orm.domain import Domain
from kernel.orm.fields.base import Field, Options

if TYPE_CHECKING:
    from kernel.orm.registry import Bound

D = TypeVar("D")
UTC = dt.UTC


class _Dated(Field[D], Generic[D]):
    def part(self, part: Literal["year", "quarter", "month", "week", "day", "weekday", "hour"]) -> DatePart:
        """A part of the date, to compare: `Purchase.date.part("month") == 3`."""
        return DatePart(f"{self.name}:{part}")


class DatePart:
    """One part of a date in a domain."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __eq__(self, value: object) -> Domain:  # type: ignore[override]
        return Domain.term(self.path, "=", value)

    def __ne__(self, value: object) -> Domain:  # type: ignore[override]
        return Domain.term(self.path, "!=", value)

    __hash__ = object.__hash__

    def __ge__(self, value: int) -> Domain:
        return Domain.term(self.path, ">=", value)

    def __le__(self, value: int) -> Domain:
        return Domain.term(self.path, "<=", value)


class Date(_Dated[D]):
    """A calendar day, without a zone."""

    type = "date"
    sql_type = "date"
    exact = dt.date

    @overload
    def __init__(self: Date[dt.date], label: str = ..., *, required: Literal[True], **options: Any) -> None: ...
    @overload
    def __init__(self: Date[dt.date | None], label: str = ..., **options: Any) -> None: ...
    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **options)

    def coerce(self, value: Any) -> dt.date:
        if type(value) is str:
            return dt.date.fromisoformat(value)
        raise TypeError(f"{value!r} is no date")

    def from_wire(self, value: Any, bound: Bound) -> Any:
        return None if value == "" else self.convert(value, bound)

    def to_wire(self, value: Any) -> Any:
        return None if value is None else value.isoformat()


class Datetime(_Dated[D]):
    """A moment; naive values are refused."""

    type = "datetime"
    sql_type = "timestamptz"
    exact = dt.datetime

    @overload
    def __init__(self: Datetime[dt.datetime], label: str = ..., *, required: Literal[True], **options: Any) -> None: ...
    @overload
    def __init__(self: Datetime[dt.datetime | None], label: str = ..., **options: Any) -> None: ...
    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **options)

    def accept(self, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; use an aware datetime")
        return value.astimezone(UTC)

    def coerce(self, value: Any) -> dt.datetime:
        if type(value) is str:
            return dt.datetime.fromisoformat(value)
        raise TypeError(f"{value!r} is no date and time")

    def from_wire(self, value: Any, bound: Bound) -> Any:
        return None if value == "" else self.convert(value, bound)

    def to_wire(self, value: Any) -> Any:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Duration(Field[dt.timedelta]):
    """A length of time, stored and sent in whole seconds."""

    type = "duration"
    sql_type = "interval"
    exact = dt.timedelta

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    @property
    def null(self) -> Any:
        return dt.timedelta()

    def coerce(self, value: Any) -> dt.timedelta:
        if type(value) is int:
            return dt.timedelta(seconds=value)
        raise TypeError(f"{value!r} is no duration; give a timedelta or seconds")

    def to_wire(self, value: Any) -> Any:
        return int(value.total_seconds())


class _Span(Field[Range[Any] | None]):
    exact = Range
    orderable = True

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    def _end(self, value: Any) -> Any:
        raise NotImplementedError

    def accept(self, value: Range[Any]) -> Range[Any]:
        low, high = self._end(value.lower), self._end(value.upper)
        if low is not None and high is not None and low >= high:
            raise ValueError(f"the range must end after it begins, not {low} to {high}")
        return Range(low, high, "[)")

    def coerce(self, value: Any) -> Range[Any]:
        if isinstance(value, (tuple, list)) and len(value) == 2:
            return Range(value[0], value[1], "[)")
        raise TypeError(f"{value!r} is no range; give a pair of begin and end")

    def _wire_end(self, value: Any) -> Any:
        return None if value is None else value.isoformat().replace("+00:00", "Z")

    def to_wire(self, value: Any) -> Any:
        return None if value is None else [self._wire_end(value.lower), self._wire_end(value.upper)]


class DateRange(_Span):
    """Days from the first to before the last; an open end is None."""

    type = "daterange"
    sql_type = "daterange"

    def _end(self, value: Any) -> Any:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value


class DatetimeRange(_Span):
    """Moments from the first to before the last; an open end is None."""

    type = "datetimerange"
    sql_type = "tstzrange"

    def _end(self, value: Any) -> Any:
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value)
        if value is None:
            return None
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; use an aware datetime")
        return value.astimezone(UTC)
