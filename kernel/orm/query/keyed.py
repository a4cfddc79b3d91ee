"""Keyed columns in SQL: the one value that the reader sees, the same as `kernel.orm.keyed.values` finds in Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from kernel.orm.query.plan import containing

if TYPE_CHECKING:
    from kernel.orm.query.compile import Compilation
    from kernel.orm.registry.bound import Bound

Column = sa.ColumnElement[Any]


def seen_text(column: Column, language: Column, tenant: Column) -> Column:
    """The reader's text, else the tenant's, else the first that jsonb keeps, else an empty one."""
    first = sa.func.jsonb_path_query_first(column, sa.literal_column("'$.*'"), type_=pg.JSONB())
    nothing: Column = sa.literal_column("''")
    return sa.func.coalesce(
        _text(column, language),
        _text(column, tenant),
        first.op("#>>")(sa.literal_column("'{}'")),
        nothing,
        type_=sa.Text(),
    )


def seen_value(column: Column, company: Column, type_: sa.types.TypeEngine[Any]) -> Column:
    """The company's own value, NULL where it has none."""
    text = _text(column, company)
    return text if isinstance(type_, sa.Text) else sa.cast(text, type_)


def has_value(column: Column, company: Column) -> sa.ColumnElement[bool]:
    """Whether the company has a value of its own, which may be null."""
    return column.op("->", return_type=pg.JSONB())(company).is_not(None)


def _text(column: Column, key: Column) -> Column:
    return column.op("->>", return_type=sa.Text())(key)


def standing_links(work: Compilation, bound: Bound, column: Column, at: sa.FromClause) -> Column:
    """The mapping of a many2one without links to records that were deleted: there is no foreign key."""
    assert bound.comodel is not None
    target = work.alias(bound.comodel)
    each = sa.func.jsonb_each_text(column).table_valued("key", "value", name=f"e{work.aliases}")
    joined = sa.join(each, target, target.c.id == sa.cast(each.c.value, sa.BigInteger()))
    found = sa.func.jsonb_object_agg(each.c.key, target.c.id, type_=pg.JSONB())
    kept = sa.select(sa.func.coalesce(found, sa.literal_column("'{}'"), type_=pg.JSONB()))
    return kept.select_from(joined).correlate(at).scalar_subquery()


def is_indexed(bound: Bound) -> bool:
    """Whether a trigram index holds what is searched in: of a page that is its text, which no index has."""
    return bound.keyed == "language" and bound.field.index == "trigram" and bound.field.type != "html"


def anywhere(text: str) -> str:
    """A LIKE pattern that the JSON of every mapping fits in which some text contains `text`."""
    return containing(json.dumps(text, ensure_ascii=False)[1:-1])


def prefilter(column: Column, pattern: str, operator: str) -> sa.ColumnElement[bool]:
    """What the trigram index over the whole mapping answers, before the text of the reader is looked at."""
    whole, sought = sa.cast(column, sa.Text()), sa.bindparam(pattern, type_=sa.Text())
    return whole.ilike(sought) if operator == "ilike" else whole.like(sought)
