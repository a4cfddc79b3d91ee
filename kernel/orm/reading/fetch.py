"""Reading columns of given records into the cache: one SELECT, without asking for rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg

from kernel.errors import ValidationError
from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.over_query import ready
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import UnitOfWork


def fetch(work: UnitOfWork, model: ModelInfo, ids: Iterable[Any], bounds: Sequence[Bound]) -> tuple[int, ...]:
    """Read `bounds` of records `ids` into the cache; returns the ids that exist."""
    work.alive()
    if model.query:
        ready(work, model)
    sql, values = query.select(model, Domain.TRUE, columns=bounds, ids=tuple(ids), order=())
    rows = readable_rows(work, model, bounds, sql, values)
    work.fill(bounds, rows)
    return tuple([row[0] for row in rows])


def readable_rows(
    work: UnitOfWork, model: ModelInfo, bounds: Sequence[Bound], sql: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """The rows of a query of `bounds`; raises ValidationError where the database has a date that Python has not."""
    try:
        return work.tx.rows(sql, values)
    except psycopg.DataError as error:
        if error.sqlstate is None:  # it was sent well, and could not be read
            raise unreadable(work, model, bounds) or error from error
        raise


def unreadable(work: UnitOfWork, model: ModelInfo, bounds: Sequence[Bound]) -> ValidationError | None:
    """What to say of the first record with a date beyond the years 1 to 9999, or without an end."""
    for bound in bounds:
        ends = _ENDS.get(bound.column_type)
        if ends is None or bound.column is None:
            continue
        wrong = " OR ".join(
            f"{end} < '0001-01-01' OR {end} > '9999-12-31 23:59:59.999999'"
            for end in (each.format(f'"{bound.column}"') for each in ends)
        )
        rows = work.tx.rows(f"SELECT id FROM {model.sql} t WHERE {wrong} ORDER BY id LIMIT 1")
        if rows:
            return ValidationError(
                f"{model.label}, {bound.field.label}: the database has a date out of the years 1 to 9999.",
                hint="It was not written by Tenon. Correct it by SQL.",
                record=(model.name, rows[0][0]),
                field=bound.name,
            )
    return None


_ENDS: Final = {
    "date": ("{}",),
    "timestamptz": ("{}",),
    "daterange": ("lower({})", "upper({})"),
    "tstzrange": ("lower({})", "upper({})"),
}


def companions(work: UnitOfWork, bound: Bound, probe: Any) -> list[Bound]:
    """`bound`, and the other plain columns of its model that are not there yet for the record `probe`."""
    if not bound.field.prefetch:
        return [bound]
    others = [
        other
        for other in bound.model.prefetched
        if other is not bound and probe not in work.column(other) and not other.field.secret
    ]
    return [bound, *others]
