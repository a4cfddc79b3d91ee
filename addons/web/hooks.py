"""What web answers to the kernel: the view files of an addon are checked before it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from addons.web.catalogs import faults_of
from addons.web.shown import fields_of_views
from kernel.addons import Addon, Assembly, Finding, hookimpl


@hookimpl
def check_addon(addon: Addon, assembly: Assembly) -> Iterable[Finding]:
    return faults_of(assembly, addon.name)


@hookimpl
def fields_shown(addon: str, assembly: Assembly) -> Mapping[str, frozenset[str]]:
    return fields_of_views(assembly, addon)
