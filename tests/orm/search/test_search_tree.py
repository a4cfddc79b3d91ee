"""Trees: child_of and parent_of, ancestors and descendants, and no record below itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from kernel.db import Pool
from kernel.db.transaction import Transaction, is_conflict, transaction
from kernel.errors import BusyError, ValidationError
from kernel.orm import Domain, Env, Ports, Registry
from kernel.orm.domains.operators import DomainError
from tests.orm.search.finding import Item, Label, Place


def chain(env: Env, length: int) -> Place:
    """Places, each part of the one before."""
    places = env[Place].create([{"name": f"P{n:04}"} for n in range(length)])
    for above, below in itertools.pairwise(places):
        below.parent = above
    env.flush()
    return places


def test_child_of_and_parent_of_reach_a_thousand_levels(env: Env, counted: Callable[[], int]) -> None:
    places = chain(env, 1001)
    env.invalidate()
    counted()
    assert env[Place].search(Domain.term("id", "child_of", places[0])) == places
    assert env[Place].search(Domain.term("id", "parent_of", places[-1])) == places
    assert counted() == 2
    assert places.filtered(Domain.term("id", "child_of", places[0])) == places
    assert places.filtered(Domain.term("id", "parent_of", places[-1])) == places
    assert places[500].ancestors() == places[499::-1]
    assert counted() <= 3
    assert places[500].descendants() == places[501:]


def test_several_roots_and_negation(env: Env) -> None:
    places = chain(env, 6)
    other = chain(env, 3)
    roots = places[4] | other[1]
    below = Domain.term("id", "child_of", roots)
    assert set(env[Place].search(below).ids) == {*places[4:].ids, *other[1:].ids}
    assert set(env[Place].search(~below).ids) == {*places[:4].ids, other[0].id}
    assert env[Place].search(Domain.term("id", "not child_of", roots)) == env[Place].search(~below)
    above = Domain.term("id", "parent_of", roots)
    assert set(env[Place].search(above).ids) == {*places[:5].ids, *other[:2].ids}
    for domain in (below, ~below, above, ~above):
        assert env[Place].search().filtered(domain) == env[Place].search(domain)


def test_on_links_of_every_kind(env: Env) -> None:
    places = chain(env, 5)
    item, stray = env[Item].create([{"name": "Lamp", "place": places[2]}, {"name": "Lost"}])
    assert env[Item].search(Item.place.child_of(places[1])) == item
    assert env[Item].search(Item.place.parent_of(places[3])) == item
    assert env[Item].search(~Item.place.parent_of(places[1])) == item | stray
    assert env[Place].search(Place.parent.child_of(places[2])) == places[3:]
    assert env[Place].search(Place.children.parent_of(places[4])) == places[:4]
    assert env[Place].search(Place.items.any(Item.place.child_of(places[0].id))) == places[2]
    assert not env[Item].search(Item.place.child_of(env[Place]))


def test_unwritten_moves_count(env: Env) -> None:
    places = chain(env, 4)
    places[3].parent = places[0]
    assert places.filtered(Domain.term("id", "child_of", places[2])) == places[2]
    new = env[Place].create({"name": "New", "parent": places[3]})
    assert new.ancestors() == places[3] | places[0]
    assert env[Place].search(Domain.term("id", "child_of", places[3])) == new | places[3]


def test_a_circle_in_the_table_ends_the_walk(env: Env) -> None:
    places = chain(env, 3)
    env.sql('UPDATE "find"."place" SET parent_id = %s WHERE id = %s', (places[2].id, places[0].id))
    env.invalidate()
    for operator in ("child_of", "parent_of"):
        domain = Domain.term("id", operator, places[1])
        assert set(env[Place].search(domain).ids) == set(places.ids)
        assert set(places.filtered(domain).ids) == set(places.ids)


def test_the_index_of_the_link_is_used(env: Env) -> None:
    places = chain(env, 20)
    env.sql("SET LOCAL enable_seqscan = off")
    env.tx.log = []
    env[Place].search(Domain.term("id", "child_of", places[3]))
    sql = env.tx.log[-1].replace("%s", "'{1}'")
    plan = "\n".join(row[0] for row in env.sql(f"EXPLAIN {sql}"))
    assert "place_parent_id_idx" in plan


def test_a_model_without_a_tree_says_so(env: Env) -> None:
    with pytest.raises(DomainError, match=r"find\.label is no tree"):
        env[Label].search(Domain.term("id", "parent_of", 1))


def test_a_record_cannot_be_put_below_itself(env: Env) -> None:
    places = chain(env, 4)
    circle = r"cannot be below itself: P0000 < P0002 < P0001 < P0000"
    with pytest.raises(ValidationError, match=circle) as caught, env.savepoint():
        places[0].parent = places[2]
    assert caught.value.as_json()["record"] == ["find.place", places[0].id]
    assert caught.value.as_json()["field"] == "parent"
    with pytest.raises(ValidationError, match="P0003 < P0003"), env.savepoint():
        places[3].parent = places[3]
    assert not places[0].parent


def test_new_records_cannot_form_a_circle(env: Env) -> None:
    one, two = env[Place].create([{"name": "One"}, {"name": "Two"}])
    with pytest.raises(ValidationError, match="below itself"):
        one.parent, two.parent = two, one
        env.flush()


def test_records_may_swap_places_in_one_flush(env: Env) -> None:
    places = chain(env, 3)
    places[0].parent = places[2]
    places[1].parent = env[Place]
    env.flush()
    assert places[0].ancestors() == places[2] | places[1]


def test_a_batch_of_moves_is_checked_by_one_query(env: Env, counted: Callable[[], int]) -> None:
    top, other = env[Place].create([{"name": "Top"}, {"name": "Other"}])
    many = env[Place].create([{"name": f"N{n}", "parent": top} for n in range(300)])
    env.flush()
    counted()
    many.write(parent=other)
    env.flush()
    assert counted() <= 4


def test_two_transactions_cannot_make_a_circle_together(pool: Pool, database: str, registry: Registry) -> None:
    def opened(tx: Transaction) -> Env:
        return Env.open(tx, registry, Ports())

    with transaction(pool, database) as tx:
        env = opened(tx)
        one, two = env[Place].create([{"name": "One"}, {"name": "Two"}]).ids
        env.flush()
    with transaction(pool, database) as first, transaction(pool, database) as second:
        here, there = opened(first), opened(second)
        assert there[Place].browse(two).name == "Two"
        here[Place].browse(one).parent = here[Place].browse(two)
        here.flush()
        there[Place].browse(two).parent = there[Place].browse(one)
        second.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(Exception) as caught:
            there.flush()
        assert is_conflict(caught.value) or isinstance(caught.value, BusyError)
        second.rollback()
        second.dead = None
        second.begin(False)
