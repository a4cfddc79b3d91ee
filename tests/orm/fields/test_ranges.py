"""Ranges of days and of moments: what may be set, and contains, overlaps and within, in SQL and in Python."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range

from kernel.errors import ValidationError
from kernel.orm import Domain, Env
from tests.orm.fields.things import UTC, Thing

D = dt.date


def day(number: int) -> dt.date:
    return D(2026, 1, number)


def moment(hour: int) -> dt.datetime:
    return dt.datetime(2026, 1, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_value", "low", "high"),
    [
        ((day(1), day(3)), day(1), day(3)),
        ([None, day(3)], None, day(3)),
        ((day(1), None), day(1), None),
        ((None, None), None, None),
        (Range(day(1), day(3), "[]"), day(1), day(4)),
        (Range(day(1), day(3), "()"), day(2), day(3)),
        (("2026-01-01", "2026-01-03"), day(1), day(3)),
    ],
)
def test_days_come_back_in_one_form(env: Env, given_value: Any, low: Any, high: Any) -> None:
    thing = env[Thing].create({"days": given_value})
    set_ = thing.days
    env.invalidate()
    assert thing.days == set_
    assert (thing.days.lower, thing.days.upper, thing.days.upper_inc) == (low, high, False)
    assert env[Thing].search(Thing.days == set_) == thing


def test_moments_are_kept_in_utc_whatever_their_zone(env: Env) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    thing = env[Thing].create({"moments": (dt.datetime(2026, 7, 1, 12, tzinfo=berlin), None)})
    env.invalidate()
    assert thing.moments is not None
    assert thing.moments.lower == dt.datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert thing.read(["moments"])[0]["moments"] == ["2026-07-01T10:00:00Z", None]


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("days", (day(3), day(3)), "must end after it begins"),
        ("days", (day(3), day(1)), "must end after it begins"),
        ("days", Range(empty=True), "the range is empty"),
        ("days", (1, 2), "1 is no date"),
        ("days", (moment(1), None), "is no date"),
        ("days", day(1), "give a pair of begin and end"),
        ("days", ("2026-01-01", "soon"), "soon"),
        ("days", Range(day(1), D.max, "[]"), "out of range"),
        ("moments", (dt.datetime(2026, 1, 1), None), "has no time zone"),
        ("moments", (day(1), None), "is no date and time"),
        ("moments", Range(moment(1), moment(2), "[]"), "first moment in it and not its last"),
        ("moments", (moment(2), moment(2)), "must end after it begins"),
    ],
)
def test_what_is_no_range_is_refused(env: Env, field: str, wrong: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        env[Thing].create({field: wrong})
    assert caught.value.field == field


def test_operators_find_what_they_say(env: Env) -> None:
    early, late, always, unset = env[Thing].create(
        [{"days": (day(1), day(5))}, {"days": (day(10), None)}, {"days": (None, None)}, {}]
    )
    search = env[Thing].search
    assert search(Thing.days.contains(day(4))) == early | always
    assert search(Thing.days.contains(day(5))) == always
    assert search(Thing.days.contains("2026-01-11")) == late | always
    assert search(Thing.days.contains((day(10), day(12)))) == late | always
    assert search(Thing.days.overlaps((day(4), day(11)))) == early | late | always
    assert search(Thing.days.overlaps((day(5), day(10)))) == always
    assert search(Thing.days.within((day(1), day(5)))) == early
    assert search(Thing.days.within(Range(None, None))) == early | late | always
    assert search(~Thing.days.contains(day(4))) == late | unset
    assert search(Thing.days.is_in([early.days, None])) == early | unset
    assert search(Thing.days == None) == unset  # noqa: E711 - a domain


def test_moments_contain_a_moment_and_not_their_end(env: Env) -> None:
    thing = env[Thing].create({"moments": (moment(8), moment(9))})
    search = env[Thing].search
    assert search(Thing.moments.contains(moment(8))) == thing
    assert not search(Thing.moments.contains(moment(9)))
    assert search(Thing.moments.overlaps((moment(8), None))) == thing
    assert search(Thing.moments == (moment(8), moment(9))) == thing  # type: ignore[comparison-overlap]


def test_the_wire_form_of_domains_takes_lists(env: Env) -> None:
    thing = env[Thing].create({"days": (day(1), day(5))})
    for wire in (
        ["days", "overlaps", ["2026-01-04", None]],
        ["days", "contains", "2026-01-04"],
        ["days", "=", ["2026-01-01", "2026-01-05"]],
        ["days", "within", ["2026-01-01", "2026-01-05"]],
    ):
        assert env[Thing].search(Domain.from_wire(wire)) == thing
    written = Thing.days.overlaps(Range(day(4), None)).to_wire()
    assert written == ["days", "overlaps", ["2026-01-04", None]]


@pytest.mark.parametrize("wrong", ["soon", (day(3), day(1)), 5, [day(1), "x"]])
def test_operands_that_are_no_ranges_are_refused_before_any_sql(env: Env, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        env[Thing].search(Thing.days.overlaps(wrong))


def test_an_empty_range_from_sql_is_read_and_shown_as_nothing(env: Env) -> None:
    thing = env[Thing].create({"days": (day(1), day(2))})
    env.flush()
    env.tx.execute("UPDATE thing.thing SET days = 'empty' WHERE id = %s", [thing.id])
    env.invalidate()
    assert thing.days is not None
    assert thing.days.isempty
    assert thing.read(["days"])[0]["days"] is None


def test_an_index_on_a_range_is_gist(env: Env) -> None:
    rows = env.sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'thing_days_idx'")
    assert "USING gist (days)" in rows[0][0]


ends = st.one_of(st.none(), st.integers(1, 9).map(day))
spans = st.tuples(ends, ends).filter(lambda pair: None in pair or pair[0] < pair[1])  # type: ignore[operator]
domains = st.one_of(
    st.builds(Thing.days.overlaps, spans),
    st.builds(Thing.days.within, spans),
    st.builds(Thing.days.contains, spans),
    st.builds(Thing.days.contains, st.integers(1, 9).map(day)),
    st.builds(lambda pair: Thing.days == pair, spans),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.one_of(st.none(), spans), max_size=6), domain=domains, negated=st.booleans())
def test_filtered_finds_what_a_search_finds(env: Env, values: list[Any], domain: Domain, negated: bool) -> None:
    things = env[Thing].create([{"days": value} for value in values])
    asked = ~domain if negated else domain
    assert things.filtered(asked) == env[Thing].search(asked & Thing.id.is_in(things.ids), order="id")
