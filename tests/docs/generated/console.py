"""Blocks of the language `console`: calls (`$ tenon ...`), each followed by what it answers."""

from __future__ import annotations

import re
from typing import Final

from tests.docs.pages import DOCS
from tests.docs.world import STAYS, World

_BOOK: Final = DOCS / "integrators"
WALKS: Final = (
    (_BOOK / "README.md",),
    (_BOOK / "installing.md",),
    tuple(_BOOK / f"{name}.md" for name in ("tenants", "addons", "upgrading", "trouble")),
    (_BOOK / "commands.md",),
)
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
    shown = []
    for call in re.findall(r"^\$ (.*)$", body, re.MULTILINE):
        answer = world.shown(call) if runs(call) else ""
        shown.append(f"$ {call}\n{answer}".rstrip())
    return "```console\n" + "\n\n".join(shown) + "\n```"


def _sh(found: re.Match[str], world: World) -> str:
    for line in found[2].splitlines():
        if runs(line):
            done = world.call(line)
            assert done.exit_code == 0, f"{line}: {done.output}"
    return found[0]


def runs(line: str) -> bool:
    """Whether a line is a call of `tenon` that ends by itself."""
    return line.startswith("tenon ") and not line.startswith(STAYS)
