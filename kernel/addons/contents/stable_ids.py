"""Stable ids: names of records that data files, code and access rows can rely on, in `tenon.stable_id`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kernel.orm import Env

COLUMNS: Final = "addon, name, model, record, policy, hash, version, touched"


@dataclass(frozen=True, slots=True)
class StableRow:
    """One stable id, with what the last load of its file knew."""

    addon: str
    name: str
    model: str
    record: int
    policy: str = "always"
    hash: str = ""
    version: int = 0
    touched: bool = False

    @property
    def stable_id(self) -> str:
        """`crm.stage_new`."""
        return f"{self.addon}.{self.name}"


class StableIdTable:
    """The port by which `env.ref` finds a record."""

    def find(self, env: Env, stable_id: str) -> tuple[str, int] | None:
        """(model, id) of a stable id, whether or not the record is still there."""
        addon, _, name = stable_id.partition(".")
        query = "SELECT model, record FROM tenon.stable_id WHERE addon = %s AND name = %s"
        rows = env.tx.rows(query, (addon, name))
        return (rows[0][0], rows[0][1]) if rows else None


def find_all(env: Env, stable_ids: Iterable[str]) -> dict[str, StableRow]:
    """The rows of many stable ids, whole names, in one statement."""
    names = list(stable_ids)
    if not names:
        return {}
    query = f"SELECT {COLUMNS} FROM tenon.stable_id WHERE addon || '.' || name = ANY(%s)"
    return {row.stable_id: row for row in (StableRow(*values) for values in env.tx.rows(query, (names,)))}


def remember(env: Env, rows: Iterable[StableRow]) -> None:
    """Enter stable ids, or renew what is known of them; one statement."""
    items = list(rows)
    if not items:
        return
    query = (
        f"INSERT INTO tenon.stable_id ({COLUMNS}) SELECT * FROM unnest("
        "%s::text[], %s::text[], %s::text[], %s::int8[], %s::text[], %s::text[], %s::int4[], %s::bool[])"
        " ON CONFLICT (addon, name) DO UPDATE SET model = excluded.model, record = excluded.record,"
        " policy = excluded.policy, hash = excluded.hash, version = excluded.version,"
        " touched = excluded.touched"
    )
    columns = zip(
        *((r.addon, r.name, r.model, r.record, r.policy, r.hash, r.version, r.touched) for r in items),
        strict=True,
    )
    env.tx.execute(query, [list(column) for column in columns])


def name_records(env: Env, addon: str, model: str, ids: Mapping[str, int]) -> None:
    """Give stable ids `addon.<name>` to records that an addon made in code (a group, say)."""
    remember(env, [StableRow(addon, name, model, record) for name, record in ids.items()])
