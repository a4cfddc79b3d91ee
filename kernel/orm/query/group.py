"""Grouping: counts and aggregates of records by fields, relations and periods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kernel.errors import UnknownFieldError, suggest
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import DATE_PARTS, TIME_PARTS, TRUE_KEY, DomainError, Key
from kernel.orm.extra.paths import plain, plain_key
from kernel.orm.query.having import COUNT, having_key, having_names, having_values
from kernel.orm.query.order import Order, OrderTerm, parse_order
from kernel.orm.query.plan import Plan, Query
from kernel.orm.query.select import Rules, compiled, with_rules

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo

FUNCTIONS: Final = ("sum", "avg", "min", "max", "count", "count_distinct", "all", "any", "array")
_ELSEWHERE: Final = {"bool_and": "all", "bool_or": "any", "array_agg": "array", "recordset": "array", "mean": "avg"}
_LONGEST: Final = 10
_AMOUNTS: Final = ("sum", "avg", "min", "max")
_NUMBERS: Final = frozenset(("integer", "float", "decimal", "money", "duration"))
_GROUPED: Final = frozenset(
    (
        "char",
        "integer",
        "boolean",
        "selection",
        "date",
        "datetime",
        "many2one",
        "many2many",
        "one2many",
        "reference",
    )
) | {"text", "decimal", "money", "float"}


class GroupTerm(NamedTuple):
    """One key of a grouping: a path that ends in a field, and for dates the period.

    `part` is `"id"` for a link by its bare column, whatever the reader may see behind it.
    """

    text: str
    path: tuple[Bound, ...]
    part: str = ""


class Aggregate(NamedTuple):
    """One aggregate, like `amount:sum`; of money the path of its currency, too. No path: the count of records."""

    text: str
    path: tuple[Bound, ...]
    function: str
    currency: tuple[Bound, ...] = ()


class GroupOrder(NamedTuple):
    """A column of the result to order by: a key or an aggregate by its place, or the count."""

    kind: str
    place: int
    desc: bool


class Grouping(NamedTuple):
    """What is grouped by what; parsed once per text."""

    by: tuple[GroupTerm, ...]
    aggregates: tuple[Aggregate, ...]
    order: tuple[GroupOrder, ...]
    inner: tuple[Order, ...] = ()
    """For each key that is a link the order of its model, as paths from the root; empty for others."""
    having: Key = TRUE_KEY
    compared: tuple[Aggregate, ...] = ()
    """The aggregates that `having` looks at."""

    def paths(self) -> list[tuple[Bound, ...]]:
        """All paths in it, for `secure_paths`."""
        values = (*self.aggregates, *self.compared)
        ordered = [term.path for terms in self.inner for term in terms]
        return [
            *(term.path for term in self.by),
            *(each.path for each in values),
            *(each.currency for each in values),
            *ordered,
        ]


def parse_group(
    model: ModelInfo,
    by: Iterable[str],
    aggregates: Iterable[str] = (),
    order: str = "",
    having: Domain = Domain.TRUE,
) -> Grouping:
    """`by` like `stage`, `partner.country`, `date:month`; aggregates like `amount:sum`; order `count desc`.

    Without an order the groups come in that of their keys, a many2one in the order of its model.
    """
    place = ("grouping", model.name, tuple(by), tuple(aggregates), order, having.key)
    grouping: Grouping | None = model.registry.plans.get(place)
    if grouping is None:
        for text in {COUNT, "domain", "records"}.intersection(place[2]):
            raise DomainError(f'Every group has a "{text}" of its own, so {model.name} cannot be grouped by {text}.')
        terms = tuple(_term(model, text) for text in place[2])
        if sum(1 for term in terms if term.path[-1].column is None) > 1:
            raise DomainError("Records can be grouped by one relation to many at a time.")
        found = tuple(_aggregate(model, text) for text in place[3])
        compared = tuple(_aggregate(model, text) for text in having_names(having.key) if text != COUNT)
        orders = tuple(_orders(terms, found, order))
        for each in (*compared, *(found[one.place] for one in orders if one.kind == "aggregate")):
            _refuse_mixed(terms, each)
        key = having_key(plain_key(having.key), {each.text: each for each in compared})
        grouping = Grouping(terms, found, orders, tuple(map(_inner_order, terms)), key, compared)
        model.registry.plans[place] = grouping
    return grouping


def group(
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    *,
    having: Domain = Domain.TRUE,
    limit: int | None = None,
    offset: int = 0,
    ranked: bool = False,
    rules: Rules = (),
    tz: str = "UTC",
) -> Query:
    """One row per group: its keys, the count, the aggregates, and for each of money its two extreme currencies.

    The key of a period is its first day (a naive local moment for hours), of a weekday its number (Monday 1).
    The key of a link whose record `rules` hide is 0, whichever it is. `ranked` adds the rank of each key in the
    order of that key.
    """
    shape = (limit is not None, offset > 0, ranked)
    return _grouped("group", model, domain, grouping, having, shape, (limit, offset), rules, tz)


def count_groups(
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    *,
    having: Domain = Domain.TRUE,
    rules: Rules = (),
    tz: str = "UTC",
) -> Query:
    """How many groups there are."""
    return _grouped("groups", model, domain, grouping, having, (False, False, False), (None, 0), rules, tz)


def group_members(
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    *,
    order: Sequence[OrderTerm],
    limit: int,
    rules: Rules = (),
    tz: str = "UTC",
) -> Query:
    """Rows `(id, keys...)`: the first `limit` records of every group, in `order`."""
    shape = (True, False, tuple(order))
    return _grouped("members", model, domain, grouping, Domain.TRUE, shape, (limit, 0), rules, tz)


def _grouped(
    kind: str,
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    having: Domain,
    shape: tuple[Any, ...],
    page: tuple[int | None, int],
    rules: Rules,
    tz: str,
) -> Query:
    compared = having_values(having.key, having.params, {each.text: each for each in grouping.compared})
    held = tuple([(name, rule.key) for name, rule in rules])
    key = (kind, model.name, domain.key, grouping, shape, len(compared), held)
    plan: Plan | None = model.registry.plans.get(key)
    if plan is None:
        plan = model.registry.plans[key] = compiled("group_plan", model, key, len(domain.params), rules)
    return plan.query(with_rules((*domain.params, tz, None, *page, *compared), rules))


# -- parsing -----------------------------------------------------------------------------------------------
def _walk(model: ModelInfo, path: str) -> tuple[Bound, ...]:
    """The fields of a path: many2one fields, and at its end one that the database has."""
    if path.count(".") > _LONGEST:
        raise DomainError(f"A grouping goes through {_LONGEST} relations at most.")
    head, _, rest = path.partition(".")
    bound = model.find(head)
    if bound is None:
        raise UnknownFieldError(model.name, head, model.fields)
    if not bound.stored and bound.field.related:
        return _walk(model, f"{bound.field.related}.{rest}" if rest else bound.field.related)
    if not rest:
        return (bound,)
    if bound.comodel is None or bound.column is None:
        raise DomainError(f'"{path}": a grouping goes through many2one fields only, {model.name}.{head} is none.')
    return (bound, *_walk(bound.comodel, rest))


def _term(model: ModelInfo, text: str) -> GroupTerm:
    name, _, part = text.partition(":")
    path = _walk(model, name)
    last = path[-1]
    type_ = last.field.type
    if last.column is None and (last.comodel is None or len(path) > 1 or (last.link is None and last.inverse is None)):
        raise DomainError(f"{model.name} cannot be grouped by {name}: it is not stored.")
    if type_ not in _GROUPED:
        raise DomainError(f"{model.name} cannot be grouped by {name}, which is of type {type_}.")
    parts = {"date": DATE_PARTS, "datetime": TIME_PARTS}.get(type_, frozenset())
    if part and part not in parts:
        known = f"There are: {', '.join(sorted(parts))}." if parts else "Only dates have periods."
        raise DomainError(f'"{text}": no period "{part}" of a {type_}.', hint=known)
    return GroupTerm(plain(text), path, part or ("day" if type_ == "datetime" else ""))


def _aggregate(model: ModelInfo, text: str) -> Aggregate:
    if not text.partition(":")[2]:
        raise DomainError(f'"{text}" is no aggregate.', hint=f'Write "{text}:sum"; there are: {", ".join(FUNCTIONS)}.')
    name, _, function = text.partition(":")
    path = _walk(model, name)
    last = path[-1]
    if function not in FUNCTIONS:
        near = f' Did you mean "{_ELSEWHERE[function]}"?' if function in _ELSEWHERE else suggest(function, FUNCTIONS)
        raise DomainError(f'"{text}": no aggregate "{function}".{near}', hint=f"There are: {', '.join(FUNCTIONS)}.")
    if last.column is None:
        raise DomainError(f'"{text}": {last.model.name}.{last.name} has no column.')
    type_ = last.field.type
    numeric, logical = function in ("sum", "avg"), function in ("all", "any")
    ordered = function in ("min", "max") and (
        last.comodel is not None or not last.field.orderable or type_ == "boolean"
    )
    if (numeric and type_ not in _NUMBERS) or (logical and type_ != "boolean") or ordered:
        raise DomainError(f'"{text}": {function} does not fit a field of type {type_}.')
    amounts = type_ == "money" and function in _AMOUNTS
    return Aggregate(plain(text), path, function, _currency(path) if amounts else ())


def _currency(path: tuple[Bound, ...]) -> tuple[Bound, ...]:
    """The many2one to the currency that an amount is in."""
    last = path[-1]
    found = _walk(last.model, last.field.currency)  # type: ignore[attr-defined]
    return (*path[:-1], *found)


def _refuse_mixed(by: Sequence[GroupTerm], each: Aggregate) -> None:
    """Amounts of several currencies are not compared: 10 dollars are neither more nor less than 10 euros."""
    if each.currency and not any(term.path == each.currency for term in by):
        name = ".".join(bound.name for bound in each.currency)
        raise DomainError(
            f'"{each.text}": amounts may be in several currencies, so groups cannot be compared by them.',
            hint=f'Group by the currency, too: by=[..., "{name}"].',
        )


def _inner_order(term: GroupTerm) -> Order:
    last = term.path[-1]
    if last.column is None or last.comodel is None:
        return ()
    return tuple([OrderTerm((*term.path, *inner.path), inner.desc) for inner in parse_order(last.comodel)])


def _orders(by: Sequence[GroupTerm], aggregates: Sequence[Aggregate], order: str) -> list[GroupOrder]:
    columns = {COUNT: ("count", 0)}
    columns |= {term.text: ("aggregate", index) for index, term in enumerate(aggregates)}
    columns |= {term.text: ("by", index) for index, term in enumerate(by)}
    found: list[GroupOrder] = []
    for part in order.split(",") if order.strip() else ():
        name, *direction = part.split() or [""]
        if name not in columns or len(direction) > 1 or (direction or ["asc"])[0].lower() not in ("asc", "desc"):
            near = suggest(name, columns)
            raise DomainError(f'Groups cannot be ordered by "{part.strip()}".{near}', hint=f"By: {', '.join(columns)}.")
        found.append(GroupOrder(*columns[name], (direction or ["asc"])[0].lower() == "desc"))
    named = {each.place for each in found if each.kind == "by"}
    return [*found, *(GroupOrder("by", index, False) for index in range(len(by)) if index not in named)]
