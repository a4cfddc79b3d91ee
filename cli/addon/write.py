"""`tenon addon new|revision`: writing addons."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import Failure, say, working
from cli.scaffold import scaffold
from cli.session import Session


@click.command()
@click.argument("name")
@click.option(
    "--path",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("addons"),
    show_default=True,
    help="The folder named addons that it is put in.",
)
@click.option("--title", default="", help="What people call it.")
@click.pass_obj
def new(session: Session, name: str, path: Path, title: str) -> None:
    """Write the first files of an addon NAME: one model with views, rights and a test."""
    from kernel.addons.migrations.autogenerate import begin_history

    if path.resolve().name != "addons":
        raise Failure(f'{path} is not named "addons".', "Tenon looks for addons in folders of that name.")
    folder = scaffold(path.resolve() / name, name, title or name.replace("_", " ").capitalize())
    begin_history((*session.settings.addon_roots, folder.parent.parent), name)
    say(f"Wrote {folder}.")
    say(f"Next: TENON_ADDONS_PATH={folder.parent.parent} tenon addon install demo {name}")


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
