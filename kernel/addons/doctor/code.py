"""Checks of an addon's Python code, read and not run: what it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from kernel.addons.discovery.catalog import PACKAGE
from kernel.addons.discovery.loader import python_files
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Findings, shown_path
from kernel.config import SOURCE_ROOT
from kernel.errors import suggest

_ADDON: Final = re.compile(rf"\b{PACKAGE}(?:\.| +import +)(\w+)")
_KERNEL: Final = re.compile(r"\bkernel\.(?!orm import|addons import|http import|errors import)")
PUBLIC: Final = (
    "kernel.orm",
    "kernel.addons",
    "kernel.http",
    "kernel.errors",
    "kernel.i18n",
    "kernel.testing",
    "kernel.orm.fields",
    "kernel.orm.ports",
    "kernel.addons.hookspecs",
    "kernel.http.responses",
)
"""What authors may import of the kernel: it changes by the rules of versions only."""


def check_imports(manifest: Manifest, findings: Findings) -> None:
    """Code imports only addons that `depends` or `bridges` name, and not their tests."""
    allowed = {need.name for need in manifest.needs}
    for path, line, module in _imported(manifest.path, _ADDON, {*allowed, manifest.name}):
        parts = module.split(".")
        if parts[0] != PACKAGE or len(parts) < 2:
            continue
        place = (shown_path(path, manifest.path), line, "")
        if parts[1] not in (*allowed, manifest.name):
            near = suggest(parts[1], allowed)
            text = f"imports addons.{parts[1]}, which is not in `depends` of {manifest.shown}{near and '.' + near}"
            findings.add(*place, text, rule="python-import-outside-depends")
        elif "tests" in parts[2:]:
            findings.add(*place, f"imports {module}: tests are not there in production", rule="python-imports-tests")


def check_private(manifest: Manifest, findings: Findings) -> None:
    """Code keeps to the public parts of the kernel; addons that come with Tenon move along with it."""
    if manifest.path.parent == SOURCE_ROOT / PACKAGE:
        return
    for path, line, module in _imported(manifest.path, _KERNEL, set()):
        if module.startswith("kernel.") and not _is_public(module):
            text = f"imports {module}, which is no public part of Tenon and may change with any version"
            findings.add(shown_path(path, manifest.path), line, "", text, rule="python-private-import")


def _is_public(module: str) -> bool:
    return module in PUBLIC or module.startswith("kernel.orm.fields.")


def _imported(folder: Path, marker: re.Pattern[str], fine: Collection[str]) -> Iterator[tuple[Path, int, str]]:
    """(file, line, module) of the imports in files where `marker` finds more than is fine; also `if TYPE_CHECKING`."""
    for path in python_files(folder):
        text = path.read_text(encoding="utf-8", errors="replace")
        found = marker.findall(text)
        if not found or (fine and set(found) <= set(fine) and ".tests" not in text):
            continue  # parsing every file would take longer than all other checks
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # told by the import
        for node in ast.walk(tree):
            for name in _names(node):
                yield path, getattr(node, "lineno", 0), name


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module] if node.module != PACKAGE else [f"{PACKAGE}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def imported_addons(folder: Path) -> set[str]:
    """The addons that the code of an addon speaks of, itself left out: what it needs, where no manifest can be read."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in python_files(folder))
    return {name for text in texts for name in _ADDON.findall(text)} - {folder.name}
