"""`tenon addon list|info|graph`: what addons can be found, and how they fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.output import json_option, note, print_json, print_pairs, print_table, say
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons import Library, Manifest


@click.command("list")
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


@click.command()
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


@click.command()
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
