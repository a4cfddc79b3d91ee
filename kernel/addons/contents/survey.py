"""What an upgrade will not do to records of data files, as people changed them or the addon ships them no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kernel.addons.contents.datafiles import DataRecord
from kernel.addons.contents.stable_ids import COLUMNS, StableRow
from kernel.db import Transaction
from kernel.orm.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Survey:
    """Stable ids of one addon's records."""

    kept: tuple[str, ...] = ()
    """The file says something new, and somebody changed the record: it stays as it is."""
    deleted: tuple[str, ...] = ()
    """The file deletes them."""
    orphaned: tuple[str, ...] = ()
    """No file has them any more; the records stay."""

    def lines(self) -> list[str]:
        """The survey for people."""
        return [
            *(f"kept as it was changed here: {each}" for each in self.kept),
            *(f"deleted, as its file says: {each}" for each in self.deleted),
            *(f"no longer shipped, and kept: {each}" for each in self.orphaned),
        ]


def survey(
    tx: Transaction,
    registry: Registry,
    addon: str,
    records: Sequence[DataRecord],
    demo: Iterable[DataRecord] = (),
    deletions: Iterable[str] = (),
) -> Survey:
    """What would be kept, deleted and left behind. Three statements at most for each model; nothing is changed."""
    query = f"SELECT {COLUMNS} FROM tenon.stable_id WHERE addon = %s AND hash <> '' ORDER BY name"
    rows = [StableRow(*values) for values in tx.rows(query, (addon,))]
    versions = _versions(tx, registry, rows)
    shipped = {record.name: record for record in records}
    known = {*shipped, *(record.name for record in demo)}
    gone = {*deletions}
    kept: list[str] = []
    deleted: list[str] = []
    orphaned: list[str] = []
    for row in rows:
        version = versions.get((row.model, row.record))
        if version is None:
            continue  # deleted by somebody: it stays so
        touched = row.touched or version != row.version
        if row.name in gone:
            (kept if touched else deleted).append(row.stable_id)
        elif row.name not in known:
            orphaned.append(row.stable_id)
        elif touched and (record := shipped.get(row.name)) and record.policy == "if_untouched":
            kept += [row.stable_id] if record.hash != row.hash else []
    return Survey(tuple(kept), tuple(deleted), tuple(orphaned))


def _versions(tx: Transaction, registry: Registry, rows: Iterable[StableRow]) -> dict[tuple[str, int], int]:
    """(model, id) -> version, of the records that are there; a table that is still to be made has none."""
    wanted: dict[str, list[int]] = {}
    for row in rows:
        if row.model in registry.models and not registry.models[row.model].query:
            wanted.setdefault(row.model, []).append(row.record)
    found: dict[tuple[str, int], int] = {}
    for model, ids in wanted.items():
        table = registry.model(model).sql
        if tx.rows("SELECT to_regclass(%s)", (table,))[0][0] is not None:
            versions = tx.rows(f"SELECT id, version FROM {table} WHERE id = ANY(%s)", (ids,))
            found.update({(model, id): version for id, version in versions})
    return found
