"""`tenon addon quality`: the levels that addons state and reach, and what the next one asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import click
from rich.table import Table
from rich.text import Text

from cli.addon.places import folders_named, library_with, places_of
from cli.output import Failure, json_option, print_json, print_table, say, show
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons.doctor.quality import Quality, Result

STYLES: Final = {"bronze": "dark_orange3", "silver": "grey62", "gold": "yellow"}
STATES: Final = {"met": "green", "exempt": "dim", "missing": "bold red"}


@click.command()
@click.argument("addons", nargs=-1)
@json_option
@click.pass_obj
def quality(session: Session, addons: tuple[str, ...], as_json: bool) -> None:
    """Show the levels that ADDONS, names or folders, state and reach; of all that can be found where none is given.

    Needs no database. Answers 1 if one does not reach the level that its quality.toml states.
    """
    from kernel.addons.doctor.inspection import look_at

    folders = folders_named(addons)
    library = library_with(session, folders)
    found: list[Quality] = []
    for place in places_of(library, folders):
        seen = look_at(library, place).quality
        if seen is None:
            raise Failure(f"{place} has no manifest that can be read.", f"Run: tenon addon check {place}")
        found.append(seen)
    if as_json:
        print_json([each.as_json() for each in found])
    elif folders:
        _show_each(found)
    else:
        _show_all(found)
    if any(each.short for each in found):
        raise click.exceptions.Exit(1)


def _show_all(found: Iterable[Quality]) -> None:
    """One line per addon."""
    print_table(
        ("Addon", "States", "Reaches", "The next level asks for"),
        [(each.addon, each.stated or "-", each.reached or "-", _next(each)) for each in found],
        empty="There are no addons. Write one: tenon addon new loyalty",
    )


def _next(quality: Quality) -> str:
    rules = ", ".join(result.rule.id for result in quality.missing(quality.next)) if quality.next else ""
    return f"{quality.next}: {rules}" if rules else ""


def _show_each(found: Sequence[Quality]) -> None:
    """Every rule of every addon, then what the next level asks for, with places and what to do."""
    for number, each in enumerate(found):
        if number:
            say("")
        show(_title(each))
        show(_rules(each.results))
        if each.next is not None:
            _show_missing(each.next, each.missing(each.next))


def _title(quality: Quality) -> Text:
    reached, stated = quality.reached or "no level", quality.stated or "none"
    title = Text.assemble((quality.addon, "bold"), " reaches ", (reached, STYLES.get(reached, "")))
    if quality.short:
        return title.append(f", and states {stated}", style="bold red")
    return title.append(f"; it states {stated}", style="dim")


def _rules(results: Iterable[Result]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for _ in ("level", "rule", "state"):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    last = ""
    for result in results:
        level = result.rule.level if result.rule.level != last else ""
        last = result.rule.level
        why = result.reason or (result.rule.meaning if result.state == "missing" else "")
        state = Text(result.state, style=STATES[result.state])
        table.add_row(Text(f"  {level}", style=STYLES[last]), result.rule.id, state, Text(why))
    return table


def _show_missing(level: str, results: Iterable[Result]) -> None:
    say("")
    say(f"For {level}", STYLES[level])
    for result in results:
        for lack in result.lacks:
            show(Text.assemble(f"  {result.rule.id}: ", (lack.place, "bold"), f" {lack.text}"))
        show(Text(f"    {result.rule.hint}", style="dim"))
