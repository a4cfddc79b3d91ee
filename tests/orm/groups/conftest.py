"""A database with the till, and envs in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction, transaction
from kernel.orm import AddonModels, Env, Ports, Registry
from tests.orm.databases import installed
from tests.orm.groups.till import Clerk, Clocks, Coin, Label, Policy, Sale


@pytest.fixture(scope="package")
def till(cluster: Cluster) -> Iterator[tuple[str, Registry]]:
    registry = Registry.build([AddonModels("till", (Coin, Clerk, Label, Sale))])
    with installed(cluster, registry) as dsn:
        yield dsn, registry


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


class Done(Exception):
    """Ends a test's transaction."""


@pytest.fixture
def tx(pool: Pool, till: tuple[str, Registry]) -> Iterator[Transaction]:
    try:
        with transaction(pool, till[0]) as opened:
            yield opened
            raise Done
    except Done:
        pass


@pytest.fixture
def env(tx: Transaction, till: tuple[str, Registry], policy: Policy, clocks: Clocks) -> Env:
    """The system's, acting for a user whose clock is set."""
    return Env.open(tx, till[1], Ports(policy=policy, users=clocks), user_id=1).as_system("a test")


@pytest.fixture
def user(env: Env) -> Env:
    return env.as_user(1)


@pytest.fixture
def world(env: Env) -> dict[str, Any]:
    """Currencies, clerks and labels that sales can be of."""
    coins = env[Coin].create([{"code": "EUR"}, {"code": "USD"}])
    boss = env[Clerk].create({"name": "Boss", "rank": 3, "pay": 90})
    clerks = env[Clerk].create(
        [{"name": "Ann", "rank": 2, "pay": 10, "boss": boss}, {"name": "Bob", "rank": 1, "pay": 20}]
    )
    labels = env[Label].create([{"name": "red"}, {"name": "blue", "open": False}, {"name": "green"}])
    return {"coins": coins, "clerks": clerks | boss, "labels": labels}
