"""A database with the keyed toys, and an env in it that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import Domain, Env, Ports, Registry
from kernel.orm.ports import Operation
from kernel.orm.schema import create_statements
from tests.orm.conftest import RolledBack
from tests.orm.keyed_toys import Users, keyed_registry


class Everything:
    """Everybody may do everything."""

    def allowed(self, env: Env, model: str, operation: Operation) -> bool:
        return True

    def rule(self, env: Env, model: str, operation: Operation) -> Domain | None:
        return None

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return frozenset()


@pytest.fixture(scope="module")
def shop_registry() -> Registry:
    return keyed_registry()


@pytest.fixture(scope="module")
def shop_database(cluster: Cluster, shop_registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(shop_registry, "shop"):
                connection.execute(statement.encode())
        yield dsn


@pytest.fixture
def shop_tx(pool: Pool, shop_database: str) -> Iterator[Transaction]:
    try:
        with transaction(pool, shop_database) as opened:
            yield opened
            raise RolledBack
    except RolledBack:
        pass


@pytest.fixture
def shop(shop_tx: Transaction, shop_registry: Registry) -> Env:
    """The system's env of company 1, in English."""
    return Env.open(shop_tx, shop_registry, Ports(policy=Everything(), users=Users())).with_company(1)


@pytest.fixture
def asked(shop_tx: Transaction) -> Callable[[], int]:
    """The number of statements since it was last asked."""
    seen = [shop_tx.statements]

    def count() -> int:
        before, seen[0] = seen[0], shop_tx.statements
        return seen[0] - before

    return count
