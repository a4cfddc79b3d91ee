"""The statement of a grouping. Keys are grouped by position: the parameter in a key is sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from kernel.orm.domain_check import comodel_of
from kernel.orm.query.compile import Column, Compilation, Joins, inverse_column, sql_type
from kernel.orm.query.order import OrderTerm, parse_order
from kernel.orm.query.plan import text_array

if TYPE_CHECKING:
    from kernel.orm.bound import Bound, ModelInfo
    from kernel.orm.query.group import Aggregate, Grouping, GroupTerm


class GroupStatement:
    """SELECT keys, count, aggregates FROM the joined tables GROUP BY the keys."""

    def __init__(self, work: Compilation, model: ModelInfo, at: sa.FromClause, joins: Joins) -> None:
        self.work = work
        self.model = model
        self.at = at
        self.joins = joins

    def build(self, grouping: Grouping, conditions: list[Any]) -> sa.Select[*tuple[Any, ...]]:
        """The statement without a page."""
        keys = [self.key(term) for term in grouping.by]
        values = [self.aggregate(each) for each in grouping.aggregates]
        positions: list[Column] = [sa.literal_column(str(index + 1)) for index in range(len(keys))]
        order, extra = self.order(grouping, positions, len(keys))
        columns = [*keys, sa.func.count(), *values]
        labelled: list[Any] = [column.label(f"c{index + 1}") for index, column in enumerate(columns)]
        statement = sa.select(*labelled).select_from(self.joins.tables).where(*conditions)
        return statement.group_by(*positions, *extra).order_by(*order) if keys else statement

    def key(self, term: GroupTerm) -> Column:
        last = term.path[-1]
        if last.column is None:
            return self.linked(last)
        column = self.work.follow(self.at, term.path, self.joins)
        if term.part:
            return self.period(last, column, term.part)
        if len(term.path) > 1 and last.null == "":
            return sa.func.coalesce(column, sa.literal_column("''"))
        return column

    def period(self, bound: Bound, column: Column, part: str) -> Column:
        if bound.field.type == "datetime":
            column = sa.func.timezone(self.work.bind(self.work.tz, sa.Text()), column)
        if part == "weekday":
            return sa.cast(sa.extract("isodow", column), sa.Integer)
        begin = sa.func.date_trunc(sa.literal_column(f"'{part}'"), sa.cast(column, sa.DateTime()))
        return begin if part == "hour" else sa.cast(begin, sa.Date)

    def linked(self, bound: Bound) -> Column:
        """The ids behind a relation to many, one row each; records without any have one row without."""
        comodel = comodel_of(bound)
        target = self.work.alias(comodel)
        if bound.link is not None:
            left, right = (sa.column(name, sa.BigInteger()) for name in (bound.link.left, bound.link.right))
            link = sa.table(bound.link.table, left, right, schema=bound.link.schema).alias()
            pairs = sa.select(link.c[left.name].label("here"), target.c.id.label("there"))
            pairs = pairs.select_from(link.join(target, target.c.id == link.c[right.name]))
        else:
            pairs = sa.select(target.c[inverse_column(bound)].label("here"), target.c.id.label("there"))
        rule = self.joins.rules.get(comodel.name)
        if rule is not None:
            key, self.work.next = rule
            pairs = pairs.where(self.work.where(key, comodel, target))
        linked = pairs.subquery("linked")
        self.joins.tables = self.joins.tables.outerjoin(linked, linked.c.here == self.at.c.id)
        return linked.c.there

    def aggregate(self, each: Aggregate) -> Column:
        bound = each.path[-1]
        column = self.work.follow(self.at, each.path, self.joins)
        function, type_ = each.function, bound.field.type
        if function == "count_distinct":
            return sa.func.count(sa.distinct(column))
        if function in ("all", "any"):
            return sa.func.coalesce(
                getattr(sa.func, f"bool_{'and' if function == 'all' else 'or'}")(column), sa.false()
            )
        if function == "sum":
            nothing: Column = sa.literal_column("interval '0'" if type_ == "duration" else "0")
            return sa.cast(sa.func.coalesce(sa.func.sum(column), nothing), sql_type(bound))
        if function == "avg" and type_ in ("integer", "float"):
            return sa.cast(sa.func.avg(column), sa.Double())
        if function == "avg" and type_ != "duration":
            scale: int = getattr(bound.field, "digits", (0, 2))[1]
            return sa.func.round(sa.func.avg(column), sa.literal_column(str(scale)))
        found: Column = getattr(sa.func, function)(column)
        return found

    def order(self, grouping: Grouping, positions: list[Column], keys: int) -> tuple[list[Column], list[Column]]:
        """ORDER BY, and what has to be grouped by besides, as it depends on a key."""
        order: list[Column] = []
        extra: list[Column] = []
        for each in grouping.order:
            columns: list[tuple[Column, bool]]
            if each.kind == "by":
                columns, depending = self.key_order(grouping.by[each.place], positions[each.place])
                extra.extend(depending)
            else:
                at = keys + 1 if each.kind == "count" else keys + 2 + each.place
                columns = [(sa.literal_column(str(at)), False)]
            order.extend(column.desc() if down != each.desc else column.asc() for column, down in columns)
        return order, extra

    def key_order(self, term: GroupTerm, position: Column) -> tuple[list[tuple[Column, bool]], list[Column]]:
        last = term.path[-1]
        values = getattr(last.field, "values", ())
        if last.column is not None and last.comodel is not None:
            terms = [OrderTerm((*term.path, *inner.path), inner.desc) for inner in parse_order(last.comodel)]
            return self.depending([(each.path, each.desc) for each in terms])
        if last.field.type == "selection" and values:
            known = self.work.constant([value for value, _ in values], pg.ARRAY(sa.Text()), text_array)
            columns, extra = self.depending([(term.path, False)])
            return [(sa.func.array_position(known, columns[0][0]), False), (position, False)], extra
        return [(position, False)], []

    def depending(self, paths: list[tuple[tuple[Bound, ...], bool]]) -> tuple[list[tuple[Column, bool]], list[Column]]:
        """Columns that depend on a key, to order by; and those of them to group by.

        What the reader sees of a keyed field has parameters in it, so that SQL does not know it for the same
        expression: one of the group's values, which are all equal, is taken.
        """
        columns: list[tuple[Column, bool]] = []
        extra: list[Column] = []
        for path, desc in paths:
            column = self.work.follow(self.at, path, self.joins)
            if path[-1].keyed:
                column = sa.func.array_agg(column, type_=pg.ARRAY(sql_type(path[-1])))[sa.literal_column("1")]
            else:
                extra.append(column)
            columns.append((column, desc))
        return columns, extra
