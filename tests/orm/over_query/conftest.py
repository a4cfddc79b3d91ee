"""The shop in a database, in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import AddonModels, Env, Ports, Registry
from tests.orm.databases import installed, rolled_back
from tests.orm.over_query.sales import SHOP, Policy, World


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.build([AddonModels("shop", SHOP)])


@pytest.fixture(scope="module")
def shop_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, shop_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, shop_database) as opened:
        yield opened


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
def env(tx: Transaction, registry: Registry, policy: Policy) -> Env:
    return Env.open(tx, registry, Ports(policy=policy))


@pytest.fixture
def world(env: Env) -> World:
    return World(env)
