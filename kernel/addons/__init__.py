"""Addons: finding, checking, loading and fitting them together, and installing them in tenants."""

from kernel.addons.assembly import Assembly, Library
from kernel.addons.commands import CommandSession
from kernel.addons.contents.security import SecurityDeclaration
from kernel.addons.discovery.loader import Addon
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Finding, Findings
from kernel.addons.hooks import Hooks, hookimpl, hookspec
from kernel.addons.hookspecs import HealthProblem, OwnedRows
from kernel.addons.migrations.steps import Fill, FillInPython, touching
from kernel.addons.rules import Rule
from kernel.addons.runtime import Runtime, Tenant, Visit
from kernel.orm.settings import Settings

__all__ = [
    "Addon",
    "Assembly",
    "CommandSession",
    "Fill",
    "FillInPython",
    "Finding",
    "Findings",
    "HealthProblem",
    "Hooks",
    "Library",
    "Manifest",
    "OwnedRows",
    "Rule",
    "Runtime",
    "SecurityDeclaration",
    "Settings",
    "Tenant",
    "Visit",
    "hookimpl",
    "hookspec",
    "touching",
]
