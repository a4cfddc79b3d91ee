"""The table of manifest keys, from the texts under the attributes of `kernel.addons.Manifest`."""

from __future__ import annotations

from dataclasses import MISSING, fields

from kernel.addons import Manifest
from tests.docs.generated.docstrings import attribute_docs


def keys_table() -> str:
    """One row per key of `manifest.toml`: what it is, and whether it must be there."""
    docs = attribute_docs(Manifest)
    rows = ["| Key | Required | What it is |", "| --- | --- | --- |"]
    for item in fields(Manifest):
        if item.name != "path":
            required = "yes" if item.default is MISSING and item.default_factory is MISSING else ""
            rows.append(f"| `{item.name}` | {required} | {docs[item.name]} |")
    return "\n".join(rows)
