"""The condition for the rows that come after a place in an order (`kernel.orm.query.cursor`).

Unset values stand where PostgreSQL puts them: last when ascending, first when descending.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

if TYPE_CHECKING:
    from kernel.orm.query.compile import Column, Compilation, Condition


class Ordered(NamedTuple):
    """One column of ORDER BY."""

    column: Column
    desc: bool
    nullable: bool


def sorting(each: Ordered) -> Column:
    """One part of ORDER BY; unset values are where PostgreSQL puts them, so that an index serves."""
    return each.column.desc() if each.desc else each.column.asc()


def after(work: Compilation, ordered: Sequence[Ordered], filled: Sequence[bool], start: int) -> Condition:
    """The rows behind the one whose values stand from `start`; `filled` says which of them are not unset."""
    values = [sa.cast(work.bind(start + at, sa.Text()), each.column.type) for at, each in enumerate(ordered)]
    columns = [each.column for each in ordered]
    if all(filled) and _is_row(ordered):
        here, there = sa.tuple_(*columns), sa.tuple_(*values)
        return here < there if ordered[0].desc else here > there
    steps: list[Condition] = []
    for each, value, known in reversed(list(zip(ordered, values, filled, strict=True))):
        beyond, same = _beyond(each, value, known), _same(each, value, known)
        steps = [sa.or_(beyond, sa.and_(same, *steps))] if steps else [beyond]
    first = ordered[0]
    if filled[0] and (first.desc or not first.nullable):  # what an index can begin with
        steps.append(first.column <= values[0] if first.desc else first.column >= values[0])
    return sa.and_(*steps)


def _is_row(ordered: Sequence[Ordered]) -> bool:
    """Whether one comparison of rows says it: descending, rows with unset values do come before."""
    down = [each.desc for each in ordered]
    return all(down) or (not any(down) and not any(each.nullable for each in ordered))


def _beyond(each: Ordered, value: Column, known: bool) -> Condition:
    if not known:
        return each.column.is_not(None) if each.desc else sa.false()
    if each.desc:
        return each.column < value
    return sa.or_(each.column > value, each.column.is_(None)) if each.nullable else each.column > value


def _same(each: Ordered, value: Column, known: bool) -> Condition:
    return each.column == value if known else each.column.is_(None)
