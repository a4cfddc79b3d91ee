"""Dates and moments: aware, in range, of the right type."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kernel.errors import ValidationError
from kernel.orm import Env
from tests.orm.fields.things import UTC, Thing

WRONG: list[tuple[str, Any, str]] = [
    ("day", "2026-02-30", "day is out of range"),
    ("day", "0000-01-01", "year 0 is out of range"),
    ("day", "soon", "Invalid isoformat"),
    ("day", dt.datetime(2026, 1, 1, tzinfo=UTC), "is no date"),
    ("day", 20260101, "is no date"),
    ("moment", dt.datetime(2026, 1, 1), "has no time zone"),
    ("moment", "2026-01-01T00:00:00", "has no time zone"),
    ("moment", dt.date(2026, 1, 1), "is no date and time"),
    ("moment", dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=2))), "out of range"),
    ("moment", 0, "is no date and time"),
]


@pytest.mark.parametrize(("field", "wrong", "message"), WRONG)
def test_wrong_dates_are_refused_everywhere_by_name(env: Env, field: str, wrong: Any, message: str) -> None:
    thing = env[Thing].create({})
    for attempt in (
        lambda: env[Thing].create({field: wrong}),
        lambda: setattr(thing, field, wrong),
        lambda: thing.write(**{field: wrong}),
    ):
        with pytest.raises(ValidationError, match=message) as caught:
            attempt()
        assert caught.value.field == field
    good = dt.date(2026, 1, 1) if field == "day" else dt.datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match=message) as caught:
        env[Thing].create([{field: good}, {field: wrong}])
    assert caught.value.details["position"] == 2


def test_the_first_and_last_days_and_moments_are_kept(env: Env) -> None:
    first, last = env[Thing].create(
        [
            {"day": dt.date.min, "moment": dt.datetime.min.replace(tzinfo=UTC)},
            {"day": dt.date.max, "moment": dt.datetime.max.replace(tzinfo=UTC)},
        ]
    )
    env.invalidate()
    assert (first.day, last.day) == (dt.date.min, dt.date.max)
    assert (first.moment, last.moment) == (dt.datetime.min.replace(tzinfo=UTC), dt.datetime.max.replace(tzinfo=UTC))


def test_a_moment_is_the_same_in_any_zone(env: Env) -> None:
    thing = env[Thing].create({"moment": dt.datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Asia/Kathmandu"))})
    assert thing.moment == dt.datetime(2026, 7, 1, 6, 15, tzinfo=UTC)
    assert thing.moment.tzinfo is UTC
    env.invalidate()
    assert thing.read(["moment"])[0]["moment"] == "2026-07-01T06:15:00Z"
    assert (
        env[Thing].search(Thing.moment == dt.datetime(2026, 7, 1, 8, 15, tzinfo=dt.timezone(dt.timedelta(hours=2))))
        == thing
    )


def test_microseconds_are_kept(env: Env) -> None:
    moment = dt.datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    thing = env[Thing].create({"moment": moment})
    env.invalidate()
    assert thing.moment == moment


@pytest.mark.parametrize(
    ("field", "sql"),
    [
        ("day", "'infinity'"),
        ("day", "'0044-03-15 BC'"),
        ("moment", "'-infinity'"),
        ("moment", "'10000-01-01'"),
        ("days", "daterange('2026-01-01', 'infinity')"),
        ("moments", "tstzrange('-infinity', '2026-01-01')"),
    ],
)
def test_a_date_that_only_sql_could_write_is_an_error_by_name(env: Env, field: str, sql: str) -> None:
    good, bad = env[Thing].create([{}, {}])
    env.flush()
    env.tx.execute(f"UPDATE thing.thing SET {field} = {sql} WHERE id = %s", [bad.id])
    env.invalidate()
    for attempt in (
        lambda: getattr(bad, field),
        lambda: env[Thing].search_read(Thing.id.is_in([good.id, bad.id]), [field]),
        lambda: env[Thing].search(Thing.id == bad.id, fetch=[field]),
    ):
        with pytest.raises(ValidationError, match="a date out of the years 1 to 9999") as caught:
            attempt()
        assert (caught.value.record, caught.value.field) == (["thing.thing", bad.id], field)
    setattr(bad, field, None)
    env.invalidate()
    assert getattr(bad, field) is None
