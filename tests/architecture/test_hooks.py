"""No hook without a user: each is called, says what it is for, is described, and proven by a test of its name."""

from __future__ import annotations

import re
from pathlib import Path

from kernel.addons import hookspecs
from kernel.addons.hooks import HookSpec
from tests.architecture.test_tree import ROOT, python_files

SPECS = {name: value for name, value in vars(hookspecs).items() if isinstance(value, HookSpec)}


def test_every_hook_is_called_by_somebody() -> None:
    called: set[str] = set()
    for path in python_files("kernel", "cli", "addons"):
        called.update(re.findall(r"hooks\((?:hookspecs\.)?(\w+)\)", path.read_text()))
    assert set(SPECS) - called == set()


def test_every_hook_says_what_it_is_for() -> None:
    assert [name for name, spec in SPECS.items() if not spec.__doc__] == []


def declared() -> dict[str, Path]:
    """Hook -> the file that declares it: those of the kernel, of our addons and of the examples."""
    found = {}
    for path in python_files("kernel", "addons", "examples"):
        for match in re.finditer(r"^@hookspec.*\ndef (\w+)\(", path.read_text(), re.MULTILINE):
            found[match[1]] = path
    return found


def test_every_hook_is_proven_by_a_test_of_its_name() -> None:
    text = "\n".join(path.read_text() for path in python_files("tests"))
    proven = "\n".join(re.findall(r"def test_hook_(\w+)", text))
    assert SPECS.keys() < declared().keys()
    assert [name for name in declared() if name not in proven] == []


def test_every_hook_of_an_addon_is_in_its_readme() -> None:
    folders = {name: path.parent for name, path in declared().items() if "kernel" not in path.parts}
    assert len(folders) >= 8
    missing = [name for name, folder in folders.items() if f"`{name}(" not in (folder / "README.md").read_text()]
    assert missing == [], f"see {ROOT / 'addons'}/*/README.md"
