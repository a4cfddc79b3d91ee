"""Locking records until the end of the transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from psycopg import errors

from kernel.errors import BusyError, ConflictError, MissingError
from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.query.select import Lock
from kernel.orm.reading.scope import missing

if TYPE_CHECKING:
    from kernel.orm.model import Model

Wait = bool | Literal["skip"]
NAMED = 5
"""Records that a message names."""


def lock(records: Model, wait: Wait) -> Model:
    """Lock the rows in the order of their ids; those that are locked now, their values forgotten."""
    env, model = records.env, records.__info__
    if not records.ids:
        return records
    if not env.is_system and not records._x.writable:
        records._x.grant_write(records.ids)
    env.flush()
    if wait is False:
        found = _without_waiting(records)
    else:
        found = _rows(records, "update" if wait is True else "update skip locked")
    if wait != "skip":
        for id in records.ids:
            if id not in found:
                raise missing(model, id)
    env.work.forget_records(model, found)
    return records._with(tuple([id for id in records.ids if id in found]))


def _rows(records: Model, how: Lock) -> set[int]:
    env, model = records.env, records.__info__
    order = query.parse_order(model, "id")
    sql, values = query.select(model, Domain.TRUE, ids=records.ids, order=order, lock=how)
    return {row[0] for row in env.tx.rows(sql, values)}


def _without_waiting(records: Model) -> set[int]:
    tx = records.env.tx
    try:
        with tx.savepoint():
            return _rows(records, "update nowait")
    except BusyError as busy:
        if not isinstance(busy.__cause__, errors.LockNotAvailable):
            raise
    free: set[int] = set()

    class Undo(Exception):
        """Gives the locks of the question back."""

    try:
        with tx.savepoint():
            free = _rows(records, "update skip locked")
            raise Undo
    except Undo:
        raise _taken(records, free) from None


def _taken(records: Model, free: set[int]) -> ConflictError:
    """Names the records that somebody else has locked."""
    model = records.__info__
    held = records._with(tuple([id for id in records.ids if id not in free]))
    names = [_name(record) for record in held[:NAMED]]
    if len(held) > NAMED:
        names.append(f"{len(held) - NAMED} more")
    return ConflictError(
        f"Somebody else is changing {', '.join(names) or model.label.lower()}.",
        hint="Try again in a moment.",
        model=model.name,
        ids=list(held.ids),
    )


def _name(record: Model) -> str:
    try:
        return record.display_title
    except MissingError:
        return str(record.id)
