"""Compiles a shape to SQL with SQLAlchemy Core. Loaded at the first query without a plan, never on a hit.

`Compilation` makes the statement of one plan: it hands out aliases, walks a checked key, and notes for each
parameter which value it takes. Values never come near this module: it sees shapes only.

SQL knows NULL, our logic does not: a leaf is compiled for its positive and for its negated use apart
(`negated`), `&`, `|` and `!` push the negation down, EXISTS is two-valued by itself.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from kernel.orm.domains.check import comodel_of, parent_field
from kernel.orm.domains.operators import ASKED, ENTITIES, JUNCTIONS, PAGE_TAG, TEXTUAL, TREE, TRUE_KEY, DomainError, Key
from kernel.orm.over_query import wrapped
from kernel.orm.query import keyed
from kernel.orm.query.extra import extra_path, extra_value
from kernel.orm.query.keyset import Ordered
from kernel.orm.query.plan import Plan, Transform, beginning, containing, plain_array, text_array
from kernel.orm.query.reader import company_of, language_of, tenant_language_of
from kernel.orm.query.text import seek
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.query.order import OrderTerm
    from kernel.orm.registry.bound import Bound, LinkTable, ModelInfo

Condition = sa.ColumnElement[bool]
Column = sa.ColumnElement[Any]

DIALECT: Final = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]

SQL_TYPES: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "int4": sa.Integer(),
    "int8": sa.BigInteger(),
    "text": sa.Text(),
    "varchar": sa.Text(),
    "float8": sa.Double(),
    "numeric": sa.Numeric(),
    "bool": sa.Boolean(),
    "date": sa.Date(),
    "timestamptz": sa.DateTime(timezone=True),
    "interval": sa.Interval(),
    "jsonb": pg.JSONB(),
    "daterange": pg.DATERANGE(),
    "tstzrange": pg.TSTZRANGE(),
}
_UNQUOTED: Final = frozenset(("int4", "int8", "float8", "numeric", "bool", "date"))
_EMPTY: Final = {"text": "''", "varchar": "''", "bool": "false", "interval": "interval '0'"}
_SPANNING: Final = {"contains": "@>", "overlaps": "&&", "within": "<@"}
_LITERALS: Final = {name: partial(array_literal, sql_type=name) for name in ("interval", "daterange", "tstzrange")}
_COLON: Final = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")
"""What SQLAlchemy would take for a parameter in a text."""
_PARTS: Final = {"weekday": "isodow"}
AUDITED: Final = frozenset(("id", "created_at", "updated_at"))
"""Never NULL, whatever the type of the field."""


def sql_type(bound: Bound) -> sa.types.TypeEngine[Any]:
    """The SQL type of a field's values."""
    return SQL_TYPES[bound.sql_type]


def table_of(model: ModelInfo) -> sa.TableClause | sa.TextualSelect:
    """A light table: names and types, enough to compile; of a model over a query, the query."""
    plans = model.registry.plans
    table: sa.TableClause | sa.TextualSelect | None = plans.get(("table", model.name))
    if table is None:
        columns = [sa.column(b.column, SQL_TYPES[b.column_type]) for b in model.fields.values() if b.column is not None]
        if model.query:
            table = sa.text(_COLON.sub(r"\\\g<0>", wrapped(model))).columns(*columns)
        else:
            table = sa.table(model.table, *columns, schema=model.schema)
        plans[("table", model.name)] = table
    return table


