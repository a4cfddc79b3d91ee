"""Operations that a web process files (install this addon) and a worker with more rights carries out.

Who carries one out holds an advisory lock while it does. One that is `running` without a holder was left by a
worker that died: it is filed again, because an operation is one transaction, which happened or did not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from kernel.db.control import Control
from kernel.errors import MissingError

MOST_ATTEMPTS: Final = 3
"""An operation whose workers died this often is not tried again."""
_COLUMNS = "id, tenant, kind, arguments, state, answer, progress, attempts"


@dataclass(frozen=True, slots=True)
class Operation:
    """One filed operation. `state` is filed, running, done or failed; `answer` says how it goes or ended."""

    id: int
    tenant: UUID
    kind: str
    arguments: Mapping[str, Any]
    state: str
    answer: str
    progress: int
    """Percent."""
    attempts: int


def file(control: Control, tenant: UUID, kind: str, arguments: Mapping[str, Any]) -> Operation:
    """Ask for an operation."""
    query = f"INSERT INTO control.operation (tenant, kind, arguments) VALUES (%s, %s, %s) RETURNING {_COLUMNS}"
    return _one(control, query, (tenant, kind, Jsonb(dict(arguments))))


def take(control: Control) -> Operation | None:
    """The oldest filed operation, now running; None if there is none. Two workers never take the same one."""
    query = (
        "UPDATE control.operation SET state = 'running', attempts = attempts + 1, answer = '', progress = 0"
        " WHERE id = (SELECT id FROM control.operation"
        f" WHERE state = 'filed' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}"
    )
    rows = control.run(lambda tx: tx.rows(query))
    return Operation(*rows[0]) if rows else None


@contextmanager
def working(control: Control) -> Iterator[bool]:
    """Try to be the one who carries out operations; False while another process is."""
    with control.cluster.connect(control.database) as connection:
        query = "SELECT pg_try_advisory_lock(hashtextextended('tenon:operations', 0))"
        row = connection.execute(query).fetchone()
        yield bool(row and row[0])


def file_again(control: Control) -> None:
    """File again what a worker left when it died. Only who is `working` may do this, before it takes any."""
    query = (
        "UPDATE control.operation SET state = CASE WHEN attempts < %s THEN 'filed' ELSE 'failed' END,"
        " answer = CASE WHEN attempts < %s THEN answer ELSE %s END,"
        " ended_at = CASE WHEN attempts < %s THEN NULL ELSE now() END WHERE state = 'running'"
    )
    answer = "The process that carried it out died again and again. The tenant is as it was before, or after."
    control.run(lambda tx: tx.execute(query, (MOST_ATTEMPTS, MOST_ATTEMPTS, answer, MOST_ATTEMPTS)))


def note(control: Control, operation: Operation, progress: int, text: str) -> None:
    """Say how far an operation is."""
    query = "UPDATE control.operation SET progress = %s, answer = %s WHERE id = %s AND state = 'running'"
    control.run(lambda tx: tx.execute(query, (progress, text, operation.id)))


def finish(control: Control, operation: Operation, *, failed: bool = False, answer: str = "") -> Operation:
    """Say how an operation ended."""
    query = (
        "UPDATE control.operation SET state = %s, answer = %s, ended_at = now(),"
        f" progress = CASE WHEN %s THEN progress ELSE 100 END WHERE id = %s RETURNING {_COLUMNS}"
    )
    return _one(control, query, ("failed" if failed else "done", answer, failed, operation.id))


def get(control: Control, number: int) -> Operation:
    """An operation by its number."""
    return _one(control, f"SELECT {_COLUMNS} FROM control.operation WHERE id = %s", (number,))


def recent(control: Control, tenant: UUID, limit: int = 10) -> list[Operation]:
    """The newest operations of a tenant, the newest first."""
    query = f"SELECT {_COLUMNS} FROM control.operation WHERE tenant = %s ORDER BY id DESC LIMIT %s"
    return [Operation(*row) for row in control.run(lambda tx: tx.rows(query, (tenant, limit)))]


def _one(control: Control, query: str, params: tuple[object, ...]) -> Operation:
    rows = control.run(lambda tx: tx.rows(query, params))
    if not rows:
        raise MissingError("This operation does not exist (any more).")
    return Operation(*rows[0])
