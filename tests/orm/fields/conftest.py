"""A database with one model of all field types, and an env in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import Registry
from kernel.orm.schema import create_statements
from tests.orm.conftest import RolledBack
from tests.orm.fields.things import things_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return things_registry()


@pytest.fixture(scope="session")
def things_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for addon in registry.addons:
                for statement in create_statements(registry, addon):
                    connection.execute(statement.encode())
        yield dsn


@pytest.fixture
def tx(pool: Pool, things_database: str) -> Iterator[Transaction]:
    try:
        with transaction(pool, things_database) as opened:
            yield opened
            raise RolledBack
    except RolledBack:
        pass
