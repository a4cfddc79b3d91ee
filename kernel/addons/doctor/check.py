"""Checking addons before a database is touched: for the plan of an install and of an upgrade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.contents.datafiles import DataRecord, check_records, read_deletions, read_records
from kernel.addons.contents.security import Rule, SecurityDeclaration, read_security
from kernel.addons.discovery.loader import Addon, data_digest, imported_addons
from kernel.addons.findings import Findings
from kernel.errors import TenonError, suggest
from kernel.orm import Domain
from kernel.orm.registry.registry import Registry

EXAMPLES: Final[Mapping[str, Any]] = {
    "user": 0,
    "companies": (),
    "today": "2000-01-01",
    "now": "2000-01-01T00:00:00Z",
}
"""Values that a rule may ask for; here only their type matters."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an addon's files say, read and checked."""

    addon: str
    security: SecurityDeclaration
    records: tuple[DataRecord, ...]
    demo: tuple[DataRecord, ...]
    deletions: frozenset[str] = frozenset()
    """Names of records of earlier versions that its files delete."""


def read_contents(assembly: Assembly, names: Iterable[str]) -> dict[str, Contents]:
    """The contents of some addons of an assembly; LoadError with every fault found in any of them."""
    findings = Findings()
    contents = {name: check_addon(assembly, assembly.addon(name), findings) for name in names}
    findings.raise_if_any("These addons have faults:", hint="Nothing was changed. Mend the files, then try again.")
    return contents


def check_addon(assembly: Assembly, addon: Addon, findings: Findings) -> Contents:
    """Read one addon's files and note all that does not fit the assembly."""
    registry = assembly.registry
    _check_edition(addon, findings)
    _check_imports(addon, findings)
    _check_isolation(addon, registry, findings)
    security = read_security(addon.name, addon.path, findings)
    _check_security(assembly, security, findings)
    records = read_records(addon.name, addon.path, addon.files("data"), findings)
    demo = read_records(addon.name, addon.path, addon.files("data/demo"), findings)
    check_records((*records, *demo), registry, findings)
    for more in assembly.hooks(hookspecs.check_addon)(addon=addon, assembly=assembly):
        findings.extend(more)
    deletions = read_deletions(addon.name, addon.path, addon.files("data"), findings)
    for record in records:
        if record.name in deletions:
            text = "is deleted by _delete, and shipped"
            findings.add(record.path, record.line, record.stable_id, text, rule="data-duplicate-id")
    return Contents(addon.name, security, records, demo, deletions)


def _check_edition(addon: Addon, findings: Findings) -> None:
    """Data of one edition and code of another do not go together."""
    if data_digest(addon.path) != addon.digest:
        text = "its files were changed after this process loaded its code; restart the process"
        findings.add(addon.manifest.shown, 0, addon.name, text, rule="python-changed")


def _check_imports(addon: Addon, findings: Findings) -> None:
    allowed = {need.name for need in addon.manifest.needs}
    for path, line, other in imported_addons(addon.path, allowed):
        text = f"imports addons.{other}, which is not in `depends` of {addon.manifest.shown}"
        findings.add(addon.shown(path), line, "", text, rule="python-import-outside-depends")


def _check_isolation(addon: Addon, registry: Registry, findings: Findings) -> None:
    for model in registry.models.values():
        if model.addon == addon.name and model.schema != addon.name:
            text = f'a model of this addon is named "{addon.name}.noun", not "{model.name}"'
            findings.add(str(model.place.file), model.place.line, model.name, text, rule="model-wrong-name")
    for cls in addon.settings:
        if cls.__addon__ != addon.name:
            text = f'settings of this addon say addon="{addon.name}", not "{cls.__addon__}"'
            findings.add(f"addons/{addon.name}/settings.py", 0, cls.__name__, text, rule="setting-wrong-addon")


def _check_security(assembly: Assembly, security: SecurityDeclaration, findings: Findings) -> None:
    groups = _group_ids(assembly) | {group.id for group in security.groups}
    for group in security.groups:
        _check_groups(group.implies, groups, (group.path, group.line, group.id), findings)
    for access in security.access:
        place = (access.path, access.line, access.model)
        _check_model(access.model, assembly.registry, place, findings)
        _check_groups([access.group] if access.group else [], groups, place, findings)
    for rule in security.rules:
        _check_groups(rule.groups, groups, (rule.path, rule.line, rule.id), findings)
        _check_rule(rule, assembly.registry, findings)


def _group_ids(assembly: Assembly) -> frozenset[str]:
    """The groups that all addons of the assembly declare; faults in them are told elsewhere."""

    def build() -> frozenset[str]:
        declared = [read_security(addon.name, addon.path, Findings()) for addon in assembly.addons]
        return frozenset(group.id for security in declared for group in security.groups)

    return assembly.extra("addons.groups", build)  # noqa: S610 - no queryset


def _check_groups(names: Iterable[str], known: frozenset[str], place: tuple[str, int, str], findings: Findings) -> None:
    for name in names:
        if name not in known:
            findings.add(*place, f'no group "{name}".{suggest(name, known)}', rule="access-unknown-group")


def _check_model(name: str, registry: Registry, place: tuple[str, int, str], findings: Findings) -> bool:
    if name in registry.models:
        return True
    findings.add(*place, f'no model "{name}".{suggest(name, registry.models)}', rule="access-unknown-model")
    return False


def _check_rule(rule: Rule, registry: Registry, findings: Findings) -> None:
    place = (rule.path, rule.line, rule.id)
    if not rule.model or not _check_model(rule.model, registry, place, findings):
        return
    try:
        Domain.from_wire(list(rule.domain), variables=EXAMPLES).check(registry.model(rule.model))
    except TenonError as error:
        findings.add(*place, f"domain: {error.text}", rule="security-bad-rule-domain")
