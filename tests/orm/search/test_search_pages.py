"""Pages by the last record: the whole list, whatever the order; and any number of records in bounded memory."""

from __future__ import annotations

import datetime as dt
import gc
import random
import tracemalloc
from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.errors import ValidationError
from kernel.orm import Domain, Env
from kernel.orm.query.cursor import write_cursor
from kernel.orm.query.order import parse_order
from tests.orm.search.finding import Item, Place

ORDERS = [
    "",
    "id",
    "id desc",
    "price, id",
    "price desc, id desc",
    "price desc, name",
    "sold",
    "sold desc",
    "sold, weight desc, name",
    "weight desc, sold desc, id desc",
    "place, name desc",
    "place.name desc, sold",
    "kind, archived desc, price",
    "seen desc, name",
    "place_name, price",
]


@pytest.fixture
def items(env: Env) -> Item:
    dice = random.Random(7)
    places = env[Place].create([{"name": f"P{n % 3}"} for n in range(5)])
    start = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
    made = env[Item].create(
        [
            {
                "name": dice.choice(["a", "B", "ä", 'q"', "c\\", "%"]),
                "price": Decimal(dice.randrange(3)) / 3,
                "weight": dice.choice([None, 0.1, 0.1 + 0.2, 1e300]),
                "sold": dice.choice([None, dt.date(2026, 1, 1), dt.date(2026, 1, 2)]),
                "seen": dice.choice([None, start + dt.timedelta(microseconds=dice.randrange(3))]),
                "kind": dice.choice([None, "new", "old"]),
                "place": dice.choice([None, *places.ids]),
                "archived": dice.random() < 0.2,
            }
            for _ in range(97)
        ]
    )
    env.flush()
    return made


@pytest.mark.parametrize("order", ORDERS)
def test_pages_are_the_whole_list(env: Env, items: Item, order: str) -> None:
    whole = env[Item].search(order=order or None)
    found: list[int] = []
    after = ""
    for _ in range(100):
        page, after = env[Item].search_page(order=order or None, limit=7, after=after)
        found += page.ids
        if not after:
            break
    assert tuple(found) == whole.ids
    assert len(page) == len(whole) % 7


def test_records_that_come_and_go_between_pages_disturb_no_others(env: Env, items: Item) -> None:
    whole = env[Item].search(order="price, id")
    first, after = env[Item].search_page(order="price, id", limit=20)
    env[Item].create({"name": "before", "price": Decimal(-1)})
    late = env[Item].create({"name": "behind", "price": Decimal(9)})
    first.delete()
    rest, after = env[Item].search_page(order="price, id", limit=1000, after=after)
    assert rest == whole[20:] + late
    assert after == ""


def test_one_statement_per_page_which_begins_with_an_index(env: Env, items: Item, counted: Callable[[], int]) -> None:
    _, after = env[Item].search_page(order="price, id", limit=10)
    counted()
    env.tx.log = []
    env[Item].search_page(order="price, id", limit=10, after=after, fetch=["name"])
    assert counted() == 1
    assert "(t0.price, t0.id) > (" in env.tx.log[-1]
    env.sql("SET LOCAL enable_seqscan = off")
    env.sql("SET LOCAL enable_bitmapscan = off")
    sql = env.tx.log[0].replace("%s::TEXT", "'1'::TEXT").replace("%s::BIGINT", "11").replace("%s", "'1'")
    plan = "\n".join(row[0] for row in env.sql(f"EXPLAIN {sql}"))
    assert "Index Cond: (ROW(price, id) > ROW" in plan or "item_price_idx" in plan


STRANGE = ["x", "=", "é", "bnVsbA", "W10", "WyJhIl0", "[" * 9, "a" * 10_000, "WyIiLCJcdTAwMDAiXQ"]


@pytest.mark.parametrize("after", STRANGE)
def test_what_is_no_cursor_is_refused_before_any_sql(env: Env, counted: Callable[[], int], after: str) -> None:
    counted()
    with pytest.raises(ValidationError, match="next page"):
        env[Item].search_page(after=after)
    assert counted() == 0


def test_a_cursor_belongs_to_its_order(env: Env, items: Item) -> None:
    _, after = env[Item].search_page(order="name", limit=3)
    with pytest.raises(ValidationError, match="of another order"):
        env[Item].search_page(order="name desc", limit=3, after=after)
    with pytest.raises(ValidationError, match="one record or more"):
        env[Item].search_page(limit=0)


def test_a_forged_cursor_finds_nothing_else_than_a_place(env: Env, items: Item) -> None:
    terms = parse_order(env.registry.model("find.item"), "price")
    with pytest.raises(ValidationError, match="no cursor"), env.savepoint():
        env[Item].search_page(order="price", after=write_cursor(terms, ("no number", "1")))
    assert env[Item].search_page(order="price", after=write_cursor(terms, ("1e5", "1"))).records == env[Item]


def test_iterate_reads_everything_and_keeps_one_batch(env: Env, items: Item) -> None:
    wanted = env[Item].search().ids
    env.invalidate()
    seen: list[int] = []
    column = env.registry.model("find.item").fields["name"].index
    for batch in env[Item].iterate(batch=10, fetch=["name"]):
        assert len(batch) <= 10
        for item in batch:
            assert item.name
        assert len(env.work.columns[column]) <= 11
        seen += batch.ids
    assert tuple(seen) == wanted


def test_the_memory_of_iterate_does_not_grow_from_batch_to_batch(env: Env, items: Item) -> None:
    env[Item].create([{"name": f"more {number}", "notes": "x" * 500} for number in range(2000)])
    env.invalidate()
    env.work.created.clear()
    held: list[int] = []
    tracemalloc.start()
    try:
        for batch in env[Item].iterate(order="id", batch=100, fetch=["name", "notes"]):
            assert all(item.name or item.notes for item in batch)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    *_, last, _ = held  # the very last batch is a small one
    assert len(held) > 20
    assert last - held[2] < 20_000  # a batch of these has 100 KB


def test_iterate_writes_what_a_batch_has_changed(env: Env, items: Item) -> None:
    for batch in env[Item].iterate(order="id", batch=25):
        for item in batch:
            item.notes = f"seen {item.id}"
    assert env[Item].count(Domain.term("notes", "starts_with", "seen ")) == env[Item].count()
    assert list(env[Item].iterate(Domain.FALSE)) == []
