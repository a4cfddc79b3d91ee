"""Reading columns of given records into the cache: one SELECT, without asking for rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kernel.orm import query
from kernel.orm.bound import Bound, ModelInfo
from kernel.orm.domain import Domain
from kernel.orm.work import UnitOfWork


def fetch(work: UnitOfWork, model: ModelInfo, ids: Iterable[Any], bounds: Sequence[Bound]) -> tuple[int, ...]:
    """Read `bounds` of records `ids` into the cache; returns the ids that exist."""
    work.alive()
    sql, values = query.select(model, Domain.TRUE, columns=bounds, ids=tuple(ids), order=())
    rows = work.tx.rows(sql, values)
    work.fill(bounds, rows)
    return tuple([row[0] for row in rows])


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