class Compilation:
    """One statement in the making."""

    def __init__(self, tz: int) -> None:
        self.tz = tz
        self.next = 0
        self.aliases = 0
        self.places: dict[str, tuple[int, Transform | None]] = {}
        self.ranks: list[Column] = []
        """How well a row fits, by each text search of the domain."""

    # -- parts of statements ---------------------------------------------------------------------------
    def alias(self, model: ModelInfo) -> sa.FromClause:
        """The model's table under a new name."""
        self.aliases += 1
        return table_of(model).alias(f"t{self.aliases - 1}")

    def bind(self, index: int, type_: sa.types.TypeEngine[Any], turn: Transform | None = None) -> Column:
        """The value at `index`, as a parameter cast to `type_`."""
        name = f"p{index}"
        self.places[name] = (index, turn)
        return sa.bindparam(name, type_=type_)

    def take(self, type_: sa.types.TypeEngine[Any], turn: Transform | None = None) -> Column:
        """The next value of the domain as a parameter."""
        index = self.next
        self.next += 1
        return self.bind(index, type_, turn)

    def constant(self, value: Any, type_: sa.types.TypeEngine[Any], turn: Transform) -> Column:
        """A value that belongs to the shape (from a declaration), sent as a parameter all the same."""
        sent = turn(value)
        name = f"k{len(self.places)}"
        self.places[name] = (self.tz, lambda _: sent)
        return sa.bindparam(name, type_=type_)

    def reading(self, turn: Transform) -> Column:
        """What `turn` takes from the reader of the query, as a text."""
        name = f"r_{turn.__name__}"
        self.places[name] = (self.tz, turn)
        return sa.bindparam(name, type_=sa.Text())

    def link(self, bound: Bound, at: sa.FromClause) -> Column:
        """The id that a many2one holds, to be joined with: an extra field's whether or not the record is there."""
        if bound.extra_key:
            return sa.literal_column(extra_path(bound, str(getattr(at, "name", ""))), sa.BigInteger())
        return self.value(bound, at)

    def value(self, bound: Bound, at: sa.FromClause) -> Column:
        """A field's value in the row `at`, as the reader sees it."""
        if bound.extra_key:
            return sa.literal_column(extra_value(bound, str(getattr(at, "name", ""))), sql_type(bound))
        column: Column = at.c[str(bound.column)]
        if not bound.keyed:
            return column
        if bound.keyed == "language":
            return keyed.seen_text(column, self.reading(language_of), self.reading(tenant_language_of))
        company = self.reading(company_of)
        own = keyed.seen_value(column, company, sql_type(bound))
        if bound.comodel is not None:
            target = self.alias(bound.comodel)
            return sa.select(target.c.id).where(target.c.id == own).correlate(at).scalar_subquery()
        if bound.unset is None:
            return own
        default = bound.unset if bound.compared is None else bound.compared(bound.unset)
        unset = self.constant(default, sql_type(bound), lambda value: value)
        return sa.case((keyed.has_value(column, company), own), else_=unset)

    def held(self, bound: Bound, at: sa.FromClause) -> Column:
        """What the cache holds of a field: its column, of a keyed one the whole mapping."""
        column: Column = at.c[str(bound.column)]
        linked = bound.keyed and bound.comodel is not None
        return keyed.standing_links(self, bound, column, at) if linked else column

    def plan(self, statement: sa.ClauseElement, suffix: str = "") -> Plan:
        """The finished plan."""
        compiled = statement.compile(dialect=DIALECT)
        names: list[str] = getattr(compiled, "positiontup", None) or []
        return Plan(str(compiled).replace("\n", " ") + suffix, tuple(self.places[name] for name in names))

    # -- conditions ------------------------------------------------------------------------------------
    def where(self, key: Key, model: ModelInfo, at: sa.FromClause, negated: bool = False) -> Condition:
        """The condition of a checked key on the table `at`."""
        head = key[0]
        if head == "!":
            return self.where(key[1], model, at, not negated)
        if head in JUNCTIONS:
            parts = [self.where(part, model, at, negated) for part in key[1:]]
            conjunction = (head == "&") != negated
            if not parts:
                return sa.true() if conjunction else sa.false()
            return sa.and_(*parts) if conjunction else sa.or_(*parts)
        path, operator, kind = key
        if operator == "any":
            return self.linked(model.fields[path], kind, at, negated)
        name, _, part = path.partition(":")
        bound = model.fields[name]
        if operator in ASKED:
            return seek(self, bound, operator, at, negated)
        if part:
            return self.leaf(bound, self.part(bound, part, at), operator, kind, negated, date_part=True)
        found = self.leaf(bound, self.value(bound, at), operator, kind, negated)
        if operator in TEXTUAL and not negated and keyed.is_indexed(bound):
            sought, near = self.next - 1, f"p{self.next - 1}_anywhere"
            self.places[near] = (sought, keyed.anywhere)
            return sa.and_(keyed.prefilter(at.c[str(bound.column)], near, operator), found)
        return found

    def part(self, bound: Bound, part: str, at: sa.FromClause) -> Column:
        """A part of a date, of a moment as it is in the zone of the query."""
        day = self.value(bound, at)
        if bound.field.type == "datetime":
            day = sa.func.timezone(self.bind(self.tz, sa.Text()), day)
        return sa.cast(sa.extract(_PARTS.get(part, part), day), sa.Integer)

    def leaf(
        self,
        bound: Bound,
        column: Column,
        operator: str,
        kind: str,
        negated: bool,
        *,
        date_part: bool = False,
    ) -> Condition:
        """A comparison of a column."""
        nullable = bound.nullable or date_part or bound.comodel is not None
        if operator == "=":
            return self.equal(bound, column, kind, negated, nullable, date_part)
        if operator == "in":
            return self.among(bound, column, kind, negated, nullable, date_part)
        compared = self.compared(bound, column, operator, date_part)
        if not negated:
            return compared
        return compared.is_not(sa.true()) if nullable else sa.not_(compared)

    def compared(self, bound: Bound, column: Column, operator: str, date_part: bool) -> Condition:
        if operator in TREE:
            return column.in_(self.tree(bound.model if bound.comodel is None else bound.comodel, operator))
        if operator in ("like", "ilike", "starts_with"):
            if bound.field.type == "html":  # its text, not its tags
                column = _page_text(column)
            value = self.take(sa.Text(), beginning if operator == "starts_with" else containing)
            return column.ilike(value) if operator == "ilike" else column.like(value)
        if operator in _SPANNING:
            return column.op(_SPANNING[operator], is_comparison=True)(self.take(sql_type(bound)))
        if bound.sql_type in ("text", "varchar"):  # by code point, as Python compares, whatever the locale
            return sa.collate(column, "C").op(operator, is_comparison=True)(self.take(sa.Text()))
        return column.op(operator, is_comparison=True)(self.take(sa.Integer() if date_part else sql_type(bound)))

    def equal(
        self, bound: Bound, column: Column, kind: str, negated: bool, nullable: bool, date_part: bool
    ) -> Condition:
        if kind == "0":
            return _unset(bound, column, negated, date_part)
        value = self.take(sa.Integer() if date_part else sql_type(bound))
        if not negated:
            return column == value
        return column.is_distinct_from(value) if nullable else column != value

    def among(
        self, bound: Bound, column: Column, kind: str, negated: bool, nullable: bool, date_part: bool
    ) -> Condition:
        plain = date_part or bound.sql_type in _UNQUOTED
        turn = plain_array if plain else _LITERALS.get(bound.sql_type, text_array)
        values = self.take(pg.ARRAY(sa.Integer() if date_part else sql_type(bound)), turn)
        if not negated:
            found = column == sa.any_(values)
            return sa.or_(found, _unset(bound, column, False, date_part)) if kind == "l0" else found
        missed = column != sa.all_(values)
        if kind == "l0":
            return sa.and_(missed, _unset(bound, column, True, date_part))
        return sa.or_(missed, column.is_(None)) if nullable else missed

    def tree(self, model: ModelInfo, operator: str) -> sa.Select[Any]:
        """The ids of the given records and of all below or above them; a circle ends where it began."""
        parent = parent_field(model)
        roots = sa.func.unnest(self.take(pg.ARRAY(sa.BigInteger()), plain_array)).column_valued("root")
        self.aliases += 1
        tree = sa.select(roots.label("id")).cte(f"tree{self.aliases}", recursive=True, nesting=True)
        at = self.alias(model)
        link = at.c[str(parent.column)]
        if operator == "child_of":
            step = sa.select(at.c.id).join_from(at, tree, link == tree.c.id)
        else:
            step = sa.select(link).join_from(at, tree, at.c.id == tree.c.id).where(link.is_not(None))
        return sa.select(tree.union(step).c.id)

    # -- relations -------------------------------------------------------------------------------------
    def linked(self, bound: Bound, sub: Key, at: sa.FromClause, negated: bool) -> Condition:
        """Some record behind the relation satisfies `sub`."""
        if bound.column is not None:
            column = self.value(bound, at)
            if sub == TRUE_KEY:
                return column.is_(None) if negated else column.is_not(None)
            if _on_id(sub):
                return self.leaf(bound, column, sub[1], sub[2], negated)
        exists = self.behind(bound, sub, at).exists()
        return sa.not_(exists) if negated else exists

    def behind(self, bound: Bound, sub: Key, at: sa.FromClause) -> sa.Select[Any]:
        """A subselect of the records behind a relation that satisfy `sub`."""
        comodel = comodel_of(bound)
        if bound.link is not None:
            return self.behind_link(bound.link, comodel, sub, at)
        target = self.alias(comodel)
        if bound.column is not None:
            joined = target.c.id == self.link(bound, at)
        else:
            joined = target.c[inverse_column(bound)] == at.c.id
        one: Column = sa.literal_column("1")
        chosen: sa.Select[Any] = sa.select(one).select_from(target).where(joined).correlate(at)
        return chosen if sub == TRUE_KEY else chosen.where(self.where(sub, comodel, target))

    def behind_link(self, pair: LinkTable, comodel: ModelInfo, sub: Key, at: sa.FromClause) -> sa.Select[Any]:
        self.aliases += 1
        columns = (sa.column(pair.left, sa.BigInteger()), sa.column(pair.right, sa.BigInteger()))
        link = sa.table(pair.table, *columns, schema=pair.schema).alias(f"t{self.aliases - 1}")
        one: Column = sa.literal_column("1")
        chosen: sa.Select[Any] = sa.select(one).where(link.c[pair.left] == at.c.id).correlate(at)
        if sub == TRUE_KEY:
            return chosen.select_from(link)
        if _on_id(sub):
            id = comodel.fields["id"]
            return chosen.select_from(link).where(self.leaf(id, link.c[pair.right], sub[1], sub[2], False))
        target = self.alias(comodel)
        joined = link.join(target, target.c.id == link.c[pair.right])
        return chosen.select_from(joined).where(self.where(sub, comodel, target))

    def follow(self, at: sa.FromClause, path: tuple[Bound, ...], joins: Joins) -> Column:
        """The column at the end of a path of many2one fields, its tables joined once each."""
        for depth in range(1, len(path)):
            at = joins.reach(at, path[:depth])
        return self.value(path[-1], at)

    def ordered(self, terms: tuple[OrderTerm, ...], at: sa.FromClause, joins: Joins) -> list[Ordered]:
        """The columns of ORDER BY."""
        return [self.ordered_by(term, at, joins) for term in terms]

    def ordered_by(self, term: OrderTerm, at: sa.FromClause, joins: Joins) -> Ordered:
        """The column that one term stands for."""
        if term.path:
            column = self.follow(at, term.path, joins)
            last = term.path[-1]
            sparse = len(term.path) > 1 or last.keyed or last.extra_key
            nullable = bool(sparse) or (last.nullable and (last.name not in AUDITED or bool(last.model.query)))
            return Ordered(column, term.desc, nullable)
        if not self.ranks:
            raise DomainError(
                "Relevance is an order of text searches; the domain has none.",
                hint='Search with "matches" or "similar", or order by a field.',
            )
        return Ordered(self.ranks[0], term.desc, False)


