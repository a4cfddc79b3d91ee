"""Chains of one link, over any number of steps: one recursive query, unwritten changes seen.

A recursive field (`parent.full_name`, `children.total`) needs everybody who depends on a record before it
can be computed in the right order, and a read of one that is not stored needs everything that is depended on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.orm.fields.relation import DraftId
from kernel.orm.registry.bound import Bound
from kernel.orm.work import UnitOfWork
from kernel.orm.writing.literals import array_literal

Pairs = list[tuple[Any, Any]]


@dataclass(slots=True)
class _Edges:
    """Who links to whom: a statement over what the database has, and the pairs that are newer."""

    sql: str
    params: list[Any] = field(default_factory=list)
    newer: Pairs = field(default_factory=list)

    def turned(self) -> _Edges:
        """The same links, from the other side."""
        sql = f"SELECT target AS source, source AS target FROM ({self.sql}) turned"
        return _Edges(sql, self.params, [(target, source) for source, target in self.newer])


def is_simple(path: Sequence[Bound]) -> bool:
    """Whether the chain is one stored link from a model to itself."""
    link = path[0]
    own = link.comodel is link.model and not link.keyed
    return len(path) == 1 and own and not (link.computed and not link.stored)


def closure(work: UnitOfWork, link: Bound, ids: Iterable[Any], *, forward: bool = False) -> set[Any]:
    """The records from which repeated `link` leads to one of `ids`; `forward`: those it leads to from `ids`."""
    edges = _edges(work, link)
    if not forward:
        edges = edges.turned()
    start = set(ids)
    drafts = _Drafts([*start, *(id for pair in edges.newer for id in pair)])
    if not edges.newer and not any(isinstance(id, int) for id in start):
        return set()
    work.alive()
    rows = work.tx.rows(*_statement(edges, drafts, start))
    return {drafts.id(row[0]) for row in rows if row[0] is not None} - start


def _statement(edges: _Edges, drafts: _Drafts, start: set[Any]) -> tuple[str, list[Any]]:
    sql, params = edges.sql, list(edges.params)
    if edges.newer:
        sources, targets = zip(*edges.newer, strict=True)
        sql += " UNION ALL SELECT * FROM unnest(%s::int8[], %s::int8[])"
        params += [drafts.literal(sources), drafts.literal(targets)]
    return (
        f"WITH RECURSIVE edges(source, target) AS NOT MATERIALIZED ({sql}),"
        " found(id) AS (SELECT target FROM edges WHERE source = ANY(%s::int8[])"
        " UNION SELECT e.target FROM found f JOIN edges e ON e.source = f.id) SELECT id FROM found",
        [*params, drafts.literal(start)],
    )


def _edges(work: UnitOfWork, link: Bound) -> _Edges:
    if link.field.type == "many2one":
        return _many2one(work, link)
    if link.field.type == "one2many":
        assert link.inverse is not None
        return _many2one(work, link.inverse).turned()
    return _many2many(work, link)


def _many2one(work: UnitOfWork, link: Bound) -> _Edges:
    sql = f'SELECT id AS source, "{link.column}" AS target FROM {link.model.sql}'
    newer = work.newer(link)
    if not newer:
        return _Edges(f'{sql} WHERE "{link.column}" IS NOT NULL')
    column = work.column(link)
    stored = [id for id in newer if not isinstance(id, DraftId)]
    pairs = [(id, target) for id in newer if (target := column.get(id))]
    return _Edges(
        f'{sql} t WHERE "{link.column}" IS NOT NULL'
        " AND NOT EXISTS (SELECT FROM unnest(%s::int8[]) n(id) WHERE n.id = t.id)",
        [array_literal(stored, "int8")],
        pairs,
    )


def _many2many(work: UnitOfWork, link: Bound) -> _Edges:
    table, (plus, minus) = link.link, work.link_pairs(link)
    assert table is not None
    sql = f'SELECT "{table.left}" AS source, "{table.right}" AS target FROM {table.sql}'
    pairs: Pairs = list(plus)
    if work.draft:
        column = work.column(link)
        pairs += [(id, other) for id, others in column.items() if isinstance(id, DraftId) for other in others]
    if not minus:
        return _Edges(sql, [], pairs)
    left, right = zip(*minus, strict=True)
    return _Edges(
        f"{sql} t WHERE NOT EXISTS (SELECT FROM unnest(%s::int8[], %s::int8[]) m(l, r)"
        f' WHERE m.l = t."{table.left}" AND m.r = t."{table.right}")',
        [array_literal(left, "int8"), array_literal(right, "int8")],
        pairs,
    )


class _Drafts:
    """Drafts have no number: for the query they get negative ones."""

    def __init__(self, ids: Iterable[Any]) -> None:
        self._by_number: dict[int, DraftId] = {}
        self._numbers: dict[DraftId, int] = {}
        for id in ids:
            if isinstance(id, DraftId) and id not in self._numbers:
                number = -len(self._numbers) - 1
                self._numbers[id], self._by_number[number] = number, id

    def literal(self, ids: Iterable[Any]) -> str:
        return array_literal([self._numbers.get(id, id) for id in ids], "int8")

    def id(self, number: int) -> Any:
        return self._by_number.get(number, number)
