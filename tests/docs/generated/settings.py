"""The table of settings, from the texts under the attributes of `kernel.config.Settings`."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, Final

from kernel.config import Settings
from tests.docs.generated.docstrings import attribute_docs

DEFAULTS: Final = {"data_dir": "`~/.local/share/tenon`", "master_key_file": "`<data_dir>/master.key`"}
"""Those that are worked out when a process starts."""
VARIABLES: Final = {"master_key_hex": "TENON_MASTER_KEY"}
"""Environment variables that are not named like their setting."""


def settings_table() -> str:
    """One row per setting: key, variable, default, meaning."""
    docs = attribute_docs(Settings)
    rows = ["| Setting | In the environment | Default | What it is |", "| --- | --- | --- | --- |"]
    for item in fields(Settings):
        variable = VARIABLES.get(item.name, f"TENON_{item.name.upper()}")
        rows.append(f"| `{item.name}` | `{variable}` | {_default(item)} | {docs[item.name]} |")
    return "\n".join(rows)


def _default(item: Field[Any]) -> str:
    if item.name in DEFAULTS:
        return DEFAULTS[item.name]
    assert item.default is not MISSING
    if item.default in ("", (), None):
        return "none"
    return f"`{str(item.default).lower() if isinstance(item.default, bool) else item.default}`"
