"""`python -m tests.benchmarks [--only W1,GROWTH,H1] [--quick] [--json FILE] [--no-page]`.

A whole run (no `--only`, no `--quick`) writes its tables into `docs/benchmarks.md`; parts of one do with `--page`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from kernel.config import Settings
from kernel.db import Cluster
from tests.benchmarks.data import FULL, QUICK, grown
from tests.benchmarks.page import write_table
from tests.benchmarks.product import NAMES, measure_product
from tests.benchmarks.report import Comparison, Table, growth_table, product_table, workloads_json, workloads_table
from tests.benchmarks.runs import Bench
from tests.benchmarks.systems import own_systems, peers
from tests.benchmarks.workloads import WORKLOADS, Workload

SIZES = (1, 10, 100)


def main() -> None:
    """Parse, run, print, write."""
    options = _options()
    wanted = [name.strip().upper() for name in options.only.split(",") if name.strip()]
    console = Console(width=170)
    folder = Path(tempfile.mkdtemp(prefix="tenon-bench-", dir="/tmp"))
    folder.chmod(0o755)
    to_page = options.page if options.page is not None else not (wanted or options.quick)
    run = _Run(console, folder, wanted, options.quick, to_page)
    answer: dict[str, Any] = {}
    try:
        settings = Settings(data_dir=folder / "workloads", database_url=os.environ.get("TENON_TEST_DATABASE_URL", ""))
        with Cluster.open(settings) as cluster:
            answer["workloads"] = run.workloads(cluster)
            run.growth(cluster)
        answer["product"] = run.product()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        Path(options.json).write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", default="", help="names, separated by commas: W1,W8,growth,demo")
    parser.add_argument("--quick", action="store_true", help="a tenth of the records, two rounds")
    parser.add_argument("--json", default="", metavar="FILE", help="write all figures to a file")
    parser.add_argument(
        "--page",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="write docs/benchmarks.md (a whole run does)",
    )
    return parser.parse_args()


class _Run:
    """One call of the command."""

    def __init__(self, console: Console, folder: Path, wanted: list[str], quick: bool, to_page: bool) -> None:
        self.console = console
        self.folder = folder
        self.wanted = wanted
        self.quick = quick
        self.to_page = to_page
        only = [each for each in WORKLOADS if each.name in wanted]
        self.chosen = only or (list(WORKLOADS) if not wanted or wanted == ["GROWTH"] else [])

    def workloads(self, cluster: Cluster) -> dict[str, Any]:
        """Every system beside hand-written code."""
        if not self.chosen or "GROWTH" in self.wanted:
            return {}
        scale = QUICK if self.quick else FULL
        with Bench(cluster, scale, (*own_systems(), *peers())).open() as bench:
            found = {workload: self._compare(bench, workload) for workload in self.chosen}
        self._show("workloads", workloads_table(found, scale.rounds))
        return workloads_json(found)

    def growth(self, cluster: Cluster) -> None:
        """Hand-written code and the ORM as a normal user, with more and more records."""
        if not self.chosen or (self.wanted and "GROWTH" not in self.wanted):
            return
        found: dict[Workload, dict[int, Comparison]] = {workload: {} for workload in self.chosen}
        for size in SIZES:
            with Bench(cluster, grown(size, quick=self.quick), own_systems()[:2]).open() as bench:
                for workload in self.chosen:
                    found[workload][size] = self._compare(bench, workload, f" x{size}")
        self._show("growth", growth_table(found))

    def product(self) -> dict[str, Any]:
        """What a person waits for."""
        if self.wanted and not set(self.wanted) & set(NAMES):
            return {}
        with self.console.status("") as status:
            found = measure_product(self.folder, self.wanted, quick=self.quick, tell=status.update)
        self._show("product", product_table(found))
        return found

    def _compare(self, bench: Bench, workload: Workload, note: str = "") -> Comparison:
        with self.console.status(f"{workload.name} {workload.title}{note}"):
            return bench.compare(workload)

    def _show(self, name: str, table: Table) -> None:
        table.show(self.console)
        if self.to_page:
            write_table(name, table)


if __name__ == "__main__":
    main()
