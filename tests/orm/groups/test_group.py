"""Groups against the same grouping in Python: keys of all kinds, periods in all zones, having, filling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.orm import Domain, Env, Model
from tests.orm.groups.till import Clocks, Sale

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
TRANSITIONS = [
    dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 6, tzinfo=dt.UTC), dt.datetime(2026, 4, 4, 15, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 31, 22, tzinfo=dt.UTC),
]  # fmt: skip
moments = st.builds(
    lambda base, minutes: base + dt.timedelta(minutes=minutes), st.sampled_from(TRANSITIONS), st.integers(-300, 300)
)
sales = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["", "a", "B", "ü"]),
        "kind": st.sampled_from([None, "shop", "web"]),
        "paid": st.booleans(),
        "pieces": st.integers(-3, 3),
        "score": st.none() | st.integers(0, 3),
        "weight": st.sampled_from([0.0, 0.5, 2.25]),
        "day": st.none() | st.dates(dt.date(2025, 11, 1), dt.date(2026, 3, 1)),
        "at": st.none() | moments,
        "clerk": st.none() | st.integers(0, 2),
        "labels": st.sets(st.integers(0, 2)),
        "coin": st.none() | st.integers(0, 1),
        "amount": st.decimals(-20, 20, places=2, allow_nan=False),
    }
)  # fmt: skip

PERIODS: dict[str, Callable[[Any], Any]] = {
    "year": lambda at: dt.date(at.year, 1, 1),
    "quarter": lambda at: dt.date(at.year, at.month - (at.month - 1) % 3, 1),
    "month": lambda at: dt.date(at.year, at.month, 1),
    "week": lambda at: day_of(at) - dt.timedelta(days=at.weekday()),
    "day": lambda at: day_of(at),
    "hour": lambda at: at.replace(minute=0, second=0, microsecond=0, tzinfo=None),
    "weekday": lambda at: at.isoweekday(),
}
KEYS = [
    "text", "kind", "paid", "pieces", "score", "weight", "amount", "clerk", "labels", "coin", "clerk.boss",
    "clerk.name", "clerk.pay", "clerk.boss.name", "day", "at", *(f"day:{part}" for part in PERIODS if part != "hour"),
    *(f"at:{part}" for part in PERIODS),
]  # fmt: skip


def day_of(at: Any) -> dt.date:
    return at.date() if isinstance(at, dt.datetime) else at


def keys_of(sale: Any, by: str, tz: str) -> list[Any]:
    """The groups of one key that a record belongs to, in Python, as they are on the wire."""
    name, _, part = by.partition(":")
    value = sale
    for step in name.split("."):
        value = getattr(value, step) if value else (None if step in ("pay",) else "")
        if isinstance(value, Model) and step != "labels" and not value:
            value = None
    if isinstance(value, Model):
        return list(value.ids) or [None]
    if value is None or (value == "" and name == "clerk.boss"):
        return [None]
    if isinstance(value, dt.datetime):
        value, part = value.astimezone(ZoneInfo(tz)), part or "day"
    if part:
        value = PERIODS[part](value)
    if isinstance(value, Decimal):
        return [format(value.quantize(Decimal("0.0001")), "f")]
    return [value.isoformat() if isinstance(value, dt.date) else value]


def plain(key: Any) -> Any:
    return key["id"] if isinstance(key, dict) else key


def make(env: Env, world: dict[str, Any], rows: list[dict[str, Any]]) -> Sale:
    """Sales of drawn values; other sales are gone."""
    env[Sale].search().delete()
    chosen = [
        {
            **row,
            "clerk": None if row["clerk"] is None else world["clerks"][row["clerk"]],
            "coin": None if row["coin"] is None else world["coins"][row["coin"]],
            "labels": [world["labels"][at].id for at in row["labels"]],
        }
        for row in rows
    ]
    made = env[Sale].create(chosen)
    env.flush()
    return made


relaxed = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(rows=st.lists(sales, max_size=12), by=st.lists(st.sampled_from(KEYS), min_size=1, max_size=2, unique=True),
       tz=st.sampled_from(ZONES))  # fmt: skip
@relaxed
def test_groups_are_those_of_python_and_the_domain_of_each_finds_its_records(
    env: Env, world: dict[str, Any], clocks: Clocks, rows: list[dict[str, Any]], by: list[str], tz: str
) -> None:
    records = make(env, world, rows)
    clocks.tz = tz
    here = env.with_context(zone=tz)
    wanted: dict[tuple[Any, ...], list[int]] = {}
    for sale in records:
        for first in keys_of(sale, by[0], tz):
            for second in keys_of(sale, by[1], tz) if len(by) > 1 else [None]:
                wanted.setdefault((first, second)[: len(by)], []).append(sale.id)
    groups = here[Sale].group(by=by, aggregates=["id:array", "pieces:sum", "score:avg", "score:count"])
    assert {tuple(plain(group[key]) for key in by): group["id:array"] for group in groups} == wanted
    assert here[Sale].group_count(by=by) == len(wanted)
    for group in groups:
        inside = records.browse(group["id:array"])
        assert set(here[Sale].search(Domain.from_wire(group["domain"])).ids) == set(inside.ids), group
        assert group["count"] == len(inside)
        assert group["pieces:sum"] == sum(inside.mapped(Sale.pieces))
        scores = [sale.score for sale in inside if sale.score is not None]
        assert group["score:count"] == len(scores)
        assert group["score:avg"] == (pytest.approx(sum(scores) / len(scores)) if scores else None)
        assert all(group[f"{key}:label"] for key in by)
    if "labels" not in by:  # a record with several labels is in several groups; else the groups are a partition
        assert sum(group["count"] for group in groups) == len(records)


@given(rows=st.lists(sales, max_size=12), least=st.integers(-3, 6),
       operator=st.sampled_from(["=", "!=", ">", "<="]))  # fmt: skip
@relaxed
def test_having_keeps_what_a_filter_of_the_groups_keeps(
    env: Env, world: dict[str, Any], rows: list[dict[str, Any]], least: int, operator: str
) -> None:
    make(env, world, rows)
    compare: dict[str, Callable[[int], bool]] = {
        "=": lambda sum: sum == least, "!=": lambda sum: sum != least,
        ">": lambda sum: sum > least, "<=": lambda sum: sum <= least,
    }  # fmt: skip
    everything = env[Sale].group(by=["clerk"], aggregates=["pieces:sum", "score:max"])
    having = Domain.term("pieces:sum", operator, least)
    kept = env[Sale].group(by=["clerk"], aggregates=["pieces:sum", "score:max"], having=having)
    assert kept == [group for group in everything if compare[operator](group["pieces:sum"])]
    assert env[Sale].group_count(by=["clerk"], having=having) == len(kept)
    both = ["|", ["score:max", "=", None], ["!", ["count", "in", [1, 2]]]]
    found = env[Sale].group(by=["clerk"], aggregates=["pieces:sum", "score:max"], having=both)
    assert found == [group for group in everything if group["score:max"] is None or group["count"] > 2]


@given(rows=st.lists(sales, max_size=10), part=st.sampled_from(["day", "week", "month", "quarter", "year"]),
       tz=st.sampled_from(ZONES))  # fmt: skip
@relaxed
def test_filled_periods_follow_each_other_without_a_hole(
    env: Env, world: dict[str, Any], clocks: Clocks, rows: list[dict[str, Any]], part: str, tz: str
) -> None:
    make(env, world, rows)
    clocks.tz = tz
    for field in ("day", "at"):
        key = f"{field}:{part}"
        bare = env[Sale].group(by=[key])
        groups = env[Sale].group(by=[key], fill=True)
        assert [group for group in groups if group["count"]] == bare
        days = [dt.date.fromisoformat(group[key]) for group in groups if group[key]]
        assert days == sorted(set(days))
        if days:
            assert days[0] == dt.date.fromisoformat(bare[0][key])
        for before, after in pairwise(days):
            assert PERIODS[part](after - dt.timedelta(days=1)) == before
        for group in groups:
            assert env[Sale].count(Domain.from_wire(group["domain"])) == group["count"]
