"""Checks of the settings that an addon declares."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

from kernel.addons.discovery.loader import Addon
from kernel.addons.findings import Findings
from kernel.errors import DeveloperError
from kernel.orm.settings import Settings


def check_settings(addon: Addon, findings: Findings) -> None:
    """Each setting has a type that can be kept and a default of that type; a name is used once."""
    seen: dict[str, str] = {}
    for cls in addon.settings:
        path, line, lines = _place(addon, cls)
        if cls.__addon__ != addon.name:
            text = f'settings of this addon say addon="{addon.name}", not "{cls.__addon__}"'
            findings.add(path, line, cls.__name__, text, rule="setting-wrong-addon")
        for name in cls.__annotations__:
            at = next((line + n for n, text in enumerate(lines) if text.strip().startswith(f"{name}:")), line)
            if name in seen:
                text = f'"{name}" is a setting of {seen[name]} already'
                findings.add(path, at, cls.__name__, text, rule="setting-twice")
            seen.setdefault(name, cls.__name__)
        try:
            declared = cls.declared()
        except (DeveloperError, NameError) as error:
            word = str(error).partition(" ")[0].partition(".")[2]
            at = next((line + n for n, text in enumerate(lines) if word and text.strip().startswith(f"{word}:")), line)
            findings.add(path, at, cls.__name__, str(error), rule="setting-bad-default")
            continue
        for name, (kind, default) in declared.items():
            if problem := _misfit(kind, default):
                at = next((line + n for n, text in enumerate(lines) if text.strip().startswith(f"{name}:")), line)
                findings.add(path, at, cls.__name__, f"{name}: {problem}", rule="setting-bad-default")


def _misfit(kind: type[Any], default: object) -> str:
    if type(default) is kind or (kind is Decimal and type(default) is int):
        return ""
    return f"the default {default!r} is no {kind.__name__}"


def _place(addon: Addon, cls: type[Settings]) -> tuple[str, int, list[str]]:
    """File, first line, and the lines of a class."""
    try:
        lines, line = inspect.getsourcelines(cls)
        return addon.shown(addon.path / (inspect.getsourcefile(cls) or "settings.py")), line, lines
    except (OSError, TypeError):
        return f"addons/{addon.name}/settings.py", 0, []
