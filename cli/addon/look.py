"""`tenon addon list|info|graph`: what addons can be found, and how they fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.output import json_option, note, print_json, print_pairs, print_table, say
from cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kernel.addons import Library, Manifest, Runtime


@click.command("list")
@click.option("--tenant", help="Say which of them this tenant has.")
@json_option
@click.pass_obj
def list_(session: Session, tenant: str | None, as_json: bool) -> None:
    """List all addons that can be found, and what is wrong with those that cannot be used.

    With --tenant also how they stand there: installed, uninstalled with its data kept, suggested because it connects
    what is installed, or suggested and declined.
    """
    library = _library(session)
    catalog = library.available()
    states: Mapping[str, str] | None = None
    if tenant is not None:
        with session.runtime() as runtime:
            states = _states(runtime, tenant)
    if as_json:
        found = [_describe(item, states) for item in catalog.manifests.values()]
        print_json(found + [{"name": n, "faults": [str(f) for f in fs]} for n, fs in catalog.faults.items()])
        return
    print_table(
        ("Name", "Version", "Title", "Summary", *(["State"] if states is not None else [])),
        [
            (item.name, str(item.version), item.title, item.summary)
            + ((states.get(item.name, ""),) if states is not None else ())
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


def _states(runtime: Runtime, name: str) -> dict[str, str]:
    """Addon -> how it stands in a tenant; those that have nothing to do with it are left out."""
    from kernel.addons.lifecycle.archive import archived
    from kernel.addons.lifecycle.bridges import refused_bridges, suggestions
    from kernel.addons.lifecycle.plan import installed
    from kernel.db import transaction

    with transaction(runtime.pool, runtime.tenant(name).row.dsn) as tx:
        there, kept, refused = installed(tx), archived(tx), refused_bridges(tx)
    states = {
        bridge: "declined" if bridge in refused else "suggested" for bridge in suggestions(runtime.library, there, ())
    }
    return states | dict.fromkeys(kept, "kept") | dict.fromkeys(there, "installed")


def _describe(found: Manifest, states: Mapping[str, str] | None) -> dict[str, object]:
    state = states.get(found.name, "") if states is not None else ""
    known: dict[str, object] = {} if states is None else {"installed": state == "installed", "state": state}
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
