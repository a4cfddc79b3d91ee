"""M2: a great many records read by `iterate`, and the memory that takes: `python -m tests.benchmarks.batches DSN FILE`.

A process of its own, whose peak is what the kernel of the system says; the records are loaded before it starts.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import psycopg

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import transaction
from kernel.orm import Env
from kernel.orm.schema import create_statements
from tests.benchmarks import by_hand
from tests.benchmarks.data import grown
from tests.benchmarks.models import USER, Partner, bench_ports, bench_registry
from tests.benchmarks.processes import run

TIMES = 100
"""How often the 10,100 records of the other workloads."""


def measure_batches(cluster: Cluster, folder: Path, *, quick: bool) -> dict[str, Any]:
    """Seconds and MiB of a process that reads 1,010,000 records, a thousand at a time."""
    result = folder / "batches.json"
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(bench_registry(), "bench"):
                connection.execute(statement.encode())
            by_hand.load(connection, "bench", grown(TIMES, quick=quick))
        run(folder, "-m", "tests.benchmarks.batches", dsn, str(result))
    found: dict[str, Any] = orjson.loads(result.read_bytes())
    return found


def main(dsn: str, result: Path) -> None:
    """Read them all as a normal user: own fields, a computed one, the name of the parent."""
    pool = Pool(1)
    started, before, count = time.perf_counter(), _peak(), 0
    with transaction(pool, dsn) as tx:
        env = Env.open(tx, bench_registry(), bench_ports(), user_id=USER)
        for batch in env[Partner].iterate(order="id", batch=1000, fetch=["name", "city", "credit", "parent"]):
            for partner in batch:
                count += bool(partner.name and partner.credit >= 0 and partner.city_upper == partner.city.upper())
                count += bool(partner.parent.name) * 0
    pool.close()
    found = {"records": count, "time": time.perf_counter() - started, "mib_before": before, "mib_at_its_peak": _peak()}
    result.write_bytes(orjson.dumps(found))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
