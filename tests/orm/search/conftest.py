"""A database with the models to be found, and envs in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import Env, Ports, Registry
from kernel.orm.schema import create_statements
from tests.orm.conftest import RolledBack
from tests.orm.search.finding import finding_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return finding_registry()


@pytest.fixture(scope="session")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(registry, "find"):
                connection.execute(statement.encode())
        yield dsn


@pytest.fixture
def tx(pool: Pool, database: str) -> Iterator[Transaction]:
    try:
        with transaction(pool, database) as opened:
            yield opened
            raise RolledBack
    except RolledBack:
        pass


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    return Env.open(tx, registry, Ports())
