"""Grouping: counts and aggregates of records by fields, relations and periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from kernel.errors import UnknownFieldError, suggest
from kernel.orm.domain import Domain
from kernel.orm.operators import DATE_PARTS, TIME_PARTS, DomainError
from kernel.orm.query.plan import Plan, Query
from kernel.orm.query.select import Rules, compiled, with_rules

if TYPE_CHECKING:
    from kernel.orm.bound import Bound, ModelInfo

FUNCTIONS: Final = ("sum", "avg", "min", "max", "count", "count_distinct", "all", "any")
_LONGEST: Final = 10
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
    """One key of a grouping: a path that ends in a field, and for dates the period."""

    text: str
    path: tuple[Bound, ...]
    part: str = ""


class Aggregate(NamedTuple):
    """One aggregate, like `amount:sum`."""

    text: str
    path: tuple[Bound, ...]
    function: str


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

    def paths(self) -> list[tuple[Bound, ...]]:
        """All paths in it, for `secure_paths`."""
        return [*(term.path for term in self.by), *(each.path for each in self.aggregates)]


def parse_group(model: ModelInfo, by: Iterable[str], aggregates: Iterable[str] = (), order: str = "") -> Grouping:
    """`by` like `stage`, `partner.country`, `date:month`; aggregates like `amount:sum`; order `count desc`.

    Without an order the groups come in that of their keys, a many2one in the order of its model.
    """
    place = ("grouping", model.name, tuple(by), tuple(aggregates), order)
    grouping: Grouping | None = model.registry.plans.get(place)
    if grouping is None:
        terms = tuple(_term(model, text) for text in place[2])
        if sum(1 for term in terms if term.path[-1].column is None) > 1:
            raise DomainError("Records can be grouped by one relation to many at a time.")
        found = tuple(_aggregate(model, text) for text in place[3])
        grouping = Grouping(terms, found, tuple(_orders(terms, found, order)))
        model.registry.plans[place] = grouping
    return grouping


def group(
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    *,
    limit: int | None = None,
    offset: int = 0,
    rules: Rules = (),
    tz: str = "UTC",
) -> Query:
    """One row per group: its keys, the count, the aggregates.

    The key of a period is its first day (a naive local moment for hours), of a weekday its number (Monday 1).
    """
    shape = (limit is not None, offset > 0)
    return _grouped("group", model, domain, grouping, shape, (limit, offset), rules, tz)


def count_groups(
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    *,
    rules: Rules = (),
    tz: str = "UTC",
) -> Query:
    """How many groups there are."""
    return _grouped("groups", model, domain, grouping, (False, False), (None, 0), rules, tz)


def group_domain(grouping: Grouping, keys: Sequence[Any], tz: str = "UTC") -> Domain:
    """The records of one group, to be added to the domain that was grouped."""
    pairs = zip(grouping.by, keys, strict=False)
    return Domain.all_of(_members(term, value, tz) for term, value in pairs)


def _grouped(
    kind: str,
    model: ModelInfo,
    domain: Domain,
    grouping: Grouping,
    shape: tuple[bool, bool],
    page: tuple[int | None, int],
    rules: Rules,
    tz: str,
) -> Query:
    key = (kind, model.name, domain.key, grouping, shape, tuple([(name, rule.key) for name, rule in rules]))
    plan: Plan | None = model.registry.plans.get(key)
    if plan is None:
        plan = model.registry.plans[key] = compiled("group_plan", model, key, len(domain.params), rules)
    return plan.query(with_rules((*domain.params, tz, None, *page), rules))


# -- parsing -----------------------------------------------------------------------------------------------
def _walk(model: ModelInfo, path: str) -> tuple[Bound, ...]:
    """The fields of a path: many2one fields, and at its end one that the database has."""
    if path.count(".") > _LONGEST:
        raise DomainError(f"A grouping goes through {_LONGEST} relations at most.")
    head, _, rest = path.partition(".")
    bound = model.fields.get(head)
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
    return GroupTerm(text, path, part or ("day" if type_ == "datetime" else ""))


def _aggregate(model: ModelInfo, text: str) -> Aggregate:
    name, _, function = text.partition(":")
    path = _walk(model, name)
    last = path[-1]
    if function not in FUNCTIONS:
        near = suggest(function, FUNCTIONS)
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
    return Aggregate(text, path, function)


def _orders(by: Sequence[GroupTerm], aggregates: Sequence[Aggregate], order: str) -> list[GroupOrder]:
    columns = {"count": ("count", 0)}
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


# -- the domain of a group -----------------------------------------------------------------------------------
def _members(term: GroupTerm, value: Any, tz: str) -> Domain:
    path = ".".join(bound.name for bound in term.path)
    last = term.path[-1]
    if value is None:
        far = len(term.path) > 1 and last.null is not None
        return Domain.term(path.rpartition(".")[0] if far else path, "=", None)
    if not term.part:
        return Domain.term(path, "=", value)
    if term.part == "weekday":
        return Domain.term(f"{path}:weekday", "=", value)
    begin, end = value, _next(value, term.part)
    if last.field.type == "datetime":
        zone = ZoneInfo(tz)
        begin, end = (_moment(each, zone) for each in (begin, end))
    return Domain.term(path, ">=", begin) & Domain.term(path, "<", end)


def _next(value: dt.date, part: str) -> dt.date:
    """The beginning of the period after the one that begins at `value`."""
    if part == "hour":
        return value + dt.timedelta(hours=1)
    if part in ("day", "week"):
        return value + dt.timedelta(days=1 if part == "day" else 7)
    months = {"month": 1, "quarter": 3, "year": 12}[part]
    years, month = divmod(value.month - 1 + months, 12)
    return value.replace(year=value.year + years, month=month + 1)


def _moment(value: dt.date, zone: ZoneInfo) -> dt.datetime:
    local = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    return local.replace(tzinfo=zone).astimezone(dt.UTC)
