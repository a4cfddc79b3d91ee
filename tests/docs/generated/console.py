"""Blocks of the language `console`: calls (`$ tenon ...`), each followed by what it answers."""

from __future__ import annotations

import re
from typing import Final

from tests.docs.pages import DOCS
from tests.docs.world import STAYS, World

WALKS: Final = ((DOCS / "integrators" / "commands.md",),)
"""Pages whose calls are made: those of one group one after the other, in one world."""
_BLOCK: Final = re.compile(r"^```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def answered(text: str, world: World) -> str:
    """The page with its calls made anew, in order; those of `sh` blocks must succeed, and show no answer."""
    return _BLOCK.sub(lambda found: _console(found[2], world) if found[1] == "console" else _sh(found, world), text)


def unanswered(text: str) -> str:
    """The page without what its calls answered."""
    return _BLOCK.sub(lambda found: _asked(found[2]) if found[1] == "console" else found[0], text)


def _asked(body: str) -> str:
    calls = re.findall(r"^\$ .*$", body, re.MULTILINE)
    return "```console\n" + "".join(f"{call}\n" for call in calls) + "```"


def _console(body: str, world: World) -> str:
    lines = []
    for call in re.findall(r"^\$ (.*)$", body, re.MULTILINE):
        lines += [f"$ {call}", *([world.shown(call)] if runs(call) else [])]
    return "```console\n" + "".join(f"{line}\n" for line in lines if line) + "```"


def _sh(found: re.Match[str], world: World) -> str:
    for line in found[2].splitlines():
        if runs(line):
            done = world.call(line)
            assert done.exit_code == 0, f"{line}: {done.output}"
    return found[0]


def runs(line: str) -> bool:
    """Whether a line is a call of `tenon` that ends by itself."""
    return line.startswith("tenon ") and not line.startswith(STAYS)
