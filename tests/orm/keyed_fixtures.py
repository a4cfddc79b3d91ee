"""A database with the keyed toys, and an env in it that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import Domain, Env, Ports, Registry
from kernel.orm.ports import Operation
from tests.orm.databases import installed, rolled_back
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
    with installed(cluster, shop_registry) as dsn:
        yield dsn


@pytest.fixture
def shop_tx(pool: Pool, shop_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, shop_database) as opened:
        yield opened


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