class Joins:
    """The left joins that an order or a grouping needs; the rule of a model is part of its join."""

    def __init__(self, work: Compilation, start: sa.FromClause, rules: dict[str, tuple[Key, int]]) -> None:
        self.work = work
        self.tables = start
        self.rules = rules
        self.reached: dict[tuple[Bound, ...], sa.FromClause] = {}

    def reach(self, at: sa.FromClause, path: tuple[Bound, ...]) -> sa.FromClause:
        """The joined table behind the last field of `path`, which is a column of `at`."""
        target = self.reached.get(path)
        if target is None:
            bound = path[-1]
            comodel = comodel_of(bound)
            target = self.reached[path] = self.work.alias(comodel)
            joined: Condition = target.c.id == self.work.link(bound, at)
            if comodel.name in self.rules:
                joined = sa.and_(joined, self.ruled(comodel, target))
            self.tables = self.tables.outerjoin(target, joined)
        return target

    def ruled(self, model: ModelInfo, at: sa.FromClause) -> Condition:
        """The rule of a model that has one; the values of what is being compiled go on where they were."""
        before = self.work.next
        key, self.work.next = self.rules[model.name]
        found = self.work.where(key, model, at)
        self.work.next = before
        return found


def inverse_column(bound: Bound) -> str:
    """The column of the other model by which a one2many finds its records."""
    if bound.inverse is None:
        raise DomainError(f"{bound.model.name}.{bound.name} is not stored.")
    return str(bound.inverse.column)


def _page_text(column: Column) -> Column:
    text: Column = sa.func.regexp_replace(column, *(sa.literal_column(f"'{part}'") for part in (PAGE_TAG, " ", "g")))
    for pair in ENTITIES:
        text = sa.func.replace(text, *(sa.literal_column(f"'{part}'") for part in pair))
    return sa.func.ltrim(text)


def _on_id(key: Key) -> bool:
    """Whether the key is one positive comparison of the id: the column of the link answers it.

    A record without an id is never linked to, while the column may well be unset.
    """
    return bool(key[0] == "id" and key[1] != "any" and key[2] not in ("0", "l0"))


def _unset(bound: Bound, column: Column, negated: bool, date_part: bool) -> Condition:
    if bound.null is None or date_part or bound.comodel is not None:
        return column.is_not(None) if negated else column.is_(None)
    empty: Column = sa.literal_column(_EMPTY.get(bound.sql_type, "0"))
    return column != empty if negated else column == empty
