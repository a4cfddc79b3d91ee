"""Whole statements: what is compiled at the first query of a shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from kernel.orm.domains.check import comodel_of
from kernel.orm.domains.operators import TRUE_KEY, Key
from kernel.orm.query.compile import Column, Compilation, Condition, Joins, table_of
from kernel.orm.query.grouping import GroupStatement
from kernel.orm.query.keyset import after, sorting
from kernel.orm.query.plan import Plan, plain_array

if TYPE_CHECKING:
    from kernel.orm.query.select import Rules
    from kernel.orm.registry.bound import Bound, ModelInfo


def select_plan(model: ModelInfo, key: tuple[Any, ...], params: int, rules: Rules) -> Plan:
    """The plan for a key of `select`. The values are: domain, tz, ids, limit, offset, rules, place."""
    _, _, domain, columns, terms, limited, moved, by_ids, lock, titles, _, paged, texts, total = key
    work = Compilation(tz=params)
    at = work.alias(model)
    joins = Joins(work, at, rule_places(rules, params + 4))
    held = (_as_text(work.held(bound, at), bound in texts) for bound in columns if bound.name != "id")
    statement = sa.select(at.c.id, *held)
    statement = statement.where(*conditions(work, model, domain, at))
    if by_ids:
        ids = work.bind(params + 1, pg.ARRAY(sa.BigInteger()), plain_array)
        statement = statement.where(at.c.id == sa.any_(ids))
    for bound in titles:
        linked = joins.reach(at, (bound,))
        statement = statement.add_columns(linked.c.id, work.value(title_of(bound), linked))
    if total:
        statement = statement.add_columns(_total(work, model, domain))
    ordered = work.ordered(terms, at, joins)
    if paged is not None:
        statement = statement.add_columns(*(sa.cast(each.column, sa.Text()) for each in ordered))
    if paged:
        place = params + 4 + sum(len(rule.params) for _, rule in rules)
        statement = statement.where(after(work, ordered, paged, place))
    statement = statement.select_from(joins.tables).order_by(*map(sorting, ordered))
    if limited:
        statement = statement.limit(work.bind(params + 2, sa.BigInteger()))
    if moved:
        statement = statement.offset(work.bind(params + 3, sa.BigInteger()))
    return work.plan(statement, f" FOR {locking(lock)}" if lock else "")


def _as_text(column: Column, wanted: bool) -> Column:
    return sa.cast(column, sa.Text()) if wanted else column


def _total(work: Compilation, model: ModelInfo, domain: Key) -> Column:
    """How many records the domain has, counted beside the page.

    A subselect: `count(*) OVER ()` would make the query read and keep every row of the domain with all its columns
    and titles, also where an index gives the page.
    """
    before, ranks = work.next, len(work.ranks)
    work.next = 0  # the values of the domain once more
    at = work.alias(model)
    counted = sa.select(sa.func.count()).select_from(at).where(*conditions(work, model, domain, at))
    work.next = before
    del work.ranks[ranks:]
    return counted.scalar_subquery()


def title_of(link: Bound) -> Bound:
    """The title field of the records that a many2one leads to."""
    comodel = comodel_of(link)
    return comodel.fields[comodel.title]


def conditions(work: Compilation, model: ModelInfo, key: Key, at: sa.FromClause) -> list[Condition]:
    """WHERE, if there is any."""
    return [] if key == TRUE_KEY else [work.where(key, model, at)]


def locking(lock: str) -> str:
    """`update nowait` as SQL, for the root table only."""
    for wait in ("nowait", "skip locked"):
        if lock.endswith(wait):
            return f"{lock.removesuffix(wait).strip().upper()} OF t0 {wait.upper()}"
    return f"{lock.upper()} OF t0"


def rule_places(rules: Rules, start: int) -> dict[str, tuple[Key, int]]:
    """Model -> key of its rule and index of the rule's first value."""
    places: dict[str, tuple[Key, int]] = {}
    for name, rule in rules:
        places[name] = (rule.key, start)
        start += len(rule.params)
    return places


def simple_plan(kind: str, model: ModelInfo, key: tuple[Any, ...], params: int) -> Plan:
    """count, count up to a limit, exists."""
    work = Compilation(tz=params)
    at = work.alias(model)
    where = conditions(work, model, key[2], at)
    rows: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(at).where(*where)
    if kind == "exists":
        return work.plan(sa.select(rows.exists()))
    if key[3]:
        few = rows.limit(work.bind(params + 2, sa.BigInteger())).subquery("few")
        return work.plan(sa.select(sa.func.count()).select_from(few))
    return work.plan(sa.select(sa.func.count()).select_from(at).where(*where))


def condition_plan(model: ModelInfo, key: Key, alias: str, params: int) -> Plan:
    """A condition on a table that stands in a statement written elsewhere.

    Compiled as the WHERE of a whole statement, so that subselects know that `alias` is of the outside.
    """
    work = Compilation(tz=params)
    at = table_of(model).alias(alias)
    one: Column = sa.literal_column("1")
    plan = work.plan(sa.select(one).select_from(at).where(sa.and_(sa.true(), work.where(key, model, at))))
    _, found, where = plan.sql.partition(" WHERE ")
    return Plan(where if found else "true", plan.places)


def group_plan(model: ModelInfo, key: tuple[Any, ...], params: int, rules: Rules) -> Plan:
    """The plan for a key of `kernel.orm.query.group`: the groups, how many there are, or their first records.

    The values are: domain, tz, (nothing), limit, offset, those of `having`, rules.
    """
    kind, _, domain, grouping, (limited, moved, last), compared, _ = key
    work = Compilation(tz=params)
    at = work.alias(model)
    joins = Joins(work, at, rule_places(rules, params + 4 + compared))
    where = conditions(work, model, domain, at)
    build = GroupStatement(work, model, at, joins)
    if kind == "members":
        return work.plan(build.members(grouping, where, last, work.bind(params + 2, sa.BigInteger())))
    statement = build.build(grouping, where, ranked=last, having=params + 4)
    if kind == "groups":
        inner = statement.order_by(None).subquery("groups")
        return work.plan(sa.select(sa.func.count()).select_from(inner))
    if limited:
        statement = statement.limit(work.bind(params + 2, sa.BigInteger()))
    if moved:
        statement = statement.offset(work.bind(params + 3, sa.BigInteger()))
    return work.plan(statement)
