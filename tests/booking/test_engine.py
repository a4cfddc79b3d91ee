"""The slot engine, pure: interval sets, wall time against clock changes, reasons, matching."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.booking.engine import (
    Intervals,
    InvalidLocalTimeError,
    Need,
    Question,
    Reason,
    Supply,
    Terms,
    WeeklyRule,
    day_hours,
    judge,
    moment,
    moments,
    offered,
    starts,
    verdicts,
)
from addons.booking.engine.matching import assign

UTC = dt.UTC
ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")]
#: days on which the clocks of these zones change, and their neighbours
CHANGES = [
    day + dt.timedelta(days=offset)
    for day in (
        dt.date(2026, 3, 29),
        dt.date(2026, 10, 25),
        dt.date(2026, 3, 8),
        dt.date(2026, 11, 1),
        dt.date(2026, 4, 5),
        dt.date(2026, 10, 4),
    )
    for offset in (-1, 0, 1)
]

zones = st.sampled_from(ZONES)
days = st.sampled_from(CHANGES)
spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair))))


def points(intervals: Intervals[int]) -> set[int]:
    return {point for begin, end in intervals for point in range(begin, end)}


@given(spans, spans)
def test_sets_of_intervals_are_sets_of_points(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one, two = Intervals.of(left), Intervals.of(right)
    assert points(one | two) == points(one) | points(two)
    assert points(one & two) == points(one) & points(two)
    assert points(one - two) == points(one) - points(two)
    for made in (one | two, one & two, one - two):
        assert all(begin < end for begin, end in made)
        assert all(before[1] < after[0] for before, after in pairwise(made))


@given(spans, st.integers(0, 39), st.integers(1, 10))
def test_covering_and_meeting_are_about_the_same_points(
    given_spans: list[tuple[int, int]], begin: int, length: int
) -> None:
    intervals, asked = Intervals.of(given_spans), set(range(begin, begin + length))
    assert intervals.covers(begin, begin + length) == (asked <= points(intervals))
    assert intervals.meets(begin, begin + length) == bool(asked & points(intervals))


@given(zones, days, st.integers(0, 1439))
def test_a_wall_time_exists_never_once_or_twice(zone: ZoneInfo, day: dt.date, minute: int) -> None:
    local = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    found = moments(local, zone)
    assert all(each.astimezone(zone).replace(tzinfo=None) == local for each in found)
    around = dt.datetime.combine(day, dt.time(), UTC) - dt.timedelta(hours=15)
    shown = [around + dt.timedelta(minutes=number) for number in range(60 * 54)]
    assert list(found) == [each for each in shown if each.astimezone(zone).replace(tzinfo=None) == local]
    if found:
        assert (moment(local, zone), moment(local, zone, second=True)) == (found[0], found[-1])
    else:
        with pytest.raises(InvalidLocalTimeError, match="does not exist"):
            moment(local, zone)


@given(zones, days, st.integers(0, 95), st.integers(1, 96))
def test_hours_are_the_moments_whose_wall_time_is_within_them(
    zone: ZoneInfo, day: dt.date, begin: int, length: int
) -> None:
    begins, ends = begin * 15, min(1440, (begin + length) * 15)
    rule = WeeklyRule(day.weekday(), begins, ends)
    opened = day_hours((rule,), zone, day)
    around = dt.datetime.combine(day, dt.time(), UTC) - dt.timedelta(hours=15)
    for number in range(0, 60 * 54, 5):
        at = around + dt.timedelta(minutes=number)
        local = at.astimezone(zone)
        within = local.date() == day and begins <= local.hour * 60 + local.minute < ends
        assert opened.meets(at, at + dt.timedelta(minutes=1)) == within


def test_the_spring_day_is_short_and_the_autumn_day_is_long() -> None:
    def length(zone: ZoneInfo, day: dt.date) -> dt.timedelta:
        rule = WeeklyRule(day.weekday(), 0, 1440)
        return sum((end - begin for begin, end in day_hours((rule,), zone, day)), dt.timedelta())

    paris, _, lord_howe = ZONES
    assert length(paris, dt.date(2026, 3, 29)) == dt.timedelta(hours=23)
    assert length(paris, dt.date(2026, 10, 25)) == dt.timedelta(hours=25)
    assert length(lord_howe, dt.date(2026, 10, 4)) == dt.timedelta(hours=23, minutes=30)
    assert length(lord_howe, dt.date(2026, 4, 5)) == dt.timedelta(hours=24, minutes=30)


@given(zones, days, st.sampled_from([15, 20, 30, 60, 90]))
def test_starts_follow_the_clock_of_the_place(zone: ZoneInfo, day: dt.date, interval: int) -> None:
    found = starts(Terms(zone, dt.timedelta(minutes=30), interval=interval), day)
    assert found == sorted(set(found))
    local = [each.astimezone(zone) for each in found]
    assert all(each.date() == day and (each.hour * 60 + each.minute) % interval == 0 for each in local)


def test_rules_hold_from_a_date_in_odd_or_even_weeks() -> None:
    monday = dt.date(2026, 6, 1)  # week 23
    rule = WeeklyRule(0, 540, 1020, first=monday, last=monday + dt.timedelta(days=7), weeks="odd")
    assert [rule.holds(monday + dt.timedelta(days=7 * number)) for number in (-1, 0, 1, 2)] == [
        False,
        True,
        False,
        False,
    ]


# -- deciding ----------------------------------------------------------------------------------------------
PARIS = ZONES[0]
DAY = dt.date(2026, 6, 1)


def at(clock: str) -> dt.datetime:
    return dt.datetime.combine(DAY, dt.time.fromisoformat(clock), PARIS).astimezone(UTC)


def span(begin: str, end: str) -> Intervals[dt.datetime]:
    return Intervals.of([(at(begin), at(end))])


def ask(*supplies: Supply, **terms: object) -> Question:
    made = Terms(PARIS, dt.timedelta(minutes=60), **terms)  # type: ignore[arg-type]
    needs = (Need(tuple(supply.key for supply in supplies)),)
    return Question(made, needs, {supply.key: supply for supply in supplies}, at("00:00") - dt.timedelta(days=3))


def test_each_slot_that_is_not_offered_has_its_reason() -> None:
    day = Supply(1, span("09:00", "18:00"), span("10:00", "11:00"), span("16:00", "18:00"), (span("12:00", "13:00"),))
    question = ask(day)
    reasons = {verdict.start.astimezone(PARIS).strftime("%H:%M"): verdict.reason for verdict in verdicts(question, DAY)}
    assert reasons["08:30"] is Reason.OUTSIDE_HOURS
    assert reasons["09:00"] is None
    assert reasons["09:30"] is Reason.LEAVE
    assert reasons["11:00"] is None
    assert reasons["11:30"] is Reason.TAKEN
    assert reasons["15:30"] is Reason.HOLIDAY


def test_buffers_are_busy_time_and_need_not_be_within_hours() -> None:
    taken = Supply(1, span("09:00", "18:00"), taken=(span("12:00", "13:00"),))
    question = ask(taken, before=dt.timedelta(minutes=15), after=dt.timedelta(minutes=30))
    free = {found.start for found in offered(question, DAY)}
    assert at("09:00") in free
    assert at("10:30") in free
    assert at("11:00") not in free
    assert at("13:00") not in free
    assert at("13:30") in free
    assert at("17:00") in free


def test_notice_horizon_and_limits_refuse() -> None:
    open_all_day = Supply(1)
    soon = ask(open_all_day, notice=dt.timedelta(days=3, hours=10))
    assert judge(soon, at("09:30")).reason is Reason.NOTICE
    assert judge(soon, at("10:00")).reason is None
    assert judge(ask(open_all_day, horizon=2), at("10:00")).reason is Reason.HORIZON
    assert judge(ask(open_all_day, horizon=3), at("10:00")).reason is None
    full = Question(soon.terms, soon.needs, soon.supplies, soon.now, full=frozenset({DAY}))
    assert judge(full, at("12:00")).reason is Reason.LIMIT


def test_the_staff_are_bound_by_what_is_taken_only() -> None:
    closed = Supply(1, span("09:00", "12:00"), taken=(span("14:00", "15:00"),))
    assert judge(ask(closed), at("13:00"), strict=False).reason is None
    assert judge(ask(closed), at("13:30"), strict=False).reason is Reason.TAKEN
    both = ask(closed, Supply(2, span("09:00", "18:00")))
    assert judge(both, at("13:00"), strict=False).choice == ((2, 0),)


def test_who_is_asked_for_is_the_one_chosen() -> None:
    question = ask(Supply(1), Supply(2))
    assert judge(question, at("09:00"), wanted=(2,)).choice == ((2, 0),)
    taken = ask(Supply(1), Supply(2, taken=(span("09:00", "10:00"),)))
    refused = judge(taken, at("09:00"), wanted=(2,))
    assert (refused.reason, refused.scarce) == (Reason.TAKEN, 2)


wishes = st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), max_size=4, unique=True), max_size=4)


@given(wishes)
def test_all_needs_are_met_whenever_that_is_possible(asked: list[list[tuple[int, int]]]) -> None:
    def possible(place: int, used: frozenset[tuple[int, int]]) -> bool:
        if place == len(asked):
            return True
        return any(possible(place + 1, used | {unit}) for unit in asked[place] if unit not in used)

    found, _ = assign(asked)
    assert (found is not None) == possible(0, frozenset())
    if found is not None:
        assert len(set(found)) == len(asked)
        assert all(unit in wish for unit, wish in zip(found, asked, strict=True))
