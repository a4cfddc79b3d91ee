"""Writing many2many links: two statements per link table, whatever the number of records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from kernel.orm.history import trail
from kernel.orm.registry.bound import Bound
from kernel.orm.work import UnitOfWork
from kernel.orm.writing import violations
from kernel.orm.writing.literals import array_literal


def write_links(work: UnitOfWork) -> None:
    """Two statements per link table, whatever the number of records."""
    for index, change in work.links.items():
        bound = work.registry.bounds[index]
        table = bound.link
        if table is None:
            continue
        sides = f'"{table.left}", "{table.right}"'
        if bound.field.tracked:
            trail.note_links(work, bound, change)
        try:
            if change.minus:
                work.tx.execute(
                    f"DELETE FROM {table.sql} t USING unnest(%s::int8[], %s::int8[]) v(l, r)"
                    f' WHERE t."{table.left}" = v.l AND t."{table.right}" = v.r',
                    _pairs(change.minus),
                )
            if change.plus:
                work.tx.execute(
                    f"INSERT INTO {table.sql} ({sides}) SELECT * FROM unnest(%s::int8[], %s::int8[])"
                    " ON CONFLICT DO NOTHING",
                    _pairs(change.plus),
                )
        except psycopg.Error as error:
            raise violations.explain(error, work, bound.model, [pair[0] for pair in change.plus]) from error
        _note_links(work, bound, dict.fromkeys(left for left, _ in (*change.plus, *change.minus)))
        if bound.twin is not None:
            _note_links(work, bound.twin, dict.fromkeys(right for _, right in (*change.plus, *change.minus)))
        change.plus.clear()
        change.minus.clear()


def _note_links(work: UnitOfWork, bound: Bound, ids: dict[Any, None]) -> None:
    """Links of records that are not new went to the database."""
    created = work.created.get(bound.model.name, {})
    changed = [id for id in ids if id not in created]
    if changed:
        work.note_changed(bound.model, frozenset((bound.name,)), changed)


def _pairs(pairs: Iterable[tuple[Any, Any]]) -> list[str]:
    left, right = zip(*pairs, strict=True)
    return [array_literal(left, "int8"), array_literal(right, "int8")]
