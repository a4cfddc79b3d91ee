"""Rows of a search in wire form come a short way; the long one, over the cache by `read`, says the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.orm import Domain, Env
from kernel.orm.reading.reading import counted_read
from tests.orm.fields.test_round_trip import VALUES, often
from tests.orm.fields.things import Currency, Thing

SHORT = [*VALUES, "created_at", "password", "currency", "id"]


def the_long_way(env: Env, ids: tuple[int, ...], names: list[str]) -> list[dict[str, Any]]:
    env.invalidate()
    return env[Thing].browse(ids).read(names)


@often
@given(data=st.data())
def test_search_read_and_read_say_the_same_of_any_values(env: Env, data: st.DataObject) -> None:
    euro = env[Currency].create({"name": data.draw(VALUES["name"]) or "x"})
    rows = data.draw(st.lists(st.fixed_dictionaries({}, optional=VALUES), min_size=1, max_size=4))
    things = env[Thing].create([{**row, "currency": data.draw(st.sampled_from([None, euro.id]))} for row in rows])
    names = data.draw(st.lists(st.sampled_from(SHORT), unique=True))
    among = Domain.term("id", "in", things)
    found = env[Thing].search_read(among, names, order="id")
    assert found == the_long_way(env, things.ids, names)
    assert counted_read(env[Thing], among, names, "id", len(things), 0) == (found, len(things))
    assert env[Thing].page_read(among, names, order="id", limit=9) == (found, "")


def test_days_and_amounts_are_written_alike_by_the_database(env: Env) -> None:
    values: list[dict[str, Any]] = [
        {"day": dt.date(1, 1, 1), "exact": Decimal("0.001"), "amount": Decimal("-0.0001")},
        {"day": dt.date(999, 12, 31), "exact": Decimal("-123456789.999"), "amount": Decimal("1e12")},
        {"day": dt.date(9999, 12, 31), "exact": Decimal(0), "amount": 5},
        {"day": None},
    ]
    things = env[Thing].create(values)
    names = ["day", "exact", "amount"]
    found = env[Thing].search_read(Domain.term("id", "in", things), names, order="id")
    assert [row["day"] for row in found] == ["0001-01-01", "0999-12-31", "9999-12-31", None]
    assert [row["exact"] for row in found] == ["0.001", "-123456789.999", "0.000", "0.000"]
    assert [row["amount"] for row in found] == ["-0.0001", "1000000000000.0000", "5.0000", "0.0000"]
    assert found == the_long_way(env, things.ids, names)


def test_the_way_over_rows_asks_no_cache(env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    env[Thing].create({"day": dt.date(2026, 1, 31), "name": "here"})
    env.flush()
    monkeypatch.setattr(env.work, "fill", lambda *_: pytest.fail("the cache is not asked"))
    assert env[Thing].search_read(Thing.name == "here", ["day"])[0]["day"] == "2026-01-31"


def test_a_page_and_the_number_of_all_cost_one_statement(env: Env) -> None:
    things = env[Thing].create([{"name": f"n{i}", "kind": "a"} for i in range(7)])
    env.flush()
    among = Domain.term("id", "in", things) & (Thing.name.ilike("n")) & ~(Thing.kind == "b")
    before = env.tx.statements
    rows, total = counted_read(env[Thing], among, ["name"], "name desc", 3, 2)
    assert env.tx.statements == before + 1
    assert ([row["name"] for row in rows], total) == (["n4", "n3", "n2"], 7)


@pytest.mark.parametrize(("offset", "found"), [(0, 2), (2, 0), (99, 0)])
def test_behind_the_last_page_the_number_of_all_is_right(env: Env, offset: int, found: int) -> None:
    things = env[Thing].create([{}, {}])
    rows, total = counted_read(env[Thing], Domain.term("id", "in", things), ["name"], None, 5, offset)
    assert (len(rows), total) == (found, 2)


def test_of_no_records_the_number_is_none_without_counting(env: Env) -> None:
    env.flush()
    before = env.tx.statements
    assert counted_read(env[Thing], Domain.FALSE, ["name"], None, 5, 0) == ([], 0)
    assert env.tx.statements == before + 1


def test_a_text_search_counts_with_its_words_and_sorts_by_relevance(env: Env) -> None:
    env[Thing].create([{"name": "searching"}, {"name": "search"}])
    rows, total = counted_read(env[Thing], Domain.term("name", "similar", "search"), ["name"], "relevance", 1, 0)
    assert ([row["name"] for row in rows], total) == (["search"], 2)
