"""A database with the models to be found, and envs in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import Env, Ports, Registry
from tests.orm.databases import installed, rolled_back
from tests.orm.search.finding import finding_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return finding_registry()


@pytest.fixture(scope="session")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, database: str) -> Iterator[Transaction]:
    with rolled_back(pool, database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    return Env.open(tx, registry, Ports())
