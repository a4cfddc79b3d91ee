"""Faults of models as findings: errors of the registry with their places, and what may be done with a model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kernel.addons.assembly import Assembly
from kernel.addons.contents.security import SecurityDeclaration
from kernel.addons.discovery.loader import Addon
from kernel.addons.findings import Findings, told_place
from kernel.errors import DeveloperError


def add_errors(addon: Addon, assembly: Assembly, errors: Iterable[DeveloperError], findings: Findings) -> None:
    """Note errors of the registry: at the line in this addon, or else in the addon that they name."""
    folders = [addon.path, *(other.path for other in assembly.addons if other is not addon)]
    for error in errors:
        place = next(filter(None, (told_place(error.text, folder) for folder in folders)), None)
        path, line, text = place or (addon.manifest.shown, 0, error.text)
        findings.add(path, line, "", text, rule=error.rule, hint=error.hint)


def check_isolation(addon: Addon, assembly: Assembly, findings: Findings) -> None:
    """Models of an addon lie in its own schema."""
    for model in assembly.registry.models.values():
        if model.addon == addon.name and model.schema != addon.name:
            text = f'a model of this addon is named "{addon.name}.noun", not "{model.name}"'
            path = addon.shown(Path(model.place.file))
            findings.add(path, model.place.line, model.name, text, rule="model-wrong-name")


def check_rights(addon: Addon, assembly: Assembly, security: SecurityDeclaration, findings: Findings) -> None:
    """Somebody may read each model that the addon brings; one that nobody can is seen by the system only."""
    if any(finding.path.endswith("/security/access.csv") and finding.line <= 1 for finding in findings):
        return  # its rows cannot be read: that is told
    known = {access.model for access in security.access}
    for model in assembly.registry.models.values():
        if model.addon == addon.name and model.name not in known and not model.transient:
            path = addon.shown(Path(model.place.file))
            hint = f"Write a row into addons/{addon.name}/security/access.csv."
            text = "has no row in access.csv: nobody but the system can use it"
            findings.add(path, model.place.line, model.name, text, rule="access-missing-rows", hint=hint)


def check_words(addon: Addon, findings: Findings) -> None:
    """Models say what they are."""
    for cls in addon.classes:
        declaration = cls.__declaration__
        if declaration.kind == "model" and not (cls.__doc__ or "").strip():
            path = addon.shown(Path(declaration.place.file))
            text = "has no docstring: say in a line what one record is"
            findings.add(path, declaration.place.line, declaration.model, text, rule="model-missing-docstring")


def check_history(addon: Addon, assembly: Assembly, findings: Findings) -> None:
    """An addon with tables has a first revision."""
    tables = [m.name for m in assembly.registry.models.values() if m.addon == addon.name and not m.query]
    if tables and not any((addon.path / "migrations").glob("[!_]*.py")):
        text = f"there are no migrations, and {tables[0]} needs a table"
        hint = f"Run: tenon addon revision {addon.name}"
        findings.add(f"addons/{addon.name}/migrations", 0, "", text, rule="migration-missing", hint=hint)
