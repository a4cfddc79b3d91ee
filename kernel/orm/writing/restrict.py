"""Deleting what others still link to: the error says who they are, as far as the actor may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors

from kernel.errors import ValidationError
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.writing import violations
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.env import Env

Taken = dict[str, tuple[ModelInfo, set[Any]]]
SHOWN = 3
"""How many of the records that stand in the way are named."""


def remove(env: Env, model: ModelInfo, ids: Sequence[Any], taken: Taken, links: Iterable[Bound]) -> int:
    """Delete the rows `ids`, and what cascades; returns how many of `ids` went.

    `links` lead to what is `taken` and forbid it. Raises ValidationError with `code="still_used"`; the
    transaction can go on then.
    """
    sql, params = f"DELETE FROM {model.sql} WHERE id = ANY(%s::int8[])", (array_literal(ids, "int8"),)
    barring = [link for link in links if getattr(link.field, "ondelete", "") == "restrict"]
    work = env.work
    try:
        if not barring:
            return work.tx.execute(sql, params).rowcount
        with work.tx.savepoint():
            return work.tx.execute(sql, params).rowcount
    except errors.ForeignKeyViolation as error:
        raise _still_used(env, model, ids, taken, barring) or violations.explain(error, work, model, ids) from error
    except psycopg.Error as error:
        raise violations.explain(error, work, model, ids) from error


def _still_used(
    env: Env, model: ModelInfo, ids: Sequence[Any], taken: Taken, barring: Sequence[Bound]
) -> ValidationError | None:
    for link in barring:
        assert link.comodel is not None
        _, gone = taken[link.comodel.name]
        going = taken.get(link.model.name, (link.model, set()))[1]
        rows = env.tx.rows(
            f'SELECT id, "{link.column}" FROM {link.model.sql} WHERE "{link.column}" = ANY(%s::int8[])'
            f" AND NOT id = ANY(%s::int8[]) ORDER BY id LIMIT {SHOWN + 1}",
            (array_literal(list(gone), "int8"), array_literal(list(going), "int8")),
        )
        if rows:
            return _error(env, model, link, rows, ids)
    return None


def _error(env: Env, model: ModelInfo, link: Bound, rows: Sequence[Any], ids: Sequence[Any]) -> ValidationError:
    others = link.model
    text = f"This {model.label.lower()} is still used by {others.label.lower()} records"
    if env.may(others, "read"):
        seen = env.readable(others, [row[0] for row in rows])
        titles = [env.records(others, (row[0],)).display_title for row in rows[:SHOWN] if row[0] in seen]
        if titles:
            more = ", ..." if len(rows) > SHOWN else ""
            text += f" ({link.field.label}: {', '.join(titles)}{more})"
    return ValidationError(
        f"{text} and cannot be deleted.",
        hint="Remove or change those first, or archive this record.",
        record=(model.name, rows[0][1] if rows[0][1] in ids else ids[0]),
        code="still_used",
        by=others.name,
        field_of_others=link.name,
    )
