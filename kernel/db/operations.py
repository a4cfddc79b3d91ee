"""Operations that a web process files (install this addon) and a worker with more rights carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kernel.db.control import Control
from kernel.errors import MissingError

_COLUMNS = "id, tenant, kind, arguments, state, answer"


@dataclass(frozen=True, slots=True)
class Operation:
    """One filed operation. `state` is filed, running, done or failed; `answer` says how it ended."""

    id: int
    tenant: UUID
    kind: str
    arguments: Mapping[str, Any]
    state: str
    answer: str


def file(control: Control, tenant: UUID, kind: str, arguments: Mapping[str, Any]) -> Operation:
    query = f"INSERT INTO control.operation (tenant, kind, arguments) VALUES (%s, %s, %s) RETURNING {_COLUMNS}"
    return _one(control, query, (tenant, kind, Jsonb(dict(arguments))))


def take(control: Control) -> Operation | None:
    """The oldest filed operation, now running; None if there is none. Two workers never take the same one."""
    query = (
        "UPDATE control.operation SET state = 'running' WHERE id = (SELECT id FROM control.operation "
        f"WHERE state = 'filed' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}"
    )
    rows = control.run(lambda tx: tx.rows(query))
    return Operation(*rows[0]) if rows else None


def finish(control: Control, operation: Operation, *, failed: bool = False, answer: str = "") -> Operation:
    query = f"UPDATE control.operation SET state = %s, answer = %s, ended_at = now() WHERE id = %s RETURNING {_COLUMNS}"
    return _one(control, query, ("failed" if failed else "done", answer, operation.id))


def get(control: Control, number: int) -> Operation:
    return _one(control, f"SELECT {_COLUMNS} FROM control.operation WHERE id = %s", (number,))


def _one(control: Control, query: str, params: tuple[object, ...]) -> Operation:
    rows = control.run(lambda tx: tx.rows(query, params))
    if not rows:
        raise MissingError("This operation does not exist (any more).")
    return Operation(*rows[0])
