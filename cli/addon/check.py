"""`tenon addon check`: all that is wrong with addons, told at once, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from cli.addon.places import folders_named, library_with, places_of
from cli.output import json_option, print_finding, print_json, print_table, say
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons import Finding, Library, Rule


@click.command()
@click.argument("addons", nargs=-1)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--rules", "list_rules", is_flag=True, help="List all rules, with those of ADDONS, and stop.")
@json_option
@click.pass_obj
def check(session: Session, addons: tuple[str, ...], strict: bool, list_rules: bool, as_json: bool) -> None:
    """Look for faults in ADDONS, names or folders; in all that can be found where none is given.

    Needs no database. Answers 1 if there is an error.
    """
    from kernel.addons.doctor.inspection import inspect

    folders = folders_named(addons)
    library = library_with(session, folders)
    if list_rules:
        _show_rules(library, [folder.name for folder in folders], as_json)
        return
    places = places_of(library, folders)
    found = {place.name: inspect(library, place) for place in places}
    findings = [finding for several in found.values() for finding in several]
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        _show(found)
    if any(finding.severity == "error" or strict for finding in findings):
        raise click.exceptions.Exit(1)


def _show(found: Mapping[str, Iterable[Finding]]) -> None:
    """Errors, then warnings, then what they come to."""
    findings = [finding for several in found.values() for finding in several]
    errors = [finding for finding in findings if finding.severity == "error"]
    warnings = [finding for finding in findings if finding.severity != "error"]
    for group in (errors, warnings):
        for finding in group:
            print_finding(finding)
        if group:
            say("")
    counts = Counter(finding.severity for finding in findings)
    names = next(iter(found)) if len(found) == 1 else f"{len(found)} addons"
    if not findings:
        say(f"{names}: no faults.", "green")
        return
    told = ", ".join(_count(counts[kind], kind) for kind in ("error", "warning") if counts[kind])
    say(f"{names}: {told}.", "bold red" if errors else "bold yellow")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _show_rules(library: Library, names: Iterable[str], as_json: bool) -> None:
    from kernel.addons.doctor.check import rules_of
    from kernel.addons.rules import RULES

    rules: Mapping[str, Rule] = RULES
    if wanted := tuple(names):
        rules = rules_of(library.assembly(library.resolve(wanted)))
    if as_json:
        print_json([{"rule": r.id, "severity": r.severity, "meaning": r.meaning} for r in rules.values()])
        return
    rows = [(rule.id, rule.severity, rule.meaning) for rule in rules.values()]
    print_table(("Rule", "Severity", "Meaning"), rows, empty="There are no rules.")
