"""Computed values that the database can work out itself: one UPDATE for all records concerned.

Three declarations have such a form: `related=`, `aggregate="lines.amount:sum"` and `sql="price * amount"`
beside a compute method (`expression`). The Python form remains the reference: it serves drafts, new
records, few records, and reads before the flush. Both give the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from kernel.errors import RegistryError
from kernel.orm.computing.expression import expression, join_path, steps_of
from kernel.orm.registry.bound import Bound
from kernel.orm.work import UnitOfWork, forget
from kernel.orm.writing import violations
from kernel.orm.writing.literals import array_literal

SET_BASED_FROM = 40
"""From this many records on, one statement is faster than reading, computing and writing them."""

_EXACT = ("integer", "decimal", "boolean", "date", "datetime", "char", "text", "selection", "many2one")
FUNCTIONS = ("sum", "min", "max", "count")


def prepare(bound: Bound) -> str:
    """The SELECT of (id, value) for records `%s`, or "" where only Python can; raises RegistryError."""
    item = bound.field
    if item.aggregate:
        check_aggregate(bound)
    if item.sql and not item.compute_name:
        raise RegistryError(
            f"{item.place}: sql= stands beside a compute method, which serves drafts and new records.",
            hint=f"Add a method marked @{bound.name}.compute(...).",
        )
    if not bound.column or not bound.stored or bound.inverses or bound.validators or bound.encode or bound.keyed:
        return ""
    if item.type not in _EXACT or not item.readonly or item.inverse_name:
        return ""
    if item.sql:
        return _expression(bound)
    if item.aggregate:
        return _aggregate(bound)
    return _related(bound) if item.related else ""


def check_aggregate(bound: Bound) -> tuple[Bound, Bound | None, str]:
    """(link, field or None for a count, function) of `aggregate="lines.amount:sum"`; raises RegistryError."""
    item = bound.field
    path, _, function = item.aggregate.partition(":")
    link_name, _, name = path.partition(".")
    link = bound.model.field(link_name, f"{item.place} aggregate=")
    if function not in FUNCTIONS or link.comodel is None or link.field.type not in ("one2many", "many2many"):
        raise RegistryError(
            f'{item.place}: aggregate="{item.aggregate}" is not understood.',
            hint='Write "lines.amount:sum": a one2many or many2many, a field, and one of ' + ", ".join(FUNCTIONS) + ".",
        )
    if not name and function != "count":
        raise RegistryError(f'{item.place}: aggregate="{item.aggregate}" names no field to take the {function} of.')
    return link, link.comodel.field(name, f"{item.place} aggregate=") if name else None, function


def _or_null(bound: Bound, value: str) -> str:
    """An absent value has the one form that the column has for it."""
    kind = f"{value}::{bound.sql_type}"
    if bound.field.type == "decimal":
        kind = f"round({kind}, {bound.field.digits[1]})"  # type: ignore[attr-defined]
    if bound.nullable:
        return kind
    null = "''" if bound.null == "" else "false" if bound.null is False else "0"
    return f"COALESCE({kind}, {null})"


def _expression(bound: Bound) -> str:
    source, value = expression(bound)
    return f"SELECT t.id, {_or_null(bound, f'({value})')} AS value FROM {source}"


def _related(bound: Bound) -> str:
    steps = steps_of(bound.model, bound.field.related)
    if steps is None:
        return ""
    last = steps[-1]
    if last.field.type != bound.field.type or last.sql_type != bound.sql_type or last.encode:
        return ""
    joins = [f"{bound.model.sql} t"]
    value = join_path(bound.model, bound.field.related, {}, joins)
    return f"SELECT t.id, {_or_null(bound, value)} AS value FROM {' '.join(joins)} WHERE t.id = ANY(%s::int8[])"


def _aggregate(bound: Bound) -> str:
    link, source, function = check_aggregate(bound)
    comodel = link.comodel
    assert comodel is not None
    if link.computed or (
        source is not None and (not source.column or source.field.type not in _EXACT or source.encode)
    ):
        return ""
    if source is not None and source.keyed:
        return ""
    value = f'{function}(l."{source.column}")' if source is not None else "count(l.id)"
    if link.inverse is not None and link.link is None:
        join = f'LEFT JOIN {comodel.sql} l ON l."{link.inverse.column}" = t.id'
    elif link.link is not None:
        table = link.link
        join = (
            f'LEFT JOIN {table.sql} m ON m."{table.left}" = t.id LEFT JOIN {comodel.sql} l ON l.id = m."{table.right}"'
        )
    else:
        return ""
    return (
        f"SELECT t.id, {_or_null(bound, value)} AS value FROM {bound.model.sql} t {join}"
        " WHERE t.id = ANY(%s::int8[]) GROUP BY t.id"
    )


def fits(work: UnitOfWork, target: Bound, ids: set[Any]) -> bool:
    """Whether the database may compute these records: many, all of them known to it."""
    if not target.set_based or work.draft or len(ids) < SET_BASED_FROM:
        return False
    new = work.new.get(target.model.name)
    return not new or ids.isdisjoint(new)


def refresh(work: UnitOfWork, target: Bound, ids: set[Any], modified: Callable[[Bound, Iterable[Any]], None]) -> None:
    """Let the database compute `target` on `ids`; everything that it depends on was written before."""
    work.alive()
    model, column = target.model, target.column
    wanted = f', t."{column}"' if target.triggers else ""  # else nothing computed next reads them
    try:
        rows = work.tx.rows(
            f'UPDATE {model.sql} t SET "{column}" = s.value, updated_at = now() FROM ({target.set_based}) s'
            f' WHERE t.id = s.id AND t."{column}" IS DISTINCT FROM s.value RETURNING t.id{wanted}',
            (array_literal(list(ids), "int8"),),
        )
    except psycopg.Error as error:
        raise violations.explain(error, work, model, list(ids)) from error
    index = target.index
    for values in (work.column(target), work.old.get(index)):
        forget(values, ids)
    work.dirty.get(index, set()).difference_update(ids)
    work.todo[index].difference_update(ids)
    if not rows:
        return
    changed = [row[0] for row in rows]
    forget(work.columns.get(model.fields["updated_at"].index), changed)
    work.note_changed(model, frozenset((target.name,)), changed)
    if target.triggers:
        work.fill([target], rows)
        modified(target, changed)
