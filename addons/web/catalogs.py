"""The catalog of an assembly, compiled when it is first asked for."""

from __future__ import annotations

from addons.web.compiler import Catalog, compile_catalog
from addons.web.compiler.reading import read_all
from kernel.addons import Assembly
from kernel.addons.findings import Findings


def catalog_of(assembly: Assembly) -> Catalog:
    """Views, menus and actions of the addons of an assembly; raises LoadError with all faults."""
    found: Catalog = assembly.extra("web.catalog", lambda: _compile(assembly))
    return found


def _compile(assembly: Assembly) -> Catalog:
    findings = Findings()
    files = read_all(((addon.name, addon.path) for addon in assembly.addons), findings)
    return compile_catalog(assembly.registry, files, findings)
