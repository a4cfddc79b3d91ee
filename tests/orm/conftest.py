"""A database with the toy models, and an env in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import Env, Ports, Registry
from kernel.orm.schema import create_statements
from tests.orm.toys import toy_registry


class RolledBack(Exception):
    """Ends the transaction of a test without keeping anything."""


@pytest.fixture(scope="session")
def registry() -> Registry:
    return toy_registry()


@pytest.fixture(scope="session")
def toy_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(registry, "toy"):
                connection.execute(statement.encode())
        yield dsn


@pytest.fixture
def tx(pool: Pool, toy_database: str) -> Iterator[Transaction]:
    try:
        with transaction(pool, toy_database) as opened:
            yield opened
            raise RolledBack
    except RolledBack:
        pass


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    return Env.open(tx, registry, Ports())


@pytest.fixture
def counted(tx: Transaction) -> Callable[[], int]:
    """The number of statements since it was last asked."""
    seen = [tx.statements]

    def count() -> int:
        before, seen[0] = seen[0], tx.statements
        return seen[0] - before

    return count
