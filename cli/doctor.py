"""`tenon doctor`: what is left over, and where directory, databases and code do not agree."""

from __future__ import annotations

import click

from cli.output import json_option, note, print_json, say, working
from cli.session import Session


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended without losing anything.")
@json_option
@click.pass_context
def doctor(context: click.Context, repair: bool, as_json: bool) -> None:
    """Look for what is left over and what does not agree; exit code 1 if something remains."""
    from kernel.addons.doctor.examine import examine

    session: Session = context.obj
    with session.runtime() as runtime:
        with working("Examining"):
            found = examine(runtime)
        mended = set()
        for trouble in found if repair else ():
            if trouble.mend is not None:
                trouble.mend()
                mended.add(trouble)
    if as_json:
        print_json([{"text": t.text, "hint": t.hint, "mendable": bool(t.mend), "mended": t in mended} for t in found])
    else:
        for trouble in found:
            say(f"{'mended: ' if trouble in mended else ''}{trouble.text}")
            if trouble.hint:
                note(trouble.hint)
            elif trouble.mend and not repair:
                note("tenon doctor --repair mends this.")
        if not found:
            say("All is well.")
    if any(trouble.grave and trouble not in mended for trouble in found):
        context.exit(1)
