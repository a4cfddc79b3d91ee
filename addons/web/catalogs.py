"""The catalog of an assembly, compiled when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable

from addons.web.compiler import Catalog, compile_catalog
from addons.web.compiler.reading import read_all
from kernel.addons import Assembly
from kernel.addons.contents.security import read_security
from kernel.addons.findings import Finding, Findings


def catalog_of(assembly: Assembly) -> Catalog:
    """Views, menus and actions of the addons of an assembly; raises LoadError with all faults."""
    catalog, findings = _compiled(assembly)
    findings.raise_if_any("The views of these addons do not fit:")
    return catalog


def faults_of(assembly: Assembly, addon: str) -> Iterable[Finding]:
    """The faults in the view files of one addon."""
    return [finding for finding in _compiled(assembly)[1] if finding.path.startswith(f"addons/{addon}/")]


def _compiled(assembly: Assembly) -> tuple[Catalog, Findings]:
    return assembly.extra("web.catalog", lambda: _compile(assembly))  # noqa: S610 - no queryset


def _compile(assembly: Assembly) -> tuple[Catalog, Findings]:
    findings = Findings()
    files = read_all(((addon.name, addon.path) for addon in assembly.addons), findings)
    return compile_catalog(assembly.registry, files, findings, _groups(assembly)), findings


def _groups(assembly: Assembly) -> frozenset[str]:
    """The groups that addons declare; faults in their files are told by the kernel."""
    declared = [read_security(addon.name, addon.path, Findings()) for addon in assembly.addons]
    return frozenset(group.id for security in declared for group in security.groups)
