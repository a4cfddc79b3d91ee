"""The systems that are compared: each does a workload in one transaction, on a connection that is warm."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg

from kernel.db import Pool
from kernel.db.transaction import transaction
from kernel.orm import Env, Ports, Registry
from tests.benchmarks import by_hand, with_orm
from tests.benchmarks.data import Scale
from tests.benchmarks.models import USER, PartnerInSql, bench_ports, bench_registry


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave, in how many seconds and statements."""

    answer: Any
    seconds: float
    statements: int


class System(Protocol):
    """One column of the table."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def schema(self) -> str:
        """Where its tables are."""
        ...

    def run(self, workload: str, dsn: str, scale: Scale, given: Any) -> Run:
        """Do the work once."""
        ...


class ByHand:
    """psycopg as someone writes it who knows PostgreSQL well."""

    name = "by hand"
    schema = "hand"

    def run(self, workload: str, dsn: str, scale: Scale, given: Any) -> Run:
        """The clock runs around the transaction."""
        work = by_hand.WORK[workload]
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SELECT 1")
            started = time.perf_counter()
            with connection.transaction():
                by = by_hand.ByHand(connection, USER)
                answer = work(by, scale, given)
            return Run(answer, time.perf_counter() - started, by.statements)


class Orm:
    """Tenon's ORM: as a normal user with access rights and a record rule, or as system."""

    schema = "bench"

    def __init__(self, name: str, registry: Registry, ports: Ports) -> None:
        self.name = name
        self.registry = registry
        self.in_sql = bench_registry(PartnerInSql)
        self.ports = ports

    def run(self, workload: str, dsn: str, scale: Scale, given: Any) -> Run:
        """The clock runs around the transaction, and takes in the flush."""
        work = with_orm.WORK[workload]
        pool = Pool(1)
        try:
            with pool.connection(dsn) as connection:
                connection.execute("SELECT 1")
            started = time.perf_counter()
            with transaction(pool, dsn) as tx:
                registry = self.in_sql if workload == "W8S" else self.registry
                env = Env.open(tx, registry, self.ports, user_id=USER)
                if self.name == "system":
                    env = env.as_system("the benchmark without rights")
                answer = work(env, scale, given)
                env.flush()
            return Run(answer, time.perf_counter() - started, tx.statements)
        finally:
            pool.close()


class SqlAlchemy:
    """The ORM of SQLAlchemy."""

    name = "SQLAlchemy"
    schema = "hand"

    def __init__(self, module: Any) -> None:
        self.module = module

    def run(self, workload: str, dsn: str, scale: Scale, given: Any) -> Run:
        """A session from its first statement to its commit."""
        with psycopg.connect(dsn) as connection:
            connection.execute("SELECT 1")
            connection.rollback()
            by = self.module.Work(connection)
            started = time.perf_counter()
            with by.session.begin():
                answer = self.module.WORK[workload](by, scale, given)
            return Run(answer, time.perf_counter() - started, by.statements)


class Django:
    """Django's ORM."""

    name = "Django"
    schema = "hand"

    def __init__(self, module: Any) -> None:
        self.module = module

    def run(self, workload: str, dsn: str, scale: Scale, given: Any) -> Run:
        """One atomic block."""
        by = self.module.Work()
        with self.module.connected(dsn):
            started = time.perf_counter()
            answer = self.module.run(self.module.WORK[workload], by, scale, given)
            return Run(answer, time.perf_counter() - started, by.statements)


def own_systems() -> tuple[System, ...]:
    """Hand-written code first, which the others are compared with, and the ORM."""
    registry, ports = bench_registry(), bench_ports()
    return ByHand(), Orm("user", registry, ports), Orm("system", registry, ports)


def peers() -> tuple[System, ...]:
    """Other ORMs, as far as the extra `bench` is installed."""
    wanted: tuple[tuple[str, Callable[[Any], System]], ...] = (("sqlalchemy", SqlAlchemy), ("django", Django))
    return tuple(
        make(importlib.import_module(f"tests.benchmarks.with_{package}"))
        for package, make in wanted
        if importlib.util.find_spec(package)
    )
