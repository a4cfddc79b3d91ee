"""`python -m tests.benchmarks [--only W1,W2] [--quick] [--json FILE] [--markdown FILE]`."""

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
from tests.benchmarks.data import FULL, QUICK, Scale
from tests.benchmarks.product import NAMES, measure_product
from tests.benchmarks.report import (
    Comparison,
    print_product,
    print_workloads,
    product_markdown,
    workloads_json,
    workloads_markdown,
)
from tests.benchmarks.runs import Bench
from tests.benchmarks.workloads import WORKLOADS, Workload


def main() -> None:
    """Parse, run, print."""
    options = _options()
    wanted = [name.strip().upper() for name in options.only.split(",") if name.strip()]
    console = Console(width=150)
    folder = Path(tempfile.mkdtemp(prefix="tenon-bench-", dir="/tmp"))
    folder.chmod(0o755)
    scale = QUICK if options.quick else FULL
    try:
        workloads = _workloads(console, folder, scale, wanted)
        product = _product(console, folder, options.quick, wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        answer = {"workloads": workloads_json(workloads), "product": product}
        Path(options.json).write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    if options.markdown:
        lines = [*workloads_markdown(workloads), "", *product_markdown(product), ""]
        Path(options.markdown).write_text("\n".join(lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", default="", help="names, separated by commas: W1,W8,demo")
    parser.add_argument("--quick", action="store_true", help="a tenth of the records, two rounds")
    parser.add_argument("--json", default="", metavar="FILE", help="write all figures to a file")
    parser.add_argument("--markdown", default="", metavar="FILE", help="write the tables of docs/benchmarks.md")
    return parser.parse_args()


def _workloads(console: Console, folder: Path, scale: Scale, wanted: list[str]) -> dict[Workload, Comparison]:
    chosen: list[Workload] = [each for each in WORKLOADS if not wanted or each.name in wanted]
    if not chosen:
        return {}
    settings = Settings(data_dir=folder / "workloads", database_url=os.environ.get("TENON_TEST_DATABASE_URL", ""))
    with Cluster.open(settings) as cluster, Bench(cluster, scale).open() as bench:
        found = {}
        for workload in chosen:
            with console.status(f"{workload.name} {workload.title}"):
                found[workload] = bench.compare(workload)
    print_workloads(console, found, scale.rounds)
    return found


def _product(console: Console, folder: Path, quick: bool, wanted: list[str]) -> dict[str, Any]:
    if wanted and not set(wanted) & set(NAMES):
        return {}
    with console.status("") as status:
        found = measure_product(folder, wanted, quick=quick, tell=status.update)
    print_product(console, found)
    return found


if __name__ == "__main__":
    main()
