"""Queries for records: select, count, exists. A known shape costs one look in the plans."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import ASKED, TREE, Key
from kernel.orm.query.order import Order, OrderTerm, parse_order
from kernel.orm.query.plan import Plan, Query

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo

Lock = Literal["update", "no key update", "share", "update nowait", "update skip locked"]
_ACTIVE: Final = Domain(("archived", "=", "0"))

Rules = tuple[tuple[str, Domain], ...]
"""Rules of models that an order or a grouping reaches, as (model, domain); see `kernel.orm.query.secure`."""

COMPILER: Final = "kernel.orm.query.statements"
"""Imported by name when the first plan is missing, so that no process pays for SQLAlchemy at its start."""


def compiled(kind: str, *shape: Any) -> Plan:
    """A new plan; `kind` is the function that makes it."""
    plan: Plan = getattr(importlib.import_module(COMPILER), kind)(*shape)
    return plan


def select(
    model: ModelInfo,
    domain: Domain,
    *,
    columns: Sequence[Bound] = (),
    order: Sequence[OrderTerm] | None = None,
    limit: int | None = None,
    offset: int = 0,
    ids: Sequence[int] | None = None,
    lock: Lock | None = None,
    titles: Sequence[Bound] = (),
    rules: Rules = (),
    tz: str = "UTC",
    place: Sequence[str | None] | None = None,
    texts: Sequence[Bound] = (),
    total: bool = False,
) -> Query:
    """`SELECT id, columns...` of the records of a checked domain.

    `order=None` is the model's own order, an empty one none. `ids` restricts to these. `lock` adds `FOR ...`.
    `titles` are many2one fields: two columns each follow, the id and the title of the linked record; both are
    NULL where the rule of its model hides it. With a `place` (an empty one is the beginning) the rows are those
    behind it, and end in their own place: a text for each term of the order. Of `columns`, those in `texts` come
    as PostgreSQL writes them. With `total` each row says behind its titles how many records the domain has.
    """
    key = (
        "select",
        model.name,
        domain.key,
        tuple(columns),
        parse_order(model) if order is None else tuple(order),
        limit is not None,
        offset > 0,
        ids is not None,
        lock,
        tuple(titles),
        tuple([(name, rule.key) for name, rule in rules]) if rules else (),
        None if place is None else tuple([value is not None for value in place]),
        tuple(texts),
        total,
    )
    plan: Plan | None = model.registry.plans.get(key)
    if plan is None:
        plan = model.registry.plans[key] = compiled("select_plan", model, key, len(domain.params), rules)
    given = (*domain.params, tz, ids, limit, offset)
    if rules:
        given = with_rules(given, rules)
    return plan.query((*given, *place) if place else given)


def count(model: ModelInfo, domain: Domain, *, limit: int | None = None, tz: str = "UTC") -> Query:
    """`SELECT count(*)`; with a limit it stops counting there."""
    return _simple("count", model, domain, limit, tz)


def exists(model: ModelInfo, domain: Domain, *, tz: str = "UTC") -> Query:
    """`SELECT EXISTS (...)`: whether any record satisfies the domain."""
    return _simple("exists", model, domain, None, tz)


def condition(model: ModelInfo, domain: Domain, alias: str, *, tz: str = "UTC") -> Query:
    """The domain as a bare condition on `alias` (not a `t` with a number) in a handwritten statement."""
    key = ("condition", model.name, domain.key, alias)
    plan: Plan | None = model.registry.plans.get(key)
    if plan is None:
        plan = model.registry.plans[key] = compiled("condition_plan", model, domain.key, alias, len(domain.params))
    return plan.query((*domain.params, tz))


def own_fields(domain: Domain) -> frozenset[str] | None:
    """The fields that a checked domain looks at, if all are columns of the record's own row; else None."""
    names: set[str] = set()
    return frozenset(names) if _own(domain.key, names) else None


def _own(key: Any, names: set[str]) -> bool:
    if key[0] in ("&", "|", "!"):
        return all(_own(part, names) for part in key[1:])
    names.add(key[0].partition(":")[0])
    return key[1] != "any" and key[1] not in TREE and key[1] not in ASKED


def hide_archived(domain: Domain, model: ModelInfo) -> Domain:
    """The checked domain without archived records, unless it compares `archived` at its root."""
    if model.archived is None:
        return domain
    place = ("active", model.name, domain.key)
    key: Key | None = model.registry.plans.get(place)
    if key is None:
        named = _names(domain.key, "archived")
        key = model.registry.plans[place] = domain.key if named else (domain & _ACTIVE).key
    return Domain(key, domain.params)


def _names(key: Any, name: str) -> bool:
    if key[0] in ("&", "|", "!"):
        return any(_names(part, name) for part in key[1:])
    return bool(key[0] == name)


def _simple(kind: str, model: ModelInfo, domain: Domain, limit: int | None, tz: str) -> Query:
    key = (kind, model.name, domain.key, limit is not None)
    plan: Plan | None = model.registry.plans.get(key)
    if plan is None:
        plan = model.registry.plans[key] = compiled("simple_plan", kind, model, key, len(domain.params))
    return plan.query((*domain.params, tz, None, limit, 0))


def with_rules(given: tuple[Any, ...], rules: Rules) -> tuple[Any, ...]:
    """The values of a query, those of its rules behind."""
    for _, rule in rules:
        given += rule.params
    return given


__all__ = ["Order", "Query", "condition", "count", "exists", "own_fields", "select"]
