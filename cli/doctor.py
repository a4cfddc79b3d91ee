"""`tenon doctor`: what is left over, and where directory, databases and code do not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.output import json_option, note, print_json, progress, say
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons.doctor.trouble import Trouble


@click.command()
@click.argument("tenants", nargs=-1, metavar="[TENANT]...")
@click.option("--repair", is_flag=True, help="Mend what can be mended without losing anything.")
@click.option("--deep", is_flag=True, help="Look at every row: computed values, links, references.")
@json_option
@click.pass_context
def doctor(context: click.Context, tenants: tuple[str, ...], repair: bool, deep: bool, as_json: bool) -> None:
    """Look for what is left over and what does not agree; exit code 1 if something grave remains.

    Without TENANT: the server, the directory and all tenants.
    """
    from kernel.addons.doctor.examine import Repair, examine
    from kernel.addons.doctor.examine import repair as mend

    session: Session = context.obj
    with session.runtime() as runtime:
        count = len(tenants) or len(runtime.control.tenants())
        with progress("Examining", count) as report:
            done = (
                mend(runtime, tenants, deep=deep, report=report)
                if repair
                else Repair([], examine(runtime, tenants, deep=deep, report=report))
            )
    if as_json:
        mended = [trouble.as_json() | {"mended": True} for trouble in done.mended]
        print_json([*mended, *(trouble.as_json() | {"mended": False} for trouble in done.remains)])
    else:
        _show(done.mended, done.remains, repair)
    if any(trouble.grave for trouble in done.remains):
        context.exit(1)


def _show(mended: list[Trouble], remains: list[Trouble], repaired: bool) -> None:
    for trouble in mended:
        say(f"mended: {trouble.text}")
    for trouble in remains:
        say(trouble.text if trouble.grave else f"to know: {trouble.text}")
        if trouble.hint:
            note(trouble.hint)
    if not repaired and any(trouble.mend for trouble in remains):
        count = sum(trouble.mend is not None for trouble in remains)
        note(f"`tenon doctor --repair` mends {'this' if count == len(remains) else f'{count} of these'}.")
    if not any(trouble.grave for trouble in remains):
        say("All is well.")
