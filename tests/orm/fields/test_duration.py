"""Durations: whole seconds, rounded half up; negative ones; sums."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kernel.errors import ValidationError
from kernel.orm import Env
from tests.orm.fields.things import Thing

S = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (90, 90 * S),
        (-90, -90 * S),
        (1.5, 2 * S),
        (-1.5, -2 * S),
        (1.4999, S),
        (dt.timedelta(milliseconds=-400), dt.timedelta()),
        (dt.timedelta(days=400, seconds=1, microseconds=500_000), dt.timedelta(days=400, seconds=2)),
    ],
)
def test_a_duration_is_rounded_half_up_to_seconds(env: Env, given: Any, kept: dt.timedelta) -> None:
    thing, other = env[Thing].create([{"length": given}, {}])
    other.length = given
    assert thing.length == other.length == kept
    env.invalidate()
    assert thing.length == other.length == kept
    assert thing.read(["length"])[0]["length"] == kept // S


def test_durations_compare_and_sort_by_length(env: Env) -> None:
    short, long, negative = env[Thing].create(
        [{"length": 60}, {"length": dt.timedelta(days=1, hours=1)}, {"length": -60}]
    )
    search = env[Thing].search
    assert search(Thing.length > dt.timedelta(hours=24)) == long
    assert search(Thing.length < dt.timedelta()) == negative
    assert search(Thing.length == dt.timedelta(hours=25)) == long
    assert search(Thing.length.is_in([60 * S, -60 * S, dt.timedelta(hours=25)]), order="id") == short | long | negative
    assert search(order="length") == negative | short | long


def test_a_duration_is_never_unset(env: Env) -> None:
    thing = env[Thing].create({"length": None})
    assert thing.length == dt.timedelta()
    env.invalidate()
    assert env[Thing].search(Thing.length == dt.timedelta()) == thing


@pytest.mark.parametrize("wrong", ["1:30", True, 10**20, float("nan"), [1]])
def test_what_is_no_duration_is_refused(env: Env, wrong: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        env[Thing].create({"length": wrong})
    assert caught.value.field == "length"
