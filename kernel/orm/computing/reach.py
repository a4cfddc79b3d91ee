"""Which records reach given ones over a path of links: one query per link, unwritten changes seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kernel.orm.computing.closure import closure, is_simple
from kernel.orm.fields.relation import DraftId
from kernel.orm.reading.fetch import fetch
from kernel.orm.registry.bound import Bound
from kernel.orm.work import UnitOfWork
from kernel.orm.writing.literals import array_literal


def reaching(work: UnitOfWork, path: Sequence[Bound], ids: Iterable[Any], *, closed: bool = False) -> set[Any]:
    """The records from which `path` leads to one of `ids`; `closed`: over any number of repetitions."""
    found = set(ids)
    if closed:
        return _closure(work, path, found)
    for link in reversed(path):
        if not found:
            break
        found = _sources(work, link, found)
    return found


def _closure(work: UnitOfWork, path: Sequence[Bound], ids: set[Any]) -> set[Any]:
    if is_simple(path):
        return closure(work, path[0], ids)
    found: set[Any] = set()
    level = ids
    while level:
        level = reaching(work, path, level) - found - ids
        found |= level
    return found


def _sources(work: UnitOfWork, link: Bound, ids: set[Any]) -> set[Any]:
    kind = link.field.type
    if link.computed and not link.stored:
        return _sources_of_plain(work, link, ids)
    if kind == "many2one":
        return _many2one_sources(work, link, ids)
    if kind == "one2many":
        return _one2many_sources(work, link, ids)
    return _many2many_sources(work, link, ids)


def _in_database(work: UnitOfWork, model_name: str, ids: set[Any]) -> list[Any]:
    new = work.new.get(model_name, {})
    if not new and not work.draft:
        return list(ids)
    return [id for id in ids if not isinstance(id, DraftId) and id not in new]


def _many2one_sources(work: UnitOfWork, link: Bound, ids: set[Any]) -> set[Any]:
    model, comodel = link.model, link.comodel
    assert comodel is not None
    newer = work.newer(link)
    stored = _in_database(work, comodel.name, ids)
    found: set[Any] = set()
    if stored:
        work.alive()
        rows = work.tx.rows(
            f'SELECT id FROM {model.sql} WHERE "{link.column}" = ANY(%s::int8[])',
            (array_literal(stored, "int8"),),
        )
        found = {row[0] for row in rows} - newer
    column = work.column(link)
    found |= {id for id in newer if column.get(id) in ids}
    return found


def _one2many_sources(work: UnitOfWork, link: Bound, ids: set[Any]) -> set[Any]:
    inverse = link.inverse
    assert inverse is not None
    column = work.column(inverse)
    unread = [id for id in ids if id not in column and not isinstance(id, DraftId)]
    if unread:
        fetch(work, inverse.model, unread, [inverse])
    return {parent for parent in (column.get(id) for id in ids) if parent}


def _many2many_sources(work: UnitOfWork, link: Bound, ids: set[Any]) -> set[Any]:
    table = link.link
    assert table is not None
    assert link.comodel is not None
    found: set[Any] = set()
    stored = _in_database(work, link.comodel.name, ids)
    plus, minus = work.link_pairs(link)
    if stored:
        work.alive()
        rows = work.tx.rows(
            f'SELECT "{table.left}", "{table.right}" FROM {table.sql} WHERE "{table.right}" = ANY(%s::int8[])',
            (array_literal(stored, "int8"),),
        )
        found = {left for left, right in rows if (left, right) not in minus}
    found |= {left for left, right in plus if right in ids}
    if work.draft:
        column = work.column(link)
        found |= {id for id, others in column.items() if isinstance(id, DraftId) and ids & set(others)}
    return found


def _sources_of_plain(work: UnitOfWork, link: Bound, ids: set[Any]) -> set[Any]:
    """A link that is computed and not stored can only be followed backwards through the cache."""
    found: set[Any] = set()
    for env in work.envs.values():
        for id, value in env.columns.get(link.index, {}).items():
            others = value if isinstance(value, tuple) else (value,)
            if id and ids.intersection(others):
                found.add(id)
    return found
