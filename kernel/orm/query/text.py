"""Searching in texts as PostgreSQL does it: words (full text) and likeness (trigrams)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from kernel.orm.query.compile import Compilation
    from kernel.orm.registry.bound import Bound

Column = sa.ColumnElement[Any]
ROOT: Final = "t0"
"""The name of the table that is asked for: the first alias of a `Compilation`."""

MOST_LETTERS: Final = 100_000
"""Letters of a record's texts that are searched in; PostgreSQL takes a megabyte of words at most."""


def text_parts(bound: Bound) -> tuple[Bound, ...]:
    """The columns whose words are sought: those of a full-text field, or the field itself."""
    names: Sequence[str] = getattr(bound.field, "texts", ())
    return tuple(bound.model.fields[name] for name in names) or (bound,)


def vector(bound: Bound, columns: Sequence[Column]) -> Column:
    """The words in the columns; the same expression in the index and in a query, so the one serves the other."""
    whole = columns[0]
    for column in columns[1:]:
        whole = whole.concat(sa.literal_column("' '", sa.Text())).concat(column)
    letters: Column = sa.literal_column(str(MOST_LETTERS))
    return sa.func.to_tsvector(config(bound), sa.func.left(whole, letters))


def config(bound: Bound) -> Column:
    """The text search configuration; `simple` takes words as they are, in any language."""
    return sa.literal_column(f"'{getattr(bound.field, 'config', 'simple')}'::regconfig")


def seek(work: Compilation, bound: Bound, operator: str, at: sa.FromClause, negated: bool) -> sa.ColumnElement[bool]:
    """The condition of "similar" or "matches"; how well a row fits is noted for an order by relevance.

    What is asked of linked records ranks nothing: there may be many of them, and the order is outside of the question.
    """
    if operator == "similar":
        column, value = work.value(bound, at), work.take(sa.Text())
        found = column.op("OPERATOR(public.%)", is_comparison=True)(value)
        rank: Column = sa.func.public.similarity(column, value, type_=sa.REAL())
    else:
        words = vector(bound, [work.value(part, at) for part in text_parts(bound)])
        query = sa.func.websearch_to_tsquery(config(bound), work.take(sa.Text()))
        found = words.op("@@", is_comparison=True)(query)
        rank = sa.func.ts_rank(words, query, type_=sa.REAL())
    if getattr(at, "name", "") == ROOT:
        work.ranks.append(rank)
    return sa.not_(found) if negated else found
