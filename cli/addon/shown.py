"""How plans of changing addons look to a person: aligned, with titles of addons and counts of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from cli.output import show

if TYPE_CHECKING:
    from kernel.addons.lifecycle.plan import Plan
    from kernel.addons.lifecycle.removal import Item, Removal

SIGNS: Final = {"install": "+", "restore": "+", "upgrade": "^", "kernel": "^", "demo": "+", "drop": "-", "undo": "-"}


def show_removal(plan: Removal, *, err: bool = False) -> None:
    """What stops, what is kept, what goes; on standard error where a question follows."""
    going = ", ".join((*plan.removed, *plan.archives))
    if plan.empty:
        show(Text(f'Nothing to do in "{plan.tenant}": this was uninstalled before.'), err=err)
        return
    verb = "Purge" if plan.purge else "Uninstall"
    show(Text(f'{verb} in "{plan.tenant}": {going}', style="bold"), err=err)
    kept = "What is kept, until it is installed again"
    goes = "What goes for good"
    for title, items, style in (
        ("What stops", plan.stops, ""),
        (kept, plan.keeps, "green"),
        (goes, plan.goes, "red"),
        ("What stays where it is, with the addons that remain", plan.stays, ""),
    ):
        if items:
            show(Text(f"\n{title}", style=f"bold {style}".strip()), err=err)
            show(_items(items, plan.titles), err=err)
    for name in plan.archives:
        show(Text(f"\nAlso dropped: what was kept of {plan.titles.get(name, name)}.", style="bold red"), err=err)
    _show_notes(plan.notes, err)


def show_plan(plan: Plan, *, err: bool = False) -> None:
    """What is installed, restored and upgraded, and what people should know before."""
    show(Text(f'{plan.kind.title()} in "{plan.tenant}"', style="bold"), err=err)
    table = _table()
    table.add_column()
    for step in plan.steps:
        table.add_row(f"  {SIGNS.get(step.kind, '·')}", Text(str(step)))
    show(table, err=err)
    _show_notes(plan.notes, err)


def _items(items: Iterable[Item], titles: Mapping[str, str]) -> Table:
    table = _table()
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    last = ""
    for item in items:
        title = titles.get(item.addon, item.addon) if item.addon != last else ""
        last = item.addon
        rows = f"{item.rows:,}" if item.rows is not None else ""
        table.add_row(Text(f"  {title}", style="dim"), Text(item.text[:1].upper() + item.text[1:]), rows)
    return table


def _table() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    return table


def _show_notes(notes: Sequence[str], err: bool) -> None:
    if notes:
        show(Text(), err=err)
    for note in notes:
        show(Text(f"Note: {note}", style="dim"), err=err)
