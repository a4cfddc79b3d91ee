"""The results as a table for people and as JSON for programs."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.runs import SYSTEMS, Result
from tests.benchmarks.workloads import Workload

Comparison = dict[str, Result]


def ratio(results: Comparison, system: str) -> float:
    """How much longer than by hand."""
    return results[system].median / results[SYSTEMS[0]].median


def print_workloads(console: Console, found: dict[Workload, Comparison], rounds: int) -> None:
    """One row per workload."""
    table = Table(title=f"Milliseconds, medians of {rounds}; ratios to hand-written psycopg 3 in the same run")
    table.add_column("")
    table.add_column("Workload")
    for title in ("By hand", "User", "System", "User / hand", "System / hand", "Aim", "Statements"):
        table.add_column(title, justify="right", no_wrap=True)
    for workload, results in found.items():
        missed = workload.aim is not None and ratio(results, "user") > workload.aim
        table.add_row(
            workload.name,
            workload.title,
            *(f"{results[system].median * 1000:.1f}" for system in SYSTEMS),
            f"[bold red]{ratio(results, 'user'):.2f}[/]" if missed else f"{ratio(results, 'user'):.2f}",
            f"{ratio(results, 'system'):.2f}",
            f"{workload.aim}" if workload.aim else "",
            " / ".join(str(results[system].statements) for system in SYSTEMS),
        )
    console.print(table)


def workloads_json(found: dict[Workload, Comparison]) -> dict[str, Any]:
    """Every single time, in seconds."""
    return {
        workload.name: {
            "title": workload.title,
            "aim": workload.aim,
            "ratio": {system: round(ratio(results, system), 3) for system in SYSTEMS[1:]},
            "systems": {
                system: {
                    "seconds": [round(each, 6) for each in result.times],
                    "median": round(result.median, 6),
                    "statements": result.statements,
                }
                for system, result in results.items()
            },
        }
        for workload, results in found.items()
    }
