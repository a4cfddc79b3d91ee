"""A database with one model of all field types, and an env in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import Registry
from tests.orm.databases import installed, rolled_back
from tests.orm.fields.things import things_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return things_registry()


@pytest.fixture(scope="session")
def things_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, things_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, things_database) as opened:
        yield opened
