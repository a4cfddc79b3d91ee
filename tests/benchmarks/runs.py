"""Runs the workloads: every system in turn, each run in a transaction of its own, on a database of its own.

A run that writes gets a fresh copy of the loaded database, so that it always meets the same pages. The
connection is made and warm before the clock starts; the clock stops after COMMIT.
"""

from __future__ import annotations

import gc
import hashlib
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import transaction
from kernel.orm import Env
from kernel.orm.schema import create_statements
from tests.benchmarks import by_hand, with_orm
from tests.benchmarks.data import Scale
from tests.benchmarks.models import USER, bench_ports, bench_registry
from tests.benchmarks.workloads import Workload

SYSTEMS = ("by hand", "user", "system")
SUM = (
    "SELECT count(*), md5(string_agg(concat_ws('|', name, ref, email, city, credit, birthday, parent_id, display), ','"
    " ORDER BY ref)) FROM {0}.partner UNION ALL SELECT count(*), md5(string_agg(concat_ws('|', partner_id, tag_id),"
    " ',' ORDER BY partner_id, tag_id)) FROM {0}.partner_tags"
)


@dataclass(slots=True)
class Result:
    """What one system took for one workload."""

    times: list[float] = field(default_factory=list)
    statements: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.times)


class Bench:
    """The loaded databases, and how a run is made."""

    def __init__(self, cluster: Cluster, scale: Scale) -> None:
        self.cluster = cluster
        self.scale = scale
        self.registry = bench_registry()
        self.ports = bench_ports()
        self.loaded: dict[str, str] = {}

    @contextmanager
    def open(self) -> Iterator[Bench]:
        """Make and fill one database per schema."""
        with scratch_database(self.cluster) as hand, scratch_database(self.cluster) as bench:
            for schema, dsn in (("hand", hand), ("bench", bench)):
                statements = [by_hand.SCHEMA] if schema == "hand" else create_statements(self.registry, "bench")
                with psycopg.connect(dsn, autocommit=True) as connection:
                    for statement in statements:
                        connection.execute(statement.encode())
                    by_hand.load(connection, schema, self.scale)
                self.loaded[schema] = dsn
            yield self

    def compare(self, workload: Workload, systems: Iterable[str] = SYSTEMS) -> dict[str, Result]:
        """Every system in turn, as often as the scale says; they must all come to the same answer."""
        results = {system: Result() for system in systems}
        answers: dict[str, Any] = {}
        for _ in range(self.scale.rounds):
            for system, result in results.items():
                with self._database(system, workload) as dsn:
                    answers[system] = self._once(system, workload, dsn, result)
        first, *others = answers.values()
        if any(other != first for other in others):
            raise AssertionError(f"{workload.name}: the systems do not come to the same answer.")
        return results

    @contextmanager
    def _database(self, system: str, workload: Workload) -> Iterator[str]:
        loaded = self.loaded[schema_of(system)]
        if not workload.writes:
            yield loaded
            return
        name = str(conninfo_to_dict(loaded)["dbname"])
        with scratch_database(self.cluster, template=name) as dsn:
            yield dsn

    def _once(self, system: str, workload: Workload, dsn: str, result: Result) -> Any:
        given = workload.given(self.scale)
        pool = Pool(1)
        try:
            with pool.connection(dsn) as connection:
                connection.execute(SUM.format(schema_of(system)).encode())
            gc.collect()
            run = self._by_hand if system == "by hand" else self._with_orm
            answer = run(system, workload, pool, dsn, given, result)
            with pool.connection(dsn) as connection:
                return digest(answer), connection.execute(SUM.format(schema_of(system)).encode()).fetchall()
        finally:
            pool.close()

    def _by_hand(self, _: str, workload: Workload, pool: Pool, dsn: str, given: Any, result: Result) -> Any:
        work = by_hand.WORK[workload.name]
        started = time.perf_counter()
        with pool.connection(dsn) as connection, connection.transaction():
            by = by_hand.ByHand(connection, USER)
            answer = work(by, self.scale, given)
        result.times.append(time.perf_counter() - started)
        result.statements = by.statements
        return answer

    def _with_orm(self, system: str, workload: Workload, pool: Pool, dsn: str, given: Any, result: Result) -> Any:
        work = with_orm.WORK[workload.name]
        started = time.perf_counter()
        with transaction(pool, dsn) as tx:
            env = Env.open(tx, self.registry, self.ports, user_id=USER)
            if system == "system":
                env = env.as_system("the benchmark without rights")
            answer = work(env, self.scale, given)
            env.flush()
        result.times.append(time.perf_counter() - started)
        result.statements = tx.statements
        return answer


def digest(answer: Any) -> str:
    """What an answer comes to: kept instead of it, as living objects slow down the collections of the next run."""
    if isinstance(answer, list):
        answer = [{**row, "version": None} if isinstance(row, dict) else row for row in answer]
    plain = orjson.dumps(answer, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(plain).hexdigest()


def schema_of(system: str) -> str:
    """Where a system's tables are."""
    return "hand" if system == "by hand" else "bench"
