"""No hook without a user: every hook of the kernel is documented, and called by the kernel or an addon."""

from __future__ import annotations

import re

from kernel.addons import hookspecs
from kernel.addons.hooks import HookSpec
from tests.architecture.test_tree import python_files

SPECS = {name: value for name, value in vars(hookspecs).items() if isinstance(value, HookSpec)}


def test_every_hook_is_called_by_somebody() -> None:
    called: set[str] = set()
    for path in python_files("kernel", "cli", "addons"):
        called.update(re.findall(r"hooks\((?:hookspecs\.)?(\w+)\)", path.read_text()))
    assert set(SPECS) - called == set()


def test_every_hook_says_what_it_is_for() -> None:
    assert [name for name, spec in SPECS.items() if not spec.__doc__] == []
