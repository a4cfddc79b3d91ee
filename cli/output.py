"""How commands print: answers on standard output; messages, questions and progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

import click
import orjson
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from kernel.addons import Finding

WIDE: Final = 240
"""Columns where nobody looks: a pipe or a file gets whole lines."""


class Failure(click.ClickException):
    """One message, what to do next, exit code 1."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: Any = None) -> None:
        console = _console(file or sys.stderr)
        console.print(Text.assemble(("Error: ", "bold red"), self.message), soft_wrap=True)
        if self.hint:
            console.print(Text(self.hint), soft_wrap=True)


def _console(file: TextIO) -> Console:
    width = None if file.isatty() else WIDE
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


def say(text: str, style: str = "") -> None:
    """One line of the answer."""
    _console(sys.stdout).print(Text(text, style=style), soft_wrap=True)


def show(what: RenderableType, *, err: bool = False) -> None:
    """Something of rich's, as a part of the answer, or (`err`) beside it."""
    _console(sys.stderr if err else sys.stdout).print(what, soft_wrap=isinstance(what, Text))


def note(text: str) -> None:
    """What happens meanwhile: on standard error, so that an answer can be piped."""
    _console(sys.stderr).print(Text(text, style="dim"), soft_wrap=True)


def print_finding(finding: Finding) -> None:
    """`ERROR view-unknown-field addons/crm/views/lead.toml:6 ...`, and what to do about it below."""
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    subject = f"{finding.subject}: " if finding.subject else ""
    level = ("ERROR", "bold red") if finding.severity == "error" else ("WARNING", "bold yellow")
    line = Text.assemble(level, " ", (finding.rule, "cyan"), " ", (place, "bold"), f" {subject}{finding.text}")
    console = _console(sys.stdout)
    console.print(line, soft_wrap=True)
    if finding.hint:
        console.print(Text(f"  {finding.hint}", style="dim"), soft_wrap=True)


def print_json(value: object) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """A table for people; `empty` says what to do where there are no rows."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if table.row_count:
        _console(sys.stdout).print(table)
    else:
        say(empty)


def print_pairs(pairs: Mapping[str, str]) -> None:
    """Names and values below each other; empty values are left out."""
    width = max(map(len, pairs))
    console = _console(sys.stdout)
    for name, value in pairs.items():
        if value:
            console.print(Text.assemble((name.ljust(width + 2), "bold"), value), soft_wrap=True)


@contextmanager
def progress(text: str, total: int | None = None) -> Iterator[Callable[[str], None]]:
    """Show that something goes on, and (by the function given) which step: a bar where a person looks."""
    console = _console(sys.stderr)
    if not console.is_terminal:
        yield lambda _step: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(text, total=total)
        yield lambda step: bar.update(task, advance=1, description=f"{text}: {step}")


@contextmanager
def working(text: str) -> Iterator[None]:
    """`progress` without steps."""
    with progress(text):
        yield


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is destroyed; without anybody to ask, `--yes` is needed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(f"{question} Nobody is here to answer.", "Say so on the command line: --yes")
    if not click.confirm(question, err=True):
        raise Failure("Nothing was done.")


yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Print what would be done, and stop.")
