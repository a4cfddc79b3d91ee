"""Commands that addons bring: announced by their manifests, loaded when they are called.

`tenon --help` must not import addons, nor look for all that could be wrong with them: a manifest that cannot be read
announces nothing, and says why when somebody calls its command.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import Failure
from kernel.config import Settings

if TYPE_CHECKING:
    import click


def announced(settings: Settings) -> dict[str, str]:
    """Addon -> what its command is for, of all addons that can be found."""
    found: dict[str, str] = {}
    for path in _manifests(settings):
        line = _command(path)
        if line:
            found.setdefault(path.parent.name, line)
    return found


def _manifests(settings: Settings) -> Iterator[Path]:
    for root in settings.addon_roots:
        yield from sorted(root.glob("addons/*/manifest.toml"))
    places = [Path(entry) for entry in sys.path]
    for name in _shipped(places):
        yield from (place / "addons" / name / "manifest.toml" for place in places)


def _shipped(places: Iterable[Path]) -> Iterator[str]:
    """Addons that entry points name; `importlib.metadata` would take longer than all the rest of the help."""
    for place in places:
        for path in place.glob("*.dist-info/entry_points.txt"):
            group = path.read_text(encoding="utf-8", errors="replace").partition("[tenon.addons]")[2].partition("[")[0]
            yield from re.findall(r"^(\w+)\s*=", group, re.MULTILINE)


def _command(manifest: Path) -> str:
    try:
        text = manifest.read_text(encoding="utf-8")
        return str(tomllib.loads(text).get("command", "")) if "\ncommand" in text else ""
    except (OSError, ValueError):
        return ""


def load(settings: Settings, name: str) -> click.Command:
    """The command of the addon `name`; errors of the addon are told as they are."""
    from kernel.addons import Library, hookspecs

    library = Library(settings.addon_roots)
    assembly = library.assembly(library.resolve([name]))
    brought = [command for commands in assembly.hooks(hookspecs.cli_commands)() for command in commands]
    for command in brought:
        if command.name == name:
            return command
    names = ", ".join(str(command.name) for command in brought) or "nothing"
    raise Failure(
        f'The addon "{name}" announces the command "{name}" and brings {names}.',
        "Its hook cli_commands returns a command of the addon's name.",
    )
