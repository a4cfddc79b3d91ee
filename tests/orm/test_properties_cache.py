"""Random histories: the cache is what the database has, and stored computes are what computing anew gives."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import Env, Ports, Registry
from kernel.orm.schema import create_statements
from tests.orm import world
from tests.orm.world import Step

SOAK = bool(os.environ.get("TENON_SOAK"))
NAMES = [*world.ACTIONS, "back", "keep"]
STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 7), st.integers(0, 7), st.integers(0, 11)), max_size=40
)


@pytest.fixture(scope="module")
def world_registry() -> Registry:
    return world.world_registry()


@pytest.fixture(scope="module")
def world_database(cluster: Cluster, world_registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(world_registry, "world"):
                connection.execute(statement.encode())
        yield dsn


class _Back(Exception):
    """Ends a transaction without keeping anything."""


@pytest.fixture
def world_tx(pool: Pool, world_database: str) -> Iterator[Transaction]:
    try:
        with transaction(pool, world_database) as opened:
            yield opened
            raise _Back
    except _Back:
        pass


def check(tx: Transaction, registry: Registry, steps: list[Step]) -> None:
    """Run `steps` on three nodes, flush, compare, and take all back."""
    try:
        with tx.savepoint():
            env = Env.open(tx, registry, Ports())
            for place in range(3):
                world.make_tag(env, place, place + 1, 0)
                world.make_node(env, place, place, 1)
            world.run(env, steps)
            env.flush()
            seen = world.cached(env)
            assert world.fresh(env, seen) == seen
            for key, (stored, anew) in world.from_nothing(env).items():
                assert (key, stored) == (key, anew)
            raise _Back
    except _Back:
        pass


@settings(
    max_examples=int(os.environ.get("TENON_SOAK_EXAMPLES", "3000")) if SOAK else 30,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_after_any_history_cache_and_stored_values_are_right(
    world_tx: Transaction, world_registry: Registry, steps: list[Step]
) -> None:
    check(world_tx, world_registry, steps)
