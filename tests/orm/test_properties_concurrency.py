"""Two transactions at once, with retries: what is left is what some order of the two, one after the other, leaves.

The deeds meet in rows that both write. A snapshot does not protect those that only read what the other
one writes (docs/authors/orm/transactions.md, "Isolation"), so there are none of that kind here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Cluster, Pool
from kernel.db.transaction import retrying, transaction
from kernel.orm import Command, Env, Ports, Registry
from tests.orm import world
from tests.orm.databases import installed
from tests.orm.world import Line, Node, Tag

SOAK = bool(os.environ.get("TENON_SOAK"))
Deed = tuple[str, int, int]
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["size", "add", "price", "move", "drop", "tag"]),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def world_registry() -> Registry:
    return world.world_registry()


@pytest.fixture(scope="module")
def database(cluster: Cluster, world_registry: Registry) -> Iterator[str]:
    with installed(cluster, world_registry) as dsn:
        yield dsn


class Pair:
    """Runs two lists of deeds on a world of three nodes."""

    def __init__(self, pool: Pool, dsn: str, registry: Registry) -> None:
        self.pool, self.dsn, self.registry = pool, dsn, registry

    def begin(self) -> None:
        """The same world every time: ids included."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("TRUNCATE world.node, world.line, world.tag RESTART IDENTITY CASCADE")
        with transaction(self.pool, self.dsn) as tx:
            env = Env.open(tx, self.registry, Ports())
            tags = env[Tag].create([{"name": f"t{place}", "weight": place} for place in range(3)])
            nodes = env[Node].create([{"name": f"n{place}", "size": place, "tags": tags.ids[:2]} for place in range(3)])
            nodes[2].parent = nodes[1]
            nodes[1].parent = nodes[0]
            env[Line].create([{"node": id, "number": 1, "price": 2} for id in nodes.ids])
            env.flush()

    def run(self, deeds: list[Deed], meet: threading.Barrier | None = None) -> None:
        """One transaction, begun anew if it collides."""
        first = True

        def work() -> None:
            nonlocal first
            with transaction(self.pool, self.dsn) as tx:
                env = Env.open(tx, self.registry, Ports())
                nodes = env[Node].search(order="name")
                if meet is not None and first:
                    first = False
                    meet.wait()
                for deed in deeds:
                    do(env, nodes, *deed)
                env.flush()

        retrying(work, attempts=10)

    def state(self) -> Any:
        """Everything but ids and times, as another transaction sees it."""
        with transaction(self.pool, self.dsn) as tx:
            env = Env.open(tx, self.registry, Ports())
            for key, (stored, anew) in world.from_nothing(env).items():
                assert (key, stored) == (key, anew)
            nodes = [
                (node.name, node.size, node.parent.name, node.version, sorted(node.tags.mapped(Tag.name)),
                 sorted((line.number, line.price, line.value) for line in node.lines))
                for node in env[Node].search(order="name")
            ]  # fmt: skip
            return nodes, sorted((tag.name, tag.weight) for tag in env[Tag].search())

    def both_at_once(self, one: list[Deed], other: list[Deed]) -> Any:
        self.begin()
        meet = threading.Barrier(2, timeout=20)
        failures: list[BaseException] = []

        def guarded(deeds: list[Deed]) -> None:
            try:
                self.run(deeds, meet)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=guarded, args=(deeds,)) for deeds in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        return self.state()

    def one_after_the_other(self, *order: list[Deed]) -> Any:
        self.begin()
        for deeds in order:
            self.run(deeds)
        return self.state()


def do(env: Env, nodes: Node, kind: str, place: int, value: int) -> None:
    """One deed. What it writes often depends on what it read."""
    node = nodes[place]
    if kind == "size":
        node.size = node.total + value
    elif kind == "add":
        node.lines = [Command.create({"number": 1, "price": value})]
    elif kind == "price":
        node.lines.write(price=value)
    elif kind == "move":
        nodes[2].parent = nodes[value % 2] if value % 3 else None
    elif kind == "drop":
        node.lines[:1].delete()
    else:
        tags = env[Tag].search(order="id")
        node.tags = [Command.unlink(tags[value % 3].id) if value % 2 else Command.link(tags[value % 3].id)]


@settings(
    max_examples=400 if SOAK else 12,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(DEEDS, DEEDS)
def test_two_at_once_leave_what_one_after_the_other_leaves(
    pool: Pool, database: str, world_registry: Registry, one: list[Deed], other: list[Deed]
) -> None:
    pair = Pair(pool, database, world_registry)
    found = pair.both_at_once(one, other)
    assert found in (pair.one_after_the_other(one, other), pair.one_after_the_other(other, one))
