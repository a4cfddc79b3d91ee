"""`tenon addon new`: the first files of an addon, from one of four templates."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.output import Failure, say
from cli.session import Session
from kernel.config import Settings

if TYPE_CHECKING:
    from kernel.addons import Library

LICENSES: Final = ("LGPL-3.0-or-later", "MIT", "LicenseRef-Proprietary")
KINDS: Final = ("model", "extension", "bridge", "widget")
NEEDED: Final = {
    "extension": ("of", "Which model (crm.contact)"),
    "bridge": ("between", "Which two addons (crm,booking)"),
}


@click.command()
@click.argument("name")
@click.option("--template", type=click.Choice(KINDS), help="What kind of addon. [default: model]")
@click.option("--of", default="", metavar="MODEL", help="The model that an extension changes: crm.contact.")
@click.option("--between", default="", metavar="A,B", help="Addons, or models of them, that a bridge connects.")
@click.option("--title", default="", help="What people call it.")
@click.option(
    "--path",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder it is put in: one named addons, or for a package any. [default: addons, or .]",
)
@click.option("--package", is_flag=True, help="Write a whole distribution, for pip: tenon-NAME/.")
@click.option(
    "--license",
    type=click.Choice(LICENSES),
    default=LICENSES[0],
    show_default=True,
    help="Under which others may use it.",
)
@click.pass_obj
def new(session: Session, /, name: str, template: str | None, path: Path | None, package: bool, **said: str) -> None:
    """Write the first files of an addon NAME, with tests that pass."""
    from cli.scaffold.kinds import Wish, values_of
    from cli.scaffold.writing import write_all
    from kernel.addons import Library

    _check_name(name)
    place = (path or Path("." if package else "addons")).resolve()
    if not package and place.name != "addons":
        raise Failure(f'{path} is not named "addons".', "Tenon looks for addons in folders of that name.")
    kind = _asked(name, template, said)
    library = Library(session.settings.addon_roots)
    if name in library.available().names:
        raise Failure(f'There is an addon "{name}" already.', f"tenon addon info {name} shows where.")
    wish = Wish(name, said["title"].replace('"', "'"), said["license"], said["of"], said["between"])
    values = values_of(kind, wish, library)
    folder, root = (place / wish.distribution,) * 2 if package else (place / name, place.parent)
    inside = Path("addons") / name if package else Path()
    write_all(folder, {**({"package": Path()} if package else {}), "every": inside, kind: inside}, values)
    try:
        _complete(session, root, name, kind, library)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _tell(session, folder, root, name, package)


def _tell(session: Session, folder: Path, root: Path, name: str, package: bool) -> None:
    """What was written, and what comes next: where Tenon does not look yet, how to make it look there."""
    roots = Settings.load(session.config).addon_roots  # read anew: a first addon makes the folder that is searched
    known = "" if package or root in roots else f"TENON_ADDONS_PATH={root} "
    say(f"Wrote {folder}.")
    if package:
        say(f'Next: pip install -e "{folder}[test]"')
    say(f"{'Then' if package else 'Next'}: {known}tenon test {name}")
    say(f"Then: {known}tenon addon install TENANT {name}")


def at_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def _check_name(name: str) -> None:
    from kernel.addons.discovery.manifest import NAME, RESERVED

    if not NAME.fullmatch(name) or name in RESERVED:
        raise Failure(
            f'"{name}" cannot be the name of an addon.',
            "Use small letters, digits and underscores, beginning with a letter: loyalty",
        )


def _asked(name: str, template: str | None, said: dict[str, str]) -> str:
    """The template; what is missing is asked for where a person sits at a terminal, and else told."""
    interactive = at_terminal()
    plain = name.replace("_", " ").capitalize()
    implied = "extension" if said["of"] else "bridge" if said["between"] else "model"
    if template is None:
        template = click.prompt("Template", type=click.Choice(KINDS), default=implied) if interactive else implied
    option, question = NEEDED.get(template, ("", ""))
    if option and not said[option]:
        if not interactive:
            raise Failure(f"An addon of the template {template} needs --{option}.", f"{question}: --{option} ...")
        said[option] = click.prompt(question)
    for other, (needed, _) in NEEDED.items():
        if other != template and said[needed]:
            raise Failure(f"--{needed} is for the template {other}.", f"Write --template {other}, or leave it out.")
    if not said["title"]:
        said["title"] = click.prompt("Title", default=plain) if interactive else plain
    return template


def _complete(session: Session, root: Path, name: str, kind: str, library: Library) -> None:
    """What is made from other addons: the first revision, and the types of the client's API."""
    from kernel.addons.migrations.autogenerate import begin_history

    if kind == "widget":
        types = root / "addons" / name / "client"
        types.mkdir()
        shutil.copy(library.manifest("web").path / "static" / "tenon-web.d.ts", types)
    begin_history((*session.settings.addon_roots, root), name)
