"""The language: variables with offsets, lists, records of the wrong model, odd texts, limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from kernel.errors import TenonError, UnknownFieldError, ValidationError
from kernel.orm import Domain, Env
from kernel.orm.domains.operators import NEGATIVE, DomainError
from tests.orm.search.finding import Item, Label, Part, Place

DAY = dt.date(2024, 1, 31)
MOMENT = dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("add", "wanted"),
    [
        ({"days": -31}, dt.date(2023, 12, 31)),
        ({"months": 1}, dt.date(2024, 2, 29)),
        ({"months": -2, "days": 1}, dt.date(2023, 12, 1)),
        ({"years": 1, "weeks": 1}, dt.date(2025, 2, 7)),
    ],
)
def test_a_day_is_moved_by_the_calendar(add: dict[str, int], wanted: dt.date) -> None:
    wire = ["sold", ">=", {"$": "today", "add": add}]
    assert Domain.from_wire(wire, variables={"today": DAY}).params == (wanted,)


def test_a_moment_is_moved_by_hours_and_in_lists() -> None:
    wire = ["seen", "in", [{"$": "now", "add": {"hours": -13}}, {"$": "now", "add": {"years": 1}}]]
    found = Domain.from_wire(wire, variables={"now": MOMENT}).params[0]
    assert found == (MOMENT - dt.timedelta(hours=13), dt.datetime(2025, 2, 28, 12, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"$": "today", "add": {"day": 1}}, 'Did you mean "days"'),
        ({"$": "today", "add": {"hours": 1}}, '"hours" cannot be added to "today"'),
        ({"$": "today", "add": {"days": 1.5}}, "an object like"),
        ({"$": "today", "add": 7}, "an object like"),
        ({"$": "today", "add": {"years": 99999}}, "cannot be moved so far"),
        ({"$": "today", "add": {"days": 10**12}}, "cannot be moved so far"),
        ({"$": "user", "add": {"days": 1}}, "moves a day or a moment"),
        ({"$": "today", "plus": {}}, "A value is plain"),
        ({"$": "tody"}, 'Did you mean "today"'),
        ({"$": ["today"]}, "A value is plain"),
    ],
)
def test_a_wrong_variable_says_what_is_wrong(value: Any, text: str) -> None:
    with pytest.raises(DomainError, match=text):
        Domain.from_wire(["sold", "=", value], variables={"today": DAY, "user": 3})


def test_the_variables_of_an_env(env: Env) -> None:
    assert env.variables().keys() == {"user", "company", "companies", "today", "now"}


@pytest.fixture
def items(env: Env) -> Item:
    shop, attic = env[Place].create([{"name": "Shop"}, {"name": "Attic"}])
    return env[Item].create(
        [
            {"name": "100% wool_x \\ y", "place": shop, "kind": "new", "labels": env[Label].create({"name": "L"}).ids},
            {"name": "lamp", "place": attic, "parts": [], "weight": 3.5},
            {"name": "Lamp shade"},
        ]
    )


def test_every_negative_operator_finds_the_others(env: Env, items: Item) -> None:
    values: dict[str, Any] = {
        "!=": "lamp", "not in": ["lamp"], "not like": "Lamp", "not ilike": "LAMP", "not starts_with": "Lamp",
        "not similar": "lamp", "not matches": "lamp",
    }  # fmt: skip
    place = items[0].place
    terms = [(Domain.term("name", op, value), Domain.term("name", NEGATIVE[op], value)) for op, value in values.items()]
    for op in ("not child_of", "not parent_of"):
        terms.append((Domain.term("place", op, place), Domain.term("place", NEGATIVE[op], place)))
    terms.append((Domain.term("labels", "not any", Domain.TRUE), Domain.term("labels", "any", Domain.TRUE)))
    assert {negative.key[1] for negative, _ in terms[:-1]} | {"not any"} == NEGATIVE.keys()
    for negative, positive in terms:
        inside, outside = env[Item].search(positive), env[Item].search(negative)
        assert inside
        assert outside
        assert not inside & outside
        assert set((inside | outside).ids) == set(items.ids)
        assert set(items.filtered(negative).ids) == set(outside.ids)


def test_lists_empty_and_with_nothing_and_very_long(env: Env, items: Item) -> None:
    def found(field: str, operator: str, value: Any) -> set[int]:
        domain = Domain.term(field, operator, value)
        ids = set(env[Item].search(domain).ids)
        assert set(items.filtered(domain).ids) == ids
        return ids

    everything = set(items.ids)
    assert found("kind", "in", []) == set()
    assert found("kind", "not in", []) == everything
    assert found("kind", "in", [None]) == everything - {items[0].id}
    assert found("kind", "not in", ["new", None]) == set()
    assert found("labels", "in", [None, 99999]) == everything - {items[0].id}
    assert found("id", "in", list(range(items[0].id, items[0].id + 10_000))) == everything
    assert found("id", "not in", range(items[0].id, items[0].id + 10_000)) == set()
    assert found("weight", "in", [n / 2 for n in range(10_000)]) == {items[1].id}
    assert found("name", "in", [f"n{n}" for n in range(9_999)] + ["lamp"]) == {items[1].id}


@pytest.mark.parametrize(("text", "count"), [("%", 1), ("_", 1), ("\\", 1), ("a_", 0), ("l%p", 0), ("LAMP", 2)])
def test_wildcards_of_a_person_are_letters(env: Env, items: Item, text: str, count: int) -> None:
    assert env[Item].count(Item.name.ilike(text)) == count
    assert len(items.filtered(Item.name.ilike(text))) == count


def test_records_as_values(env: Env, items: Item) -> None:
    shop = items[0].place
    assert env[Item].search(Item.place == shop) == items[0]
    assert env[Item].search(Item.place.is_in(items.mapped(Item.place))).ids == items.filtered("place").ids
    assert env[Item].search(Item.place == env[Place]) == items[2]
    assert env[Item].search(Item.place.not_in(env[Place])) == env[Item].search()
    assert env[Item].search(Item.place.is_in([shop, env[Place]])) == items[0] | items[2]
    assert env[Item].search(Domain.term("id", "in", items[:2])) == env[Item].search(Item.id.is_in(items[:2].ids))


@pytest.mark.parametrize("operator", ["=", "!=", "in", "child_of", "parent_of"])
def test_records_of_another_model_are_refused_before_any_sql(
    env: Env, items: Item, operator: str, counted: Callable[[], int]
) -> None:
    env.flush()
    counted()
    for path in ("place", "id" if operator not in ("child_of", "parent_of") else "place"):
        with pytest.raises(DomainError, match=r"is compared with a find\.label"):
            env[Item].search(Domain.term(path, operator, env[Label].browse(1)))
    with pytest.raises(TenonError):
        env[Item].search(Domain.term("name", "=", env[Label].browse(1)))
    assert counted() == 0


@pytest.mark.parametrize(
    ("wire", "error", "text"),
    [
        (["nam", "=", "x"], UnknownFieldError, '"name"'),
        (["place.nam", "=", "x"], UnknownFieldError, '"name"'),
        (["place.parent.items.parts.nme", "=", "x"], UnknownFieldError, '"name"'),
        (["name.x", "=", "x"], DomainError, "nothing lies behind"),
        (["id", "=", 2**63], ValidationError, "64 bits"),
        (["place", "in", [1, -(2**63) - 1]], ValidationError, "64 bits"),
        (["name", "=", "a\0b"], ValidationError, "NUL"),
        (["name", "ilike", "a\0b"], ValidationError, "NUL"),
        (["name", "similar", "a\0b"], ValidationError, "NUL"),
        (["words", "matches", "a\0b"], ValidationError, "NUL"),
        (["words", "=", "a"], DomainError, "It takes: matches"),
        (["price", "matches", "a"], DomainError, "does not fit"),
        (["sold:mounth", "=", 1], DomainError, "is no part of a date"),
        (["sold:hour", "=", 1], DomainError, "is no part of a date"),
        (["sold:month", "matches", "x"], DomainError, "does not fit"),
        (["name", "parent_off", 1], DomainError, 'Did you mean "parent_of"'),
        (["name", "child_of", 1], DomainError, "does not fit"),
        (["kind", ">", "new"], DomainError, "does not fit"),
        (["seen", "=", "2024-01-01T10:00"], ValidationError, "zone"),
        (["price", "=", "1e999999999"], ValidationError, "finite"),
        (["price", "=", "NaN"], ValidationError, "finite"),
    ],
)
def test_what_means_nothing_is_refused_before_any_sql(
    env: Env, counted: Callable[[], int], wire: Any, error: type[TenonError], text: str
) -> None:
    counted()
    with pytest.raises(error, match=text):
        env[Item].search(Domain.from_wire(wire))
    assert counted() == 0


def test_long_paths_through_every_kind_of_link(env: Env, items: Item) -> None:
    part = env[Part].create({"name": "Bulb", "item": items[1]})
    path = "item.place.items.parts.item.place.name"
    assert env[Part].search(Domain.term(path, "=", "Attic")) == part
    assert part.filtered(Domain.term(path, "!=", "Attic")) == env[Part]
    assert env[Item].search(Item.place.has(Place.items.any(Item.labels.any(Label.name == "L")))) == items[0]
    assert env[Item].search(Domain.term("shout", "like", "LAMP") & (Item.place_name == "Attic")) == items[1]
