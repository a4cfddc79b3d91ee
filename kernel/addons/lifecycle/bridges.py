"""Suggested bridges: addons that connect what a tenant has. Suggested, never forced; a refusal is remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kernel.addons.assembly import Library, tenon_version
from kernel.addons.discovery.graph import suggested_bridges
from kernel.db import Transaction

REFUSAL = "refuse"


def suggestions(library: Library, names: Iterable[str], refused: Collection[str]) -> tuple[str, ...]:
    """The bridges to suggest for a set of addons."""
    found = suggested_bridges(library.available().manifests, names)
    return tuple(name for name in found if name not in refused)


def refused_bridges(tx: Transaction) -> frozenset[str]:
    """The bridges that somebody said no to."""
    rows = tx.rows("SELECT DISTINCT unnest(addons) FROM tenon.operation WHERE kind = %s", (REFUSAL,))
    return frozenset(row[0] for row in rows)


def refuse_bridges(tx: Transaction, names: Collection[str]) -> None:
    """Remember that nobody wants these bridges here; they can be installed all the same. As the operator."""
    tx.execute(
        "INSERT INTO tenon.operation (kind, addons, tenon, ended_at) VALUES (%s, %s, %s, clock_timestamp())",
        (REFUSAL, list(names), str(tenon_version())),
    )
