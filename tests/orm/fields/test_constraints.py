"""Each kind of constraint, violated in the middle of a batch: its message, its field, and the record at fault."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import ValidationError
from kernel.orm import Env
from tests.orm.fields.things import UTC, Rule, Stage, Thing

D = dt.date(2026, 1, 1)
HOUR = dt.timedelta(hours=1)
LATER = dt.datetime(2031, 1, 1, tzinfo=UTC)
M = dt.datetime(2026, 1, 1, 8, 30, 0, 500_000, tzinfo=UTC)


def days(first: int, last: int) -> Any:
    return dt.date(2026, 1, first), dt.date(2026, 1, last)


def hours(first: int, last: int) -> Any:
    return tuple(dt.datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (first, last))


Row = dict[str, Any]
CASES: dict[str, tuple[list[Row], Row, str, str]] = {
    "check": ([{}], {"price": Decimal("100.01")}, "That is too dear.", "price"),
    "unique over text and date": (
        [{"code": "a, b", "day": D}],
        {"code": "a, b", "day": D},
        "This code is taken on that day.",
        "code",
    ),
    "unique over moment and Enum": (
        [{"moment": M, "stage": Stage.NEW}],
        {"moment": M, "stage": Stage.NEW},
        "This moment is taken.",
        "moment",
    ),
    "unique with unset links equal": (
        [{"price": Decimal("5.50")}],
        {"price": Decimal("5.50"), "code": "other"},
        "This thing has that price.",
        "thing",
    ),
    "exclude over days": (
        [{"room": 1, "days": days(1, 5)}],
        {"room": 1, "days": days(4, 9)},
        "The room is taken.",
        "room",
    ),
    "exclude over open days": (
        [{"room": 1, "days": (None, dt.date(2026, 1, 5))}],
        {"room": 1, "days": (dt.date(2026, 1, 4), None)},
        "The room is taken.",
        "room",
    ),
    "exclude over moments": (
        [{"room": 2, "moments": hours(1, 5)}],
        {"room": 2, "moments": hours(4, 9)},
        "The room is busy.",
        "room",
    ),
}


def filler(number: int) -> Row:
    """A record that breaks nothing, in the same room as the one that does."""
    return {
        "code": f"filler {number}",
        "price": Decimal(number) / 100 + 10,
        "room": number % 3,
        "days": (dt.date(2030, 1, 1) + dt.timedelta(days=number), dt.date(2030, 1, 2) + dt.timedelta(days=number)),
        "moments": (LATER + number * HOUR, LATER + (number + 1) * HOUR),
    }


def price(number: int) -> Row:
    return {"price": Decimal(number) / 100 + 50}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("count", [20, 400])
def test_a_created_batch_names_the_record(env: Env, name: str, count: int) -> None:
    before, wrong, message, field = CASES[name]
    env[Rule].create([{**price(n), **row} for n, row in enumerate(before)])
    env.flush()
    rows = [filler(n) for n in range(count)]
    rows[count // 2] = {**price(77), **wrong}
    made = env[Rule].create(rows)
    with pytest.raises(ValidationError) as caught:
        env.flush()
    assert caught.value.text == message
    assert caught.value.field == field
    assert caught.value.record == ["thing.rule", made[count // 2].id]


@pytest.mark.parametrize("name", CASES)
def test_a_written_batch_names_the_record(env: Env, name: str) -> None:
    before, wrong, message, field = CASES[name]
    env[Rule].create([{**price(n), **row} for n, row in enumerate(before)])
    rules = env[Rule].create([filler(n) for n in range(20)])
    env.flush()
    for number, rule in enumerate(rules):
        for key, value in (wrong if number == 11 else filler(number + 100)).items():
            setattr(rule, key, value)
    with pytest.raises(ValidationError) as caught:
        env.flush()
    assert caught.value.text == message
    assert (caught.value.record, caught.value.field) == (["thing.rule", rules[11].id], field)


def test_the_later_of_two_equal_records_of_a_batch_is_at_fault(env: Env) -> None:
    made = env[Rule].create([{**price(1), "code": "x", "day": D}, price(2), {**price(3), "code": "x", "day": D}])
    with pytest.raises(ValidationError) as caught:
        env.flush()
    assert caught.value.record == ["thing.rule", made[2].id]


def test_empty_texts_and_unset_links_do_not_collide(env: Env) -> None:
    env[Rule].create([{"day": D, **price(1)}, {"day": D, **price(2)}])
    env.flush()


def test_a_required_text_and_a_missing_link_name_the_record(env: Env) -> None:
    with pytest.raises(ValidationError, match="Label must be filled in"), env.savepoint():
        env[Rule].create([price(1), {**price(2), "label": ""}])
    made = env[Rule].create([price(1), {**price(2), "thing": 10**9}])
    with pytest.raises(ValidationError, match="record 1000000000 does not exist") as caught:
        env.flush()
    assert (caught.value.record, caught.value.field) == (["thing.rule", made[1].id], "thing")


def test_a_savepoint_survives_the_violation(env: Env) -> None:
    env[Rule].create({"code": "x", "day": D})
    with pytest.raises(ValidationError), env.savepoint():
        env[Rule].create({"code": "x", "day": D, "price": 1})
    assert env[Rule].count(Rule.code == "x") == 1


def test_a_text_too_long_for_its_index_names_record_and_field(env: Env) -> None:
    text = random.Random(1).randbytes(6000).hex()
    made = env[Thing].create([{"label": "short"}, {"label": text}, {}])
    with pytest.raises(ValidationError, match="Thing, Label: the text is too long for the index") as caught:
        env.flush()
    assert (caught.value.record, caught.value.field) == (["thing.thing", made[1].id], "label")


def test_where_only_postgresql_knows_the_part_of_a_key_no_wrong_record_is_named(env: Env) -> None:
    made = env[Rule].create([{**price(1), "room": 5, "first": D}, {**price(2), "room": 5, "first": D}])
    with pytest.raises(ValidationError, match="One guest a day") as caught:
        env.flush()
    assert len(made) == 2
    assert caught.value.record == ["thing.rule", None]
    assert caught.value.field == "room"
