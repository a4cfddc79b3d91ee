"""Writing small addons into a folder, so that each test says what its addons contain."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

MANIFEST = """
name = "{name}"
title = "{title}"
version = "{version}"
summary = "A toy."
license = "LGPL-3.0-or-later"
tenon = ">=0.1"
"""


def write_addon(
    root: Path, name: str, files: Mapping[str, str] | None = None, *, version: str = "1.0.0", more: str = ""
) -> Path:
    """Write an addon below `root/addons`; `more` is appended to its manifest."""
    folder = root / "addons" / name
    manifest = MANIFEST.format(name=name, title=name.title(), version=version) + more + "\n"
    contents = {"manifest.toml": manifest, "__init__.py": f'"""The toy {name}."""\n', **(files or {})}
    for path, text in contents.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return folder


def forget_addons(*roots: Path) -> None:
    """Let this process forget addons of test folders: their modules and their places on the path."""
    paths = tuple(str(root) for root in roots)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name.startswith("addons.") and file.startswith(paths):
            del sys.modules[name]
            parent = sys.modules.get("addons")
            if parent is not None and name.count(".") == 1 and hasattr(parent, name.split(".")[1]):
                delattr(parent, name.split(".")[1])
    sys.path[:] = [path for path in sys.path if not path.startswith(paths)]
