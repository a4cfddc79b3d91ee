"""`tenon addon`: find, look at, install and write addons."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.groups import Group
from cli.output import (
    Failure,
    confirm,
    dry_run_option,
    json_option,
    note,
    print_json,
    print_pairs,
    print_table,
    progress,
    say,
    working,
    yes_option,
)
from cli.scaffold import scaffold
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons import Library, Manifest, Runtime


@click.group(cls=Group)
def addon() -> None:
    """Find, install and write addons."""


@addon.command("list")
@click.option("--tenant", help="Say which of them this tenant has.")
@json_option
@click.pass_obj
def list_(session: Session, tenant: str | None, as_json: bool) -> None:
    """List all addons that can be found, and what is wrong with those that cannot be used."""
    catalog = _library(session).available()
    installed: set[str] | None = None
    if tenant is not None:
        with session.runtime() as runtime:
            installed = set(runtime.control.get(tenant).addons)
    if as_json:
        found = [_describe(item, installed) for item in catalog.manifests.values()]
        print_json(found + [{"name": n, "faults": [str(f) for f in fs]} for n, fs in catalog.faults.items()])
        return
    columns = ("Name", "Version", "Title", "Summary", *(["Installed"] if installed is not None else []))
    print_table(
        columns,
        [
            (item.name, str(item.version), item.title, item.summary)
            + ((("yes" if item.name in installed else ""),) if installed is not None else ())
            for item in catalog.manifests.values()
        ],
        empty="There are no addons. Write one: tenon addon new loyalty",
    )
    for faults in catalog.faults.values():
        for fault in faults:
            note(f"cannot be used: {fault}")


@addon.command()
@click.argument("name")
@json_option
@click.pass_obj
def info(session: Session, name: str, as_json: bool) -> None:
    """Show what the addon NAME is, needs, and brings."""
    library = _library(session)
    found = library.manifest(name)
    if as_json:
        print_json(_describe(found, None))
        return
    say(f"{found.title} ({found.name} {found.version})", "bold")
    say(found.description or found.summary)
    print_pairs(
        {
            "Needs": ", ".join(map(str, found.depends)),
            "Connects": ", ".join(map(str, found.bridges)),
            "Loads after": ", ".join(map(str, found.after)),
            "Python": ", ".join(map(str, found.python)),
            "Load order": " -> ".join(library.resolve([name])),
            "Licence": found.license,
            "Author": found.author,
            "Website": found.website,
            "Place": str(found.path),
        }
    )


@addon.command()
@click.argument("names", nargs=-1)
@json_option
@click.pass_obj
def graph(session: Session, names: tuple[str, ...], as_json: bool) -> None:
    """Show which addon follows which: of NAMES and all they need, or of all addons."""
    library = _library(session)
    manifests = library.available().manifests
    order = library.resolve(names or manifests)
    needs = {name: [need.name for need in manifests[name].needs] for name in order}
    after = {name: [other.name for other in manifests[name].after if other.name in order] for name in order}
    if as_json:
        print_json([{"name": name, "needs": needs[name], "after": after[name]} for name in order])
        return
    print_table(
        ("Order", "Addon", "Needs", "After"),
        [(str(place), name, " ".join(needs[name]), " ".join(after[name])) for place, name in enumerate(order, start=1)],
        empty="There are no addons.",
    )


@addon.command()
@click.argument("tenant")
@click.argument("names", nargs=-1, required=True)
@click.option("--demo", is_flag=True, help="With demo records.")
@click.option("--with-bridges", is_flag=True, help="Also install suggested addons that connect these.")
@click.option("--fresh", is_flag=True, help="Drop what is kept of an earlier installation instead of restoring it.")
@dry_run_option
@json_option
@click.pass_obj
def install(
    session: Session,
    tenant: str,
    names: tuple[str, ...],
    demo: bool,
    with_bridges: bool,
    fresh: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Install the addons NAMES and all they need in TENANT. It may be served meanwhile.

    An addon that was uninstalled before comes back with what it had.
    """
    from kernel.addons.lifecycle import execute, plan_install

    with session.runtime() as runtime:
        with working("Checking"):
            options = {"demo": demo, "with_bridges": with_bridges, "fresh": fresh}
            plan = plan_install(runtime, runtime.tenant(tenant), names, **options)
        notes: tuple[str, ...] = ()
        if not dry_run:
            with progress(f"Installing in {tenant}", len(plan.added) + len(plan.steps)) as report:
                notes = execute(runtime, plan, report)
        if as_json:
            print_json(plan.as_json() | {"done": not dry_run, "left_out": list(notes)})
        elif dry_run:
            say("\n".join(plan.lines()))
        else:
            for line in notes:
                note(line)
            say(f'Installed in "{tenant}": {", ".join(plan.added)}.')
        if plan.suggested and not as_json:
            _offer_bridges(runtime, tenant, plan.suggested, ask=not dry_run)


