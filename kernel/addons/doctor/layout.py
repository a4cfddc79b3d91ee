"""Checks of the files of an addon: what lies where, and what is missing."""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path
from typing import Final

from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Findings, shown_path
from kernel.errors import suggest

FOLDERS: Final = ("models", "views", "data", "security", "migrations", "templates", "static", "i18n", "tests")
"""Folders that mean something; others are the addon's own."""
READ: Final = {"views": (".toml",), "data": (".toml", ".csv"), "i18n": (".po", ".pot")}
SECURITY: Final = ("groups.toml", "access.csv", "rules.toml")


def check_place(folder: Path, findings: Findings) -> None:
    """`addons` is a namespace over many folders: a file of its own in one hides all others."""
    init = folder.parent / "__init__.py"
    if init.is_file():
        text = f"must not be there: it hides all addons that lie elsewhere; delete {init}"
        findings.add("addons/__init__.py", 0, "", text, rule="file-addons-init")


def check_files(manifest: Manifest, findings: Findings) -> None:
    """Files that nothing reads as they lie in the wrong place or have the wrong suffix."""
    folder = manifest.path
    for path in sorted(folder.iterdir()):
        near = suggest(path.name, FOLDERS)
        if path.is_dir() and path.name not in FOLDERS and near and not any(path.glob("*.py")):
            text = f"nothing reads a folder of this name.{near}"
            findings.add(shown_path(path, folder), 0, "", text, rule="file-unknown-folder")
    for place, suffixes in READ.items():
        for path in sorted((folder / place).rglob("*")):
            if path.is_file() and path.suffix not in suffixes and not path.name.startswith("."):
                text = f"is not read: {place}/ holds {' and '.join(suffixes)} files"
                findings.add(shown_path(path, folder), 0, "", text, rule="file-not-read")
    for path in sorted((folder / "security").glob("*")):
        if path.is_file() and path.name not in SECURITY and not path.name.startswith("."):
            text = f"is not read: security/ holds {', '.join(SECURITY)}.{suggest(path.name, SECURITY)}"
            findings.add(shown_path(path, folder), 0, "", text, rule="file-not-read")


def check_complete(manifest: Manifest, findings: Findings) -> None:
    """What every addon should have: words for its users, tests, types."""
    folder, name = manifest.path, manifest.name
    if not (folder / "README.md").is_file():
        findings.add(f"addons/{name}/README.md", 0, "", "is missing: say what it is for", rule="file-missing-readme")
    if not any((folder / "tests").glob("test_*.py")) and not (folder.parents[1] / "tests" / name).is_dir():
        text = "there are no tests: write one that shows what it is for"
        findings.add(f"addons/{name}/tests", 0, "", text, rule="file-missing-tests")
    if not (folder / "py.typed").is_file():
        text = "is missing: type checkers of other addons see no types"
        findings.add(f"addons/{name}/py.typed", 0, "", text, rule="file-missing-typed")
    if not manifest.description:
        text = "is missing: two or three sentences for the Apps screen"
        findings.add(manifest.shown, 1, "description", text, rule="manifest-missing-description")
    _check_docstring(folder, findings)


def _check_docstring(folder: Path, findings: Findings) -> None:
    init = folder / "__init__.py"
    if not init.is_file():
        text = "is missing: an addon is a Python package"
        findings.add(shown_path(init, folder), 0, "", text, rule="file-missing-init")
        return
    try:
        tree = ast.parse(init.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return  # told by the import
    if not ast.get_docstring(tree):
        text = "has no docstring: say in a line what the addon does"
        findings.add(shown_path(init, folder), 1, "", text, rule="file-missing-docstring")


def check_after(manifest: Manifest, known: Collection[str], findings: Findings) -> None:
    """`after` may name addons that are not here; one that is nearly here is misspelt."""
    for need in manifest.after:
        if need.name not in known and (near := suggest(need.name, known)):
            text = f'no addon "{need.name}".{near}'
            findings.add(manifest.shown, need.line, "after", text, rule="manifest-unknown-after")
