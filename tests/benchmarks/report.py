"""The results as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.runs import SYSTEMS, Result
from tests.benchmarks.workloads import Workload

Comparison = dict[str, Result]


def ratio(results: Comparison, system: str) -> float:
    """How much longer than by hand."""
    return results[system].median / results[SYSTEMS[0]].median


def best_ratio(results: Comparison, system: str) -> float:
    """The same for the best run of each: other work on the machine falls on it least."""
    return min(results[system].times) / min(results[SYSTEMS[0]].times)


def print_workloads(console: Console, found: dict[Workload, Comparison], rounds: int) -> None:
    """One row per workload."""
    table = Table(title=f"Milliseconds, medians of {rounds}; ratios to hand-written psycopg 3 in the same run")
    table.add_column("")
    table.add_column("Workload")
    for title in ("By hand", "User", "System", "User / hand", "of the best", "System / hand", "Aim", "Statements"):
        table.add_column(title, justify="right", no_wrap=True)
    for workload, results in found.items():
        missed = workload.aim is not None and ratio(results, "user") > workload.aim
        table.add_row(
            workload.name,
            workload.title,
            *(f"{results[system].median * 1000:.1f}" for system in SYSTEMS),
            f"[bold red]{ratio(results, 'user'):.2f}[/]" if missed else f"{ratio(results, 'user'):.2f}",
            f"{best_ratio(results, 'user'):.2f}",
            f"{ratio(results, 'system'):.2f}",
            f"{workload.aim}" if workload.aim else "",
            " / ".join(str(results[system].statements) for system in SYSTEMS),
        )
    console.print(table)


def print_product(console: Console, found: dict[str, Any]) -> None:
    """One line per figure."""
    table = Table(title="The product")
    for title, justify in (("", "left"), ("What", "left"), ("Measured", "right")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    for name, line, text in _lines(found):
        table.add_row(name, line, text)
    console.print(table)


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    def seconds(value: float) -> str:
        return f"{value:.2f} s" if value >= 0.5 else f"{value * 1000:.1f} ms"

    for name, values in found.items():
        if name == "H1":
            for who in ("product", "bound"):
                each = values[who]
                yield name, f"list page, {who}: p50, p95", f"{seconds(each['p50'])}, {seconds(each['p95'])}"
                yield name, f"list page, {who}: 8 clients, 2 workers", f"{each['per_second']:.0f} requests/s"
            yield (
                name,
                "statements of the page; their time",
                (f"{values['product']['statements']}; {seconds(values['product']['sql_p50'])}"),
            )
            continue
        for key, value in values.items():
            text = seconds(value) if isinstance(value, float) and "ib" not in key else f"{value:.4g}"
            yield name, f"{TITLES[name]}: {key.replace('_', ' ')}", text


TITLES = {
    "DEMO": "tenon demo --no-serve",
    "S1": "start until the registry of a CRM is ready",
    "S2": "new tenant with the CRM",
    "S4": "tenon addon upgrade, nothing to do",
    "M1": "one worker",
}


def workloads_markdown(found: dict[Workload, Comparison]) -> list[str]:
    """The table of docs/benchmarks.md."""
    lines = [
        "| | Workload | by hand | user | system | user / hand | of the best runs | system / hand | aim | statements |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for workload, results in found.items():
        cells = [
            workload.name,
            workload.title,
            *(f"{results[system].median * 1000:.1f}" for system in SYSTEMS),
            f"**{ratio(results, 'user'):.2f}**",
            f"{best_ratio(results, 'user'):.2f}",
            f"{ratio(results, 'system'):.2f}",
            f"{workload.aim}" if workload.aim else "",
            " / ".join(str(results[system].statements) for system in SYSTEMS),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def product_markdown(found: dict[str, Any]) -> list[str]:
    """The second table of docs/benchmarks.md."""
    rows = [f"| {name} | {line} | {text} |" for name, line, text in _lines(found)]
    return ["| | What | measured |", "|---|---|---|", *rows]


def workloads_json(found: dict[Workload, Comparison]) -> dict[str, Any]:
    """Every single time, in seconds."""
    return {
        workload.name: {
            "title": workload.title,
            "aim": workload.aim,
            "ratio": {system: round(ratio(results, system), 3) for system in SYSTEMS[1:]},
            "ratio_of_best": {system: round(best_ratio(results, system), 3) for system in SYSTEMS[1:]},
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