def _offer_bridges(runtime: Runtime, tenant: str, names: tuple[str, ...], *, ask: bool) -> None:
    """Ask whether to install what connects the addons; a no is remembered. Without anybody there, a line tells."""
    from kernel.addons.lifecycle import execute, plan_install, refuse

    if not ask or not sys.stdin.isatty():
        note(f"Suggested, as it connects what is installed: tenon addon install {tenant} {' '.join(names)}")
        return
    if not click.confirm(f"{', '.join(names)} connects what is installed. Install it too?", default=True, err=True):
        refuse(runtime, runtime.tenant(tenant), names)
        return
    plan = plan_install(runtime, runtime.tenant(tenant), names)
    with progress(f"Installing in {tenant}", len(plan.added) + len(plan.steps)) as report:
        execute(runtime, plan, report)
    say(f'Installed in "{tenant}": {", ".join(plan.added)}.')


@addon.command()
@click.argument("tenant")
@click.argument("names", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help="Keep nothing: drop tables and values for good.")
@click.option("--cascade", is_flag=True, help="Uninstall those that need them as well.")
@yes_option
@dry_run_option
@json_option
@click.pass_obj
def uninstall(
    session: Session,
    tenant: str,
    names: tuple[str, ...],
    purge: bool,
    cascade: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Uninstall the addons NAMES in TENANT. What they hold is kept, and `addon install` brings it back."""
    from kernel.addons.uninstall import execute_uninstall, plan_uninstall

    with session.runtime() as runtime:
        with working("Checking"):
            plan = plan_uninstall(runtime, runtime.tenant(tenant), names, purge=purge, cascade=cascade)
        if dry_run:
            print_json(plan.as_json() | {"done": False}) if as_json else say("\n".join(plan.lines()))
            return
        if not yes:
            note("\n".join(plan.lines()))
        question = "Uninstall, and drop all of this for good?" if purge else "Uninstall?"
        confirm(question, yes=yes)
        with progress(f"Uninstalling in {tenant}", len(plan.removed)) as report:
            execute_uninstall(runtime, plan, report)
    if as_json:
        print_json(plan.as_json() | {"done": True})
        return
    say(f'Uninstalled in "{tenant}": {", ".join(plan.removed)}.')
    for line in plan.notes:
        note(line)


@addon.command()
@click.argument("tenant")
@click.argument("names", nargs=-1)
@dry_run_option
@json_option
@click.pass_obj
def upgrade(session: Session, tenant: str, names: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Bring the addons of TENANT (all that have changed, or NAMES) to the code at hand."""
    from kernel.addons.lifecycle import execute, plan_upgrade

    with session.runtime() as runtime:
        with working("Checking"):
            plan = plan_upgrade(runtime, runtime.tenant(tenant), names)
        if plan.steps and not dry_run:
            with progress(f"Upgrading {tenant}", len(plan.steps)) as report:
                execute(runtime, plan, report)
    if as_json:
        print_json(plan.as_json() | {"done": not dry_run})
    elif not plan.steps:
        say(f'"{tenant}" is up to date.')
    elif dry_run:
        say("\n".join(plan.lines()))
    else:
        say(f'Upgraded "{tenant}": {", ".join(str(step) for step in plan.steps)}.')


@addon.command()
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
    from kernel.addons.autogenerate import begin_history

    if path.resolve().name != "addons":
        raise Failure(f'{path} is not named "addons".', "Tenon looks for addons in folders of that name.")
    folder = scaffold(path.resolve() / name, name, title or name.replace("_", " ").capitalize())
    begin_history((*session.settings.addon_roots, folder.parent.parent), name)
    say(f"Wrote {folder}.")
    say(f"Next: TENON_ADDONS_PATH={folder.parent.parent} tenon addon install demo {name}")


@addon.command()
@click.argument("name")
@click.option("-m", "--message", default="", help="What changes, in a few words.")
@click.pass_obj
def revision(session: Session, name: str, message: str) -> None:
    """Write the next migration of the addon NAME from what its models say now."""
    from kernel.addons.autogenerate import write_revision

    with session.runtime() as runtime, working("Comparing the schemas"):
        path = write_revision(runtime.cluster, runtime.library, name, message)
    say(f"Wrote {path}." if path else f'The migrations of "{name}" give what its models say: nothing to write.')


def _library(session: Session) -> Library:
    from kernel.addons import Library

    return Library(session.settings.addon_roots)


def _describe(found: Manifest, installed: set[str] | None) -> dict[str, object]:
    known = {} if installed is None else {"installed": found.name in installed}
    return {
        "name": found.name,
        "version": str(found.version),
        "title": found.title,
        "summary": found.summary,
        "category": found.category,
        "depends": [str(need) for need in found.depends],
        "after": [str(need) for need in found.after],
        "bridges": [str(need) for need in found.bridges],
        "place": str(found.path),
        **known,
    }
