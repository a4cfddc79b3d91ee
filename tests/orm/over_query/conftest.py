"""The shop in a database, in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import AddonModels, Env, Ports, Registry
from kernel.orm.schema import create_statements
from tests.orm.over_query.sales import SHOP, Policy, World


class RolledBack(Exception):
    """Ends the transaction of a test."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.build([AddonModels("shop", SHOP)])


@pytest.fixture(scope="module")
def shop_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(registry, "shop"):
                connection.execute(statement.encode())
        yield dsn


@pytest.fixture
def tx(pool: Pool, shop_database: str) -> Iterator[Transaction]:
    try:
        with transaction(pool, shop_database) as opened:
            yield opened
            raise RolledBack
    except RolledBack:
        pass


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
def env(tx: Transaction, registry: Registry, policy: Policy) -> Env:
    return Env.open(tx, registry, Ports(policy=policy))


@pytest.fixture
def world(env: Env) -> World:
    return World(env)
