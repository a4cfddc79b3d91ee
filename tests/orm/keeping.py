"""Fixtures of the models that keep files, secrets and changes; imported by the tests of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import Domain, Env, Ports, Registry
from kernel.orm.ports import Operation
from kernel.vault import Vault
from tests.orm.databases import installed, rolled_back
from tests.orm.keepers import ListLog, MemoryStorage, keep_registry

MASTER = b"m" * 32


class Everything:
    """Everybody may do everything, but `size` is hidden."""

    def allowed(self, env: Env, model: str, operation: Operation) -> bool:
        return True

    def rule(self, env: Env, model: str, operation: Operation) -> Domain | None:
        return Domain.term("note", "!=", "private") if model == "keep.folder" else None

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return frozenset({"size"}) if model == "keep.folder" else frozenset()


@dataclass(frozen=True)
class Keep:
    """An env with its ports."""

    env: Env
    tx: Transaction
    storage: MemoryStorage
    log: ListLog

    @property
    def user(self) -> Env:
        return self.env.as_user(7)


@pytest.fixture(scope="module")
def keep_database(cluster: Cluster) -> Iterator[tuple[str, Registry]]:
    registry = keep_registry()
    with installed(cluster, registry) as dsn:
        yield dsn, registry


@pytest.fixture
def keep(pool: Pool, keep_database: tuple[str, Registry]) -> Iterator[Keep]:
    dsn, registry = keep_database
    storage, log = MemoryStorage(), ListLog()
    ports = Ports(policy=Everything(), storage=storage, secrets=Vault([MASTER], "t1"), changes=log)
    with rolled_back(pool, dsn) as tx:
        yield Keep(Env.open(tx, registry, ports), tx, storage, log)
