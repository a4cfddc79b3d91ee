"""A database with the toy models, and an env in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import Env, Ports, Registry
from tests.orm.databases import installed, rolled_back
from tests.orm.toys import toy_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return toy_registry()


@pytest.fixture(scope="session")
def toy_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, toy_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, toy_database) as opened:
        yield opened


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
