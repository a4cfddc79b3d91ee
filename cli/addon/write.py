"""`tenon addon revision`: writing migrations."""

from __future__ import annotations

import click

from cli.output import say, working
from cli.session import Session


@click.command()
@click.argument("name")
@click.option("-m", "--message", default="", help="What changes, in a few words.")
@click.pass_obj
def revision(session: Session, name: str, message: str) -> None:
    """Write the next migration of the addon NAME from what its models say now."""
    from kernel.addons.migrations.autogenerate import write_revision

    with session.runtime() as runtime, working("Comparing the schemas"):
        path = write_revision(runtime.cluster, runtime.library, name, message)
    say(f"Wrote {path}." if path else f'The migrations of "{name}" give what its models say: nothing to write.')
