"""The statement of a grouping. Keys are grouped by position: the parameter in a key is sent once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from kernel.orm.domains.check import comodel_of
from kernel.orm.domains.operators import JUNCTIONS, TRUE_KEY, Key
from kernel.orm.query.compile import Column, Compilation, Condition, Joins, inverse_column, sql_type
from kernel.orm.query.keyset import sorting
from kernel.orm.query.order import OrderTerm
from kernel.orm.query.periods import HIDDEN
from kernel.orm.query.plan import text_array

if TYPE_CHECKING:
    from kernel.orm.query.group import Aggregate, Grouping, GroupTerm
    from kernel.orm.registry.bound import Bound, ModelInfo


class GroupStatement:
    """SELECT keys, count, aggregates FROM the joined tables GROUP BY the keys."""

    def __init__(self, work: Compilation, model: ModelInfo, at: sa.FromClause, joins: Joins) -> None:
        self.work = work
        self.model = model
        self.at = at
        self.joins = joins
        self.many: dict[Bound, Column] = {}

    def build(
        self, grouping: Grouping, conditions: list[Any], *, ranked: bool, having: int
    ) -> sa.Select[*tuple[Any, ...]]:
        """The statement without a page; the values of its `having` begin at the place of that number."""
        keys = [self.key(term) for term in grouping.by]
        values = [self.aggregate(each) for each in grouping.aggregates]
        mixed = [column for each in grouping.aggregates if each.currency for column in self.currencies(each)]
        positions: list[Column] = [sa.literal_column(str(index + 1)) for index in range(len(keys))]
        order, extra = self.order(grouping, positions, len(keys))
        ranks = [self.rank(grouping, place) for place in range(len(keys))] if ranked else []
        columns = [*keys, sa.func.count(), *values, *mixed, *ranks]
        labelled: list[Any] = [column.label(f"c{index + 1}") for index, column in enumerate(columns)]
        held = [] if grouping.having == TRUE_KEY else [self.having(grouping, having)]
        statement = sa.select(*labelled).select_from(self.joins.tables).where(*conditions).having(*held)
        return statement.group_by(*positions, *extra).order_by(*order) if keys else statement

    def members(
        self, grouping: Grouping, conditions: list[Any], order: Sequence[OrderTerm], limit: Column
    ) -> sa.Select[*tuple[Any, ...]]:
        """The ids of the first records of each group, with the keys of the group."""
        keys = [self.key(term) for term in grouping.by]
        parts = [self.key(term, again=True) for term in grouping.by]
        ordered = map(sorting, self.work.ordered(tuple(order), self.at, self.joins))
        place = sa.func.row_number().over(partition_by=parts, order_by=list(ordered))
        labelled: list[Any] = [column.label(f"c{index + 1}") for index, column in enumerate(keys)]
        inner = sa.select(self.at.c.id, *labelled, place.label("place"))
        rows = inner.select_from(self.joins.tables).where(*conditions).subquery("members")
        found: list[Any] = [column for column in rows.c if column.name != "place"]
        return sa.select(*found).where(rows.c.place <= limit).order_by(rows.c.place)

    def rank(self, grouping: Grouping, place: int) -> Column:
        """The place of a key among the others of its column; periods are in order by themselves."""
        term = grouping.by[place]
        if term.part:
            return sa.literal_column("0")
        key = self.key(term, again=True)
        if term.path[-1].keyed:  # it has parameters in it: one of the group's values, which are all equal
            key = sa.func.min(key)
        order, _ = self.key_order(grouping, place, key)
        columns = [column.desc() if down else column.asc() for column, down in order]
        return sa.func.dense_rank().over(order_by=columns)

    # -- conditions on groups ----------------------------------------------------------------------------
    def having(self, grouping: Grouping, start: int) -> Condition:
        """The condition on groups; its values lie apart from those of the domain."""
        known = {each.text: each for each in grouping.compared}
        before, self.work.next = self.work.next, start
        found = self.held(grouping.having, known)
        self.work.next = before
        return found

    def held(self, key: Key, known: Mapping[str, Aggregate]) -> Condition:
        head = key[0]
        if head == "!":
            return sa.not_(self.held(key[1], known))
        if head in JUNCTIONS:
            parts = [self.held(part, known) for part in key[1:]]
            if not parts:
                return sa.true() if head == "&" else sa.false()
            return sa.and_(*parts) if head == "&" else sa.or_(*parts)
        path, operator, kind = key
        each = known.get(path)
        column: Column = sa.func.count() if each is None else self.aggregate(each)
        if kind == "0":
            return column.is_(None)
        type_ = sa.BigInteger() if each is None else result_type(each)
        if kind == "l":
            compared: Condition = column == sa.any_(self.work.take(pg.ARRAY(type_), text_array))
        else:
            compared = column.op(operator, is_comparison=True)(self.work.take(type_))
        return sa.func.coalesce(compared, sa.false())

    # -- keys ----------------------------------------------------------------------------------------------
    def key(self, term: GroupTerm, *, again: bool = False) -> Column:
        """The key; `again` where the statement has it already (a relation to many is joined once)."""
        last = term.path[-1]
        if last.column is None:
            if not again or last not in self.many:
                self.many[last] = self.linked(last)
            return self.many[last]
        column = self.work.follow(self.at, term.path, self.joins)
        if last.comodel is not None and term.part != "id":
            return self.seen_link(term.path, column)
        if term.part and term.part != "id":
            return self.period(last, column, term.part)
        if len(term.path) > 1 and last.null == "":
            return sa.func.coalesce(column, sa.literal_column("''"))
        return column

    def seen_link(self, path: tuple[Bound, ...], column: Column) -> Column:
        """The id behind a many2one; all that the rule of its model hides have one key."""
        if comodel_of(path[-1]).name not in self.joins.rules:
            return column
        at = self.at
        for depth in range(1, len(path) + 1):
            at = self.joins.reach(at, path[:depth])
        hidden: Column = sa.literal_column(str(HIDDEN))
        return sa.func.coalesce(at.c.id, sa.case((column.is_not(None), hidden)))

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
        if comodel.name in self.joins.rules:
            pairs = pairs.where(self.joins.ruled(comodel, target))
        linked = pairs.subquery("linked")
        self.joins.tables = self.joins.tables.outerjoin(linked, linked.c.here == self.at.c.id)
        return linked.c.there

    def aggregate(self, each: Aggregate) -> Column:
        bound = each.path[-1]
        column = self.work.follow(self.at, each.path, self.joins)
        function, type_ = each.function, bound.field.type
        if bound.comodel is not None:
            column = self.seen_link(each.path, column)
        if function == "array":
            return self.array(bound, column)
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

    def array(self, bound: Bound, column: Column) -> Column:
        """The values in the order of the records' ids, unset and hidden ones left out."""
        known: Condition = column.is_not(None)
        if bound.comodel is not None:
            known = sa.and_(known, column != sa.literal_column(str(HIDDEN)))
        listed = sa.func.array_agg(pg.aggregate_order_by(column, self.at.c.id), type_=pg.ARRAY(sql_type(bound)))
        return sa.func.coalesce(listed.filter(known), sa.literal_column("'{}'"))

    def currencies(self, each: Aggregate) -> list[Column]:
        """The least and the greatest currency (0: none) of the amounts in an aggregate: equal if there is one."""
        amount = self.work.follow(self.at, each.path, self.joins)
        link = sa.func.coalesce(self.work.follow(self.at, each.currency, self.joins), sa.literal_column("0"))
        known = amount.is_not(None)
        return [sa.func.min(link).filter(known), sa.func.max(link).filter(known)]

    # -- order -----------------------------------------------------------------------------------------------
    def order(self, grouping: Grouping, positions: list[Column], keys: int) -> tuple[list[Column], list[Column]]:
        """ORDER BY, and what has to be grouped by besides, as it depends on a key."""
        order: list[Column] = []
        extra: list[Column] = []
        for each in grouping.order:
            columns: list[tuple[Column, bool]]
            if each.kind == "by":
                columns, depending = self.key_order(grouping, each.place, positions[each.place])
                extra.extend(depending)
            else:
                at = keys + 1 if each.kind == "count" else keys + 2 + each.place
                columns = [(sa.literal_column(str(at)), False)]
            order.extend(column.desc() if down != each.desc else column.asc() for column, down in columns)
        return order, extra

    def key_order(
        self, grouping: Grouping, place: int, position: Column
    ) -> tuple[list[tuple[Column, bool]], list[Column]]:
        """(column, descending) for one key, and what has to be grouped by besides."""
        term = grouping.by[place]
        last = term.path[-1]
        values = getattr(last.field, "values", ())
        terms = grouping.inner[place] if grouping.inner else ()
        if terms:
            columns, extra = self.depending([(each.path, each.desc) for each in terms])
            return [*columns, (position, False)], extra
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


def result_type(each: Aggregate) -> sa.types.TypeEngine[Any]:
    """The SQL type of an aggregate's value."""
    bound, function = each.path[-1], each.function
    if function in ("count", "count_distinct"):
        return sa.BigInteger()
    if function in ("all", "any"):
        return sa.Boolean()
    if function == "avg" and bound.field.type in ("integer", "float"):
        return sa.Double()
    return sql_type(bound)
