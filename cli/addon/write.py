"""`tenon addon revision`: writing migrations."""

from __future__ import annotations

import click

from cli.output import Failure, note, say, working
from cli.session import Session


@click.command()
@click.argument("name")
@click.option("-m", "--message", default="", help="What changes, in a few words.")
@click.option(
    "--rename",
    "renames",
    multiple=True,
    metavar="OLD=NEW",
    help="What was renamed: addon.table.column=column, or addon.table=addon.table.",
)
@click.option("--dry-run", is_flag=True, help="Print the migration, and write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if the models have moved on. For CI.")
@click.pass_obj
def revision(session: Session, name: str, message: str, renames: tuple[str, ...], dry_run: bool, check: bool) -> None:
    """Write the next migration of the addon NAME from what its models say now.

    It compares two scratch databases: one migrated up, one freshly installed, both with NAME and what it needs.
    """
    from kernel.addons.migrations.autogenerate import draft_revision

    with session.runtime() as runtime, working("Comparing the schemas"):
        drafted = draft_revision(runtime.cluster, runtime.library, name, message, renames)
    if drafted is None:
        say(f'The migrations of "{name}" give what its models say: nothing to write.')
        return
    if dry_run or check:
        say(drafted.text.rstrip())
    else:
        say(f"Wrote {drafted.write()}.")
    for hint in drafted.hints:
        note(f"{name}: {hint}")
    if check:
        raise Failure(f'The models of "{name}" have moved on.', f"Write its migration: tenon addon revision {name}")
