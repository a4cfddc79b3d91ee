"""Checking addons before a database is touched: for the plan of an install and of an upgrade."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.contents.datafiles import DataRecord, check_records, read_deletions, read_records
from kernel.addons.contents.security import Rule as RecordRule
from kernel.addons.contents.security import SecurityDeclaration, read_security
from kernel.addons.discovery.graph import closure
from kernel.addons.discovery.loader import Addon, data_digest
from kernel.addons.doctor.code import check_imports, check_private
from kernel.addons.doctor.layout import check_after, check_complete, check_files, check_place
from kernel.addons.doctor.models import check_history, check_isolation, check_rights, check_words
from kernel.addons.doctor.routes import check_routes
from kernel.addons.doctor.settings import check_settings
from kernel.addons.doctor.texts import check_templates, check_translations, template_folders
from kernel.addons.doctor.values import check_values
from kernel.addons.findings import Findings
from kernel.addons.migrations.lint import check_requires, lint_revisions
from kernel.addons.rules import RULES, Rule
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
    """The contents of some addons of an assembly; LoadError with every error found in any of them."""
    findings = Findings()
    contents = {name: check_addon(assembly, assembly.addon(name), findings) for name in names}
    findings.raise_if_any("These addons have faults:", hint="Nothing was changed. Mend the files, then try again.")
    return contents


def check_addon(assembly: Assembly, addon: Addon, findings: Findings) -> Contents:
    """Read one addon's files and note all that does not fit the assembly: what stands in the way of an installation."""
    _check_edition(addon, findings)
    _check_command(addon, findings)
    check_place(addon.path, findings)
    check_imports(addon.manifest, findings)
    check_isolation(addon, assembly, findings)
    check_settings(addon, findings)
    check_routes(addon.manifest, findings)
    security = read_security(addon.name, addon.path, findings)
    _check_security(assembly, security, findings)
    records = read_records(addon.name, addon.path, addon.files("data"), findings)
    demo = read_records(addon.name, addon.path, addon.files("data/demo"), findings)
    check_records((*records, *demo), assembly.registry, findings)
    groups = _group_ids(assembly) | {group.id for group in security.groups}
    check_values(assembly, (*records, *demo), groups, findings)
    check_templates(addon, template_folders(assembly.addons), findings)
    check_translations(addon, findings)
    lint_revisions(addon.name, addon.revisions, findings)
    manifests = {each.name: each.manifest for each in assembly.addons}
    named = {*closure(manifests, [addon.name]), *(need.name for need in (*addon.manifest.needs, *addon.manifest.after))}
    check_requires(addon.revisions, {each.name: each.revisions for each in assembly.addons}, named, findings)
    _ask_addons(assembly, addon, findings)
    deletions = read_deletions(addon.name, addon.path, addon.files("data"), findings)
    for record in records:
        if record.name in deletions:
            text = "is deleted by _delete, and shipped"
            findings.add(record.path, record.line, record.stable_id, text, rule="data-duplicate-id")
    return Contents(addon.name, security, records, demo, deletions)


def advise(assembly: Assembly, addon: Addon, known: Collection[str], findings: Findings) -> None:
    """Note what is in nobody's way and still should be otherwise; `known` are all addons that can be found."""
    check_files(addon.manifest, findings)
    check_complete(addon.manifest, findings)
    check_after(addon.manifest, known, findings)
    check_private(addon.manifest, findings)
    check_words(addon, findings)
    check_rights(addon, assembly, read_security(addon.name, addon.path, Findings()), findings)
    check_history(addon, assembly, findings)


def rules_of(assembly: Assembly) -> dict[str, Rule]:
    """All rules by id: Tenon's own and those that addons of the assembly declare."""
    declared = [rule for rules in assembly.hooks(hookspecs.check_rules)() for rule in rules]
    return {**{rule.id: rule for rule in declared}, **RULES}


def _ask_addons(assembly: Assembly, addon: Addon, findings: Findings) -> None:
    """The checks that addons bring; each finding has the severity that its rule declares."""
    rules = rules_of(assembly)
    for more in assembly.hooks(hookspecs.check_addon)(addon=addon, assembly=assembly):
        for finding in more:
            rule = rules.get(finding.rule)
            if rule is None:
                text = f'a check reports "{finding.rule}", which no addon declares.{suggest(finding.rule, rules)}'
                hint = "Declare it by the hook check_rules; it begins with the name of its addon."
                findings.add(finding.path, finding.line, finding.subject, text, rule="check-unknown-rule", hint=hint)
            findings.extend([replace(finding, severity=rule.severity if rule else "error")])


def _check_command(addon: Addon, findings: Findings) -> None:
    """`tenon --help` reads manifests only; what they announce must be there, and what is there announced."""
    source = addon.hook_source
    brought = source.impls().get("cli_commands") if source else None
    if source and brought and not addon.manifest.command:
        path, line = source.place(brought)
        text = f'brings commands that `tenon --help` does not show: write command = "..." into {addon.manifest.shown}'
        findings.add(path, line, "cli_commands", text, rule="hook-commands-not-announced")
    elif addon.manifest.command and not brought:
        text = "announces a command, but hooks.py has no cli_commands"
        findings.add(addon.manifest.shown, 0, "command", text, rule="hook-commands-not-announced")


def _check_edition(addon: Addon, findings: Findings) -> None:
    """Data of one edition and code of another do not go together."""
    if data_digest(addon.path) != addon.digest:
        text = "its files were changed after this process loaded its code; restart the process"
        findings.add(addon.manifest.shown, 0, addon.name, text, rule="python-changed")


def _check_security(assembly: Assembly, security: SecurityDeclaration, findings: Findings) -> None:
    groups = _group_ids(assembly) | {group.id for group in security.groups}
    for group in security.groups:
        _check_groups(group.implies, groups, (group.path, group.line, group.id), findings)
    for access in security.access:
        place = (access.path, access.line, access.model)
        if access.model:
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


def _check_rule(rule: RecordRule, registry: Registry, findings: Findings) -> None:
    place = (rule.path, rule.line, rule.id)
    if not rule.model or not _check_model(rule.model, registry, place, findings):
        return
    try:
        Domain.from_wire(list(rule.domain), variables=EXAMPLES).check(registry.model(rule.model))
    except TenonError as error:
        findings.add(*place, f"domain: {error.text}", rule="security-bad-rule-domain")
