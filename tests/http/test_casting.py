"""Arguments from outside become what the annotations ask for, or are refused by name."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any, Literal, cast

import pytest

from kernel.errors import DeveloperError
from kernel.http.casting import ArgumentError, cast_arguments, parameters
from kernel.orm import Env

ENV = cast(Env, None)
"""Plain types need no env."""


class Size(enum.Enum):
    """Two sizes."""

    SMALL = "s"
    LARGE = "l"


def plain(self: object, number: int, ratio: float, name: str, sure: bool = False) -> None: ...
def dated(self: object, day: dt.date, moment: dt.datetime) -> None: ...
def optional(self: object, value: int | None = None, either: int | str = 0) -> None: ...
def nested(self: object, rows: list[tuple[int, ...]], by_name: dict[str, Decimal]) -> None: ...
def chosen(self: object, size: Size, mode: Literal["fast", 2]) -> None: ...
def anything(self: object, value: Any, other: object = None) -> None: ...


def test_plain_values_pass_as_they_are() -> None:
    given = {"number": 2**62, "ratio": 1, "name": "ü", "sure": True}
    made = cast_arguments(ENV, plain, given)
    assert made == {"number": 2**62, "ratio": 1.0, "name": "ü", "sure": True}
    assert type(made["ratio"]) is float


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", True),
        ("number", 1.0),
        ("number", "1"),
        ("number", 2**63),
        ("number", None),
        ("ratio", "1"),
        ("ratio", True),
        ("ratio", float("inf")),
        ("name", 1),
        ("name", "a\0b"),
        ("sure", 1),
        ("sure", "true"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ArgumentError) as caught:
        cast_arguments(ENV, plain, {"number": 1, "ratio": 1.0, "name": "x", name: value})
    assert caught.value.text.startswith(f"{name}: ")
    assert caught.value.status == 400


def test_days_and_moments_are_read_and_moments_are_utc() -> None:
    made = cast_arguments(ENV, dated, {"day": "2026-02-28", "moment": "2026-02-28T12:00:00+02:00"})
    assert made["day"] == dt.date(2026, 2, 28)
    assert made["moment"] == dt.datetime(2026, 2, 28, 10, tzinfo=dt.UTC)
    assert made["moment"].tzinfo is dt.UTC


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", 5, "", None])
def test_what_is_no_day_is_refused(day: object) -> None:
    with pytest.raises(ArgumentError):
        cast_arguments(ENV, dated, {"day": day, "moment": "2026-02-28T12:00:00Z"})


def test_unions_take_the_first_type_that_fits() -> None:
    assert cast_arguments(ENV, optional, {"value": None}) == {"value": None}
    assert cast_arguments(ENV, optional, {"value": 3, "either": "x"}) == {"value": 3, "either": "x"}
    with pytest.raises(ArgumentError):
        cast_arguments(ENV, optional, {"either": 1.5})


def test_containers_are_cast_to_the_bottom() -> None:
    made = cast_arguments(ENV, nested, {"rows": [[1, 2], []], "by_name": {"a": "1.50"}})
    assert made == {"rows": [(1, 2), ()], "by_name": {"a": Decimal("1.50")}}
    with pytest.raises(ArgumentError, match=r"rows\[1\]\[0\]"):
        cast_arguments(ENV, nested, {"rows": [[1], ["x"]], "by_name": {}})
    with pytest.raises(ArgumentError, match=r"by_name\.a"):
        cast_arguments(ENV, nested, {"rows": [], "by_name": {"a": "much"}})


def test_choices_take_their_values_only() -> None:
    assert cast_arguments(ENV, chosen, {"size": "l", "mode": 2}) == {"size": Size.LARGE, "mode": 2}
    for wrong in ({"size": "x", "mode": 2}, {"size": "s", "mode": "slow"}, {"size": "s", "mode": True}):
        with pytest.raises(ArgumentError, match="one of"):
            cast_arguments(ENV, chosen, wrong)


def test_object_takes_any_json() -> None:
    assert cast_arguments(ENV, anything, {"value": {"a": [1]}}) == {"value": {"a": [1]}}


def test_missing_and_unknown_arguments_are_named() -> None:
    with pytest.raises(ArgumentError, match="number, ratio"):
        cast_arguments(ENV, plain, {"name": "x"})
    with pytest.raises(ArgumentError, match='Did you mean "number"'):
        cast_arguments(ENV, plain, {"nubmer": 1})


def test_a_method_that_cannot_be_cast_for_is_a_bug_of_its_addon() -> None:
    def bare(self: object, x, y: int = 0) -> None:  # type: ignore[no-untyped-def]
        del x

    def greedy(self: object, *args: int) -> None: ...

    def lost(self: object, x: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    for wrong in (bare, greedy, lost):
        with pytest.raises(DeveloperError):
            parameters(wrong)


def test_a_long_value_is_shown_shortened() -> None:
    with pytest.raises(ArgumentError) as caught:
        cast_arguments(ENV, plain, {"number": "x" * 10_000, "ratio": 1, "name": ""})
    assert len(caught.value.text) < 200
