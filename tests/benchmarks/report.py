"""The results as tables: the same cells for the terminal, for `docs/benchmarks.md`, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from tests.benchmarks.reference import ODOO, TRYTON, reference_ratio
from tests.benchmarks.runs import Result
from tests.benchmarks.workloads import Workload

Comparison = dict[str, Result]
HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of the columns, and rows of texts; the first two columns are names."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def show(self, console: Console) -> None:
        """On a terminal."""
        table = RichTable(title=self.title)
        for place, head in enumerate(self.heads):
            table.add_column(head, justify="left" if place < 2 else "right", no_wrap=place != 1)
        for row in self.rows:
            table.add_row(*[cell.replace("**", "") for cell in row])
        console.print(table)

    def markdown(self) -> str:
        """As a page has it."""
        rule = ["---" if place < 2 else "--:" for place in range(len(self.heads))]
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.heads, rule, *self.rows))


def ratio(results: Comparison, system: str) -> float:
    """How much longer than by hand."""
    return results[system].median / results[HAND].median


def best_ratio(results: Comparison, system: str) -> float:
    """The same for the best run of each: other work on the machine falls on it least."""
    return min(results[system].times) / min(results[HAND].times)


def workloads_table(found: dict[Workload, Comparison], rounds: int) -> Table:
    """One row per workload: our times, and everybody's ratios to hand-written code."""
    systems = list(next(iter(found.values())))
    others = [name for name in systems if name not in (HAND, "user", "system")]
    heads = (
        "", "Workload", "By hand, ms", "User, ms", "User", "of the best", "System", *others, "Tryton*", "Odoo*", "Aim",
        "Statements",
    )  # fmt: skip
    rows = tuple(_row(workload, results, others) for workload, results in found.items())
    return Table(
        f"Medians of {rounds}; ratios to hand-written psycopg 3 in the same run (* of another run)", heads, rows
    )


def _row(workload: Workload, results: Comparison, others: Sequence[str]) -> tuple[str, ...]:
    user = f"{ratio(results, 'user'):.2f}"
    missed = workload.aim is not None and best_ratio(results, "user") > workload.aim
    references = [reference_ratio(system, workload.name) for system in (TRYTON, ODOO)]
    return (
        workload.name,
        workload.title,
        f"{results[HAND].median * 1000:.1f}",
        f"{results['user'].median * 1000:.1f}",
        f"**{user}**" if missed else user,
        f"{best_ratio(results, 'user'):.2f}",
        f"{ratio(results, 'system'):.2f}",
        *(f"{ratio(results, name):.2f}" for name in others),
        *("" if each is None else f"{each:.1f}" for each in references),
        f"{workload.aim}" if workload.aim else "",
        " / ".join(str(results[name].statements) for name in (HAND, "user", "system")),
    )


def growth_table(found: dict[Workload, dict[int, Comparison]]) -> Table:
    """One row per workload: milliseconds and ratio at every size, and how the time grew."""
    sizes = list(next(iter(found.values())))
    heads = ("", "Workload", *(f"{size}x: ms, ratio" for size in sizes), "Growth by hand", "Growth of user")
    rows = []
    for workload, by_size in found.items():
        cells = [f"{by_size[n]['user'].best * 1000:,.1f}, {best_ratio(by_size[n], 'user'):.2f}" for n in sizes]
        first, last = by_size[sizes[0]], by_size[sizes[-1]]
        grown = [f"{last[name].best / first[name].best:.0f}x" for name in (HAND, "user")]
        rows.append((workload.name, workload.title, *cells, *grown))
    return Table("The same with more records, best runs", heads, tuple(rows))


def product_table(found: dict[str, Any]) -> Table:
    """One line per figure."""
    return Table("The product", ("", "What", "Measured"), tuple(_lines(found)))


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, values in found.items():
        if name == "H1":
            yield from _page_lines(values)
            continue
        for key, value in values.items():
            text = _figure(key, value)
            yield name, f"{TITLES[name]}: {key.replace('_', ' ')}", text


def _figure(key: str, value: Any) -> str:
    """Seconds, mebi- or kibibytes, or a plain number."""
    if not isinstance(value, float):
        return f"{value:,}"
    return f"{value:,.4g}" if "ib_" in key else seconds(value)


def _page_lines(values: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for who in ("product", "bound"):
        each = values[who]
        yield "H1", f"list page, {who}: p50, p95", f"{seconds(each['p50'])}, {seconds(each['p95'])}"
        yield "H1", f"list page, {who}: 8 clients, 2 workers", f"{each['per_second']:.0f} requests/s"
    product = values["product"]
    yield "H1", "list page: p50 of the product / of the bound", f"{product['p50'] / values['bound']['p50']:.2f}"
    yield "H1", "statements of the page; their time", f"{product['statements']}; {seconds(product['sql_p50'])}"


def seconds(value: float) -> str:
    """As a person reads a time."""
    return f"{value:.2f} s" if value >= 0.5 else f"{value * 1000:.1f} ms"


TITLES = {
    "DEMO": "tenon demo --no-serve",
    "S1": "start until the registry of a CRM is ready",
    "S2": "new tenant with the CRM",
    "S3": "new tenant with all products",
    "S4": "tenon addon upgrade, nothing to do",
    "S5": "tenon --help",
    "M1": "one worker",
    "M2": "records read in batches, one process",
}


def workloads_json(found: dict[Workload, Comparison]) -> dict[str, Any]:
    """Every single time, in seconds."""
    return {
        workload.name: {
            "title": workload.title,
            "aim": workload.aim,
            "ratio": {system: round(ratio(results, system), 3) for system in results if system != HAND},
            "ratio_of_best": {system: round(best_ratio(results, system), 3) for system in results if system != HAND},
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
