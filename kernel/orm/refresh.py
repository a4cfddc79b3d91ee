"""Computed values that the database can work out itself: one UPDATE for all records concerned.

Three declarations have such a form: `related=`, `aggregate="lines.amount:sum"` and `sql="price * amount"`
beside a compute method. The Python form remains the reference: it serves drafts, new records, few records,
and reads before the flush. Both give the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from kernel.errors import RegistryError
from kernel.orm import violations
from kernel.orm.bound import Bound
from kernel.orm.literals import array_literal
from kernel.orm.work import UnitOfWork

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
    names = [name for path in bound.depends if (name := path.split(".")[0]) != path or not _plain(bound, name)]
    if names:
        raise RegistryError(
            f"{bound.field.place}: sql= may look at columns of the same record only, and {bound.name} depends on"
            f" {names[0]}.",
            hint='Use aggregate="lines.amount:sum" for lines, related= for a linked record, or Python alone.',
        )
    value = _or_null(bound, f"({bound.field.sql})")
    return f"SELECT id, {value} AS value FROM {bound.model.sql} WHERE id = ANY(%s::int8[])"


def _plain(bound: Bound, name: str) -> bool:
    return bound.model.fields[name].column is not None and not bound.model.fields[name].keyed


def _related(bound: Bound) -> str:
    model, value = bound.model, "t0.id"
    joins = [f"{model.sql} t0"]
    names = bound.field.related.split(".")
    for place, name in enumerate(names):
        step = model.fields[name]
        last = place == len(names) - 1
        if step.column is None or step.keyed or (not last and step.field.type != "many2one"):
            return ""
        value = f't{place}."{step.column}"'
        if last and (step.field.type != bound.field.type or step.sql_type != bound.sql_type or step.encode):
            return ""
        if not last:
            assert step.comodel is not None
            model = step.comodel
            joins.append(f"LEFT JOIN {model.sql} t{place + 1} ON t{place + 1}.id = {value}")
    return f"SELECT t0.id, {_or_null(bound, value)} AS value FROM {' '.join(joins)} WHERE t0.id = ANY(%s::int8[])"


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
    try:
        rows = work.tx.rows(
            f'UPDATE {model.sql} t SET "{column}" = s.value, updated_at = now() FROM ({target.set_based}) s'
            f' WHERE t.id = s.id AND t."{column}" IS DISTINCT FROM s.value RETURNING t.id, t."{column}"',
            (array_literal(list(ids), "int8"),),
        )
    except psycopg.Error as error:
        raise violations.explain(error, work, model, list(ids)) from error
    index = target.index
    cached, old, dirty = work.column(target), work.old.get(index, {}), work.dirty.get(index, set())
    for id in ids:
        cached.pop(id, None)
        old.pop(id, None)
    dirty.difference_update(ids)
    work.todo[index].difference_update(ids)
    work.fill([target], rows)
    changed = [row[0] for row in rows]
    if changed:
        at = work.columns.get(model.fields["updated_at"].index, {})
        for id in changed:
            at.pop(id, None)
        work.note_changed(model, frozenset((target.name,)), changed)
        if target.triggers:
            modified(target, changed)
