"""Runs the workloads: every system in turn, each run in a transaction of its own, on a database of its own.

A run that writes gets a fresh copy of the loaded database, so that it always meets the same pages. The
connection is made and warm before the clock starts; the clock stops after COMMIT.
"""

from __future__ import annotations

import gc
import hashlib
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict

from kernel.db import Cluster
from kernel.db.scratch import scratch_database
from kernel.orm.schema import create_statements
from tests.benchmarks import by_hand
from tests.benchmarks.data import Scale
from tests.benchmarks.models import bench_registry
from tests.benchmarks.systems import System
from tests.benchmarks.workloads import Workload

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

    @property
    def best(self) -> float:
        return min(self.times)


class Bench:
    """The loaded databases, and how a run is made."""

    def __init__(self, cluster: Cluster, scale: Scale, systems: Sequence[System]) -> None:
        self.cluster = cluster
        self.scale = scale
        self.systems = systems
        self.loaded: dict[str, str] = {}

    @contextmanager
    def open(self) -> Iterator[Bench]:
        """Make and fill one database per schema."""
        with scratch_database(self.cluster) as hand, scratch_database(self.cluster) as bench:
            for schema, dsn in (("hand", hand), ("bench", bench)):
                statements = [by_hand.SCHEMA] if schema == "hand" else create_statements(bench_registry(), "bench")
                with psycopg.connect(dsn, autocommit=True) as connection:
                    for statement in statements:
                        connection.execute(statement.encode())
                    by_hand.load(connection, schema, self.scale)
                self.loaded[schema] = dsn
            yield self

    def compare(self, workload: Workload) -> dict[str, Result]:
        """Every system in turn, as often as the scale says; they must all come to the same answer."""
        results = {system.name: Result() for system in self.systems}
        answers: dict[str, Any] = {}
        for _ in range(self.scale.rounds):
            for system in self.systems:
                with self._database(system, workload) as dsn:
                    answers[system.name] = self._once(system, workload, dsn, results[system.name])
        first, *others = answers.values()
        if any(other != first for other in others):
            differing = [name for name, answer in answers.items() if answer != first]
            raise AssertionError(f"{workload.name}: other answers than by hand from {', '.join(differing)}.")
        return results

    @contextmanager
    def _database(self, system: System, workload: Workload) -> Iterator[str]:
        loaded = self.loaded[system.schema]
        if not workload.writes:
            yield loaded
            return
        name = str(conninfo_to_dict(loaded)["dbname"])
        with scratch_database(self.cluster, template=name) as dsn:
            yield dsn

    def _once(self, system: System, workload: Workload, dsn: str, result: Result) -> Any:
        given = workload.given(self.scale)
        state = SUM.format(system.schema).encode()
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(state)  # the pages are in the server's memory when the clock starts
            gc.collect()
            run = system.run(workload.name, dsn, self.scale, given)
            result.times.append(run.seconds)
            result.statements = run.statements
            return digest(run.answer), connection.execute(state).fetchall()


def digest(answer: Any) -> str:
    """What an answer comes to: kept instead of it, as living objects slow down the collections of the next run."""
    if isinstance(answer, list):
        answer = [{**row, "version": None} if isinstance(row, dict) else row for row in answer]
    plain = orjson.dumps(answer, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(plain).hexdigest()
