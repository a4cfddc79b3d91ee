"""Importing an addon that has faults: as much of it as runs, and every fault on the way with its line.

A module is run statement by statement, so that one class that fails does not hide the next; of a class that
fails, the statement that is to blame is left out and the rest is tried again. What was left out is remembered by
its words: that other files miss it is no fault of theirs.

This is for looking at an addon (`tenon addon check`). The process forgets the modules afterwards.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import importlib.util
import re
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, Self

from kernel.addons.discovery.catalog import PACKAGE
from kernel.addons.discovery.loader import module_names, place_in, said_by_python
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Findings, told_place
from kernel.errors import DeveloperError

_WORD: Final = re.compile(r"[A-Za-z_][\w.]*")
_MOST: Final = 50
"""Faults of one class; after them it is left alone."""


class LenientImport:
    """One import of one addon: its modules, its faults, and the words of what could not be run.

    A context: the process has the modules inside, and forgets them at the end.
    """

    def __init__(self, manifest: Manifest, findings: Findings) -> None:
        self.manifest = manifest
        self.folder = manifest.path
        self.findings = findings
        self.lost: set[str] = set()
        self._told: set[tuple[str, int, str]] = set()
        self._root = f"{PACKAGE}.{manifest.name}"
        self._finder = _Finder(self, self._root)

    def __enter__(self) -> Self:
        _forget(self._root)
        sys.meta_path.insert(0, self._finder)
        return self

    def __exit__(self, *_: object) -> None:
        sys.meta_path.remove(self._finder)
        _forget(self._root)

    def modules(self) -> dict[str, ModuleType]:
        """Import the package and all below it; nothing is raised."""
        names = (self._root, *module_names(self.manifest))
        return {name: importlib.import_module(name) for name in names}

    def run(self, module: ModuleType, path: Path) -> None:
        """Run what can be run of a file."""
        try:
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text, str(path))
        except (SyntaxError, ValueError, OSError) as error:
            self._lose(path.read_bytes().decode(errors="replace"))
            self.note(error, "python-syntax")
            return
        for node in tree.body:
            self._run_one(module, node, path, text)

    def _run_one(self, module: ModuleType, node: ast.stmt, path: Path, text: str) -> None:
        for _ in range(_MOST):
            try:
                exec(_code(node, path), vars(module))  # noqa: S102 - the addon's own module
                return
            except Exception as error:
                self.note(error, "python-import-failed")
                blamed = _blamed(node, error, path)
                self._lose(ast.get_source_segment(text, blamed or node) or "")
                if blamed is None or not isinstance(node, ast.ClassDef) or len(node.body) == 1:
                    return
                node.body.remove(blamed)

    def _lose(self, text: str) -> None:
        self.lost.update(_WORD.findall(text))

    def note(self, error: Exception, rule: str) -> None:
        """Note an error at the line of the addon that it came from, once, and not if it follows from another."""
        path, line = place_in(error, self.folder)
        if self.follows(error):
            return
        text, hint = said_by_python(error), ""
        if isinstance(error, DeveloperError):
            path, line, text = told_place(error.text, self.folder) or (path, line, error.text)
            rule, hint = error.rule, error.hint
        elif isinstance(error, SyntaxError):
            text = f"is no valid Python: {error.msg}"
        if (path, line, text) not in self._told:
            self._told.add((path, line, text))
            self.findings.add(path, line, "", text, rule=rule, hint=hint)

    def follows(self, error: Exception) -> bool:
        """Whether an error only says that something is missing which could not be run."""
        if isinstance(error, ImportError):
            found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error))
            return bool(found and found[1] in self.lost and found[2].startswith(f"{PACKAGE}.{self.manifest.name}"))
        return isinstance(error, (NameError, AttributeError)) and str(getattr(error, "name", "")) in self.lost


class _Finder(MetaPathFinder, Loader):
    """Finds the modules below one addon, and runs them leniently."""

    def __init__(self, importing: LenientImport, root: str) -> None:
        self.importing = importing
        self.root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The file of a module of the addon; None for all others."""
        if fullname != self.root and not fullname.startswith(f"{self.root}."):
            return None
        place = self.importing.folder.joinpath(*fullname.split(".")[2:])
        if place.is_dir():
            init = place / "__init__.py"
            return importlib.util.spec_from_file_location(
                fullname, init, loader=self, submodule_search_locations=[str(place)]
            )
        file = place.with_suffix(".py")
        return importlib.util.spec_from_file_location(fullname, file, loader=self) if file.is_file() else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The usual module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run its file; a folder without `__init__.py` is an empty package."""
        path = Path(module.__file__ or "")
        if path.is_file():
            self.importing.run(module, path)


def _code(node: ast.stmt, path: Path) -> CodeType:
    tree = ast.Module([node], [])
    flags = __future__.annotations.compiler_flag
    code: CodeType = compile(tree, str(path), "exec", flags=flags, dont_inherit=True)
    return code


def _blamed(node: ast.stmt, error: BaseException, path: Path) -> ast.stmt | None:
    """The statement of a class body at which it failed."""
    if not isinstance(node, ast.ClassDef):
        return None
    trace = error.__traceback__
    lines = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path) and trace.tb_frame.f_code.co_name == node.name:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    for line in lines:
        for child in node.body:
            first = min([child.lineno, *(each.lineno for each in getattr(child, "decorator_list", ()))])
            if first <= line <= (child.end_lineno or child.lineno):
                return child
    return None


def _forget(root: str) -> None:
    """Take the modules of an addon out of the process: none of them is whole."""
    for name in [name for name in sys.modules if name == root or name.startswith(f"{root}.")]:
        del sys.modules[name]
    parent, _, child = root.partition(".")
    if hasattr(sys.modules.get(parent), child):
        delattr(sys.modules[parent], child)
