"""Integer, Float, Decimal, Boolean: exact, or refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import ValidationError
from kernel.orm import Env
from tests.orm.fields.things import Thing

N = Decimal
WRONG: list[tuple[str, Any, str]] = [
    ("whole", 2**63, "out of range"),
    ("whole", -(2**63) - 1, "out of range"),
    ("whole", 1.0, "is no int"),
    ("whole", True, "is no int"),
    ("whole", "5", "is no int"),
    ("whole_or_not", 2**63, "out of range"),
    ("measure", float("nan"), "not a finite number"),
    ("measure", float("inf"), "not a finite number"),
    ("measure", float("-inf"), "not a finite number"),
    ("measure", 2**53 + 1, "cannot be kept exactly"),
    ("measure", 10**400, "too large"),
    ("measure", "1", "is no number"),
    ("measure", False, "is no number"),
    ("exact", N("NaN"), "not a finite number"),
    ("exact", N("Infinity"), "not a finite number"),
    ("exact", N("1000000000"), "more than 9 digits before the point"),
    ("exact", N("999999999.9995"), "more than 9 digits before the point"),
    ("exact", N("1e999999"), "more than 9 digits before the point"),
    ("exact", 1.5, "binary float"),
    ("exact", "ten", "is no number"),
    ("exact", True, "is no number"),
    ("flag", 1, "is no bool"),
    ("flag", "true", "is no bool"),
]


@pytest.mark.parametrize(("field", "wrong", "message"), WRONG)
def test_wrong_numbers_are_refused_everywhere_by_name(env: Env, field: str, wrong: Any, message: str) -> None:
    thing = env[Thing].create({})
    for attempt in (
        lambda: env[Thing].create({field: wrong}),
        lambda: setattr(thing, field, wrong),
        lambda: (thing | thing.copy()).write(**{field: wrong}),
    ):
        with pytest.raises(ValidationError, match=message) as caught:
            attempt()
        assert caught.value.field == field
    good = {"flag": True, "measure": 1.0, "exact": N(1)}.get(field, 1)
    with pytest.raises(ValidationError, match=message) as caught:
        env[Thing].create([{field: good}] * 999 + [{field: wrong}])
    assert caught.value.details["position"] == 1000


def test_a_position_is_found_among_records_without_the_field(env: Env) -> None:
    with pytest.raises(ValidationError) as caught:
        env[Thing].create([{}, {"whole": 1}, {"whole": "x"}])
    assert caught.value.details["position"] == 3


@pytest.mark.parametrize(
    ("given", "kept"),
    [("0.0005", "0.001"), ("-0.0005", "-0.001"), ("1.2344999", "1.234"), ("999999999.9994", "999999999.999"), (7, "7")],
)
def test_decimals_are_rounded_half_up_to_their_digits(env: Env, given: Any, kept: str) -> None:
    thing = env[Thing].create({"exact": given})
    assert thing.exact == N(kept)
    env.invalidate()
    assert thing.exact == N(kept)


def test_the_wire_form_of_a_decimal_is_the_same_before_and_after_the_flush(env: Env) -> None:
    things = env[Thing].create([{}, {"exact": 2}, {"exact": N("-0.0001")}])
    field = env.registry.model("thing.thing").fields["exact"].field
    before = [field.to_wire(thing.exact) for thing in things]
    env.invalidate()
    assert before == [row["exact"] for row in things.read(["exact"])] == ["0.000", "2.000", "0.000"]


def test_the_ends_of_the_ranges_are_kept(env: Env) -> None:
    values = {
        "whole": 2**63 - 1,
        "whole_or_not": -(2**63),
        "measure": 1.7976931348623157e308,
        "exact": N("-999999999.999"),
    }
    thing, tiny = env[Thing].create([values, {"measure": 5e-324}])
    env.invalidate()
    assert {name: getattr(thing, name) for name in values} == values
    assert tiny.measure == 5e-324


def test_unset_numbers_are_zero_unless_nullable(env: Env) -> None:
    thing = env[Thing].create({"whole": None, "measure": None, "exact": None, "flag": None})
    for _ in range(2):
        assert (thing.whole, thing.measure, thing.flag, thing.whole_or_not) == (0, 0.0, False, None)
        assert thing.exact == 0
        env.invalidate()


def test_numbers_of_the_wire_are_read_exactly(env: Env) -> None:
    bound = env.registry.model("thing.thing").fields["exact"]
    assert bound.field.from_wire(0.1, bound) == N("0.100")
    assert bound.field.from_wire("10.50", bound) == N("10.500")
