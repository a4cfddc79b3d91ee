"""Fields of time: dates, moments, durations. Moments are always aware, and UTC in the database."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

from kernel.orm.domains.domain import Domain
from kernel.orm.fields.base import Field, Options

if TYPE_CHECKING:
    from kernel.orm.registry.registry import Bound

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

    def __lt__(self, value: int) -> Domain:
        return Domain.term(self.path, "<", value)

    def __le__(self, value: int) -> Domain:
        return Domain.term(self.path, "<=", value)

    def __gt__(self, value: int) -> Domain:
        return Domain.term(self.path, ">", value)

    def __ge__(self, value: int) -> Domain:
        return Domain.term(self.path, ">=", value)

    def is_in(self, values: Iterable[int]) -> Domain:
        """The part is one of `values`."""
        return Domain.term(self.path, "in", values)

    def not_in(self, values: Iterable[int]) -> Domain:
        """The part is none of `values`; an unset date is included."""
        return Domain.term(self.path, "not in", values)


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
        return None if value is None else moment_text(value)


def moment_text(moment: dt.datetime) -> str:
    """The wire form of an aware moment: ISO 8601 in UTC, with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_SECOND = dt.timedelta(seconds=1)
_HALF = dt.timedelta(microseconds=500_000)


class Duration(Field[dt.timedelta]):
    """A length of time in whole seconds, rounded half up (away from zero, as Decimals are); it may be negative."""

    type = "duration"
    sql_type = "interval"
    exact = dt.timedelta

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    @property
    def null(self) -> Any:
        return dt.timedelta()

    def accept(self, value: dt.timedelta) -> dt.timedelta:
        if not value.microseconds:
            return value
        sign = -1 if value.days < 0 else 1
        return sign * ((abs(value) + _HALF) // _SECOND) * _SECOND

    def accepts_all(self, values: list[Any]) -> bool:
        return not any(value.microseconds for value in values)

    def coerce(self, value: Any) -> dt.timedelta:
        if type(value) is int or (type(value) is float and math.isfinite(value)):
            return dt.timedelta(seconds=value)
        raise TypeError(f"{value!r} is no duration; give a timedelta or seconds")

    def to_wire(self, value: Any) -> Any:
        return value // _SECOND
