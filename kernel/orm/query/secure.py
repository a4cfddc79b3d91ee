"""A question is asked of what the person may see, also in models a path, an order or a grouping leads to.

`view(model)` says what the actor may see of a model: the rule for its records (None: all) and the fields the
actor may not know of. The rule of the model at the root is added by the caller. Rules are trusted: inside of
them nothing is secured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, UnknownFieldError
from kernel.orm.domain import Domain
from kernel.orm.domain_check import comodel_of, shape_for
from kernel.orm.domain_search import Search
from kernel.orm.operators import JUNCTIONS, TRUE_KEY, Key

if TYPE_CHECKING:
    from kernel.orm.bound import Bound, ModelInfo
    from kernel.orm.query.select import Rules

View = Callable[["ModelInfo"], tuple[Domain | None, frozenset[str]]]


def secure(domain: Domain, model: ModelInfo, view: View, search: Search | None = None) -> Domain:
    """The checked domain with the rules of all models it enters; refuses hidden and secret fields.

    Give it the domain as it came: a field that is found by a method is no longer seen in a checked one.
    """
    shape = shape_for(domain.key, model)
    for bound in shape.uses:
        _allow(bound, view)
    rules: dict[str, Domain] = {}
    for entered in shape.models:
        rule = view(entered)[0]
        if rule is not None and rule.key != TRUE_KEY:
            rules[entered.name] = rule.check(entered)
    checked = domain.check(model, search)
    if not rules:
        return checked
    params: list[Any] = []
    key = _weave(checked.key, iter(checked.params), model, rules, params)
    return Domain(key, tuple(params))


def secure_paths(paths: Iterable[tuple[Bound, ...]], view: View) -> Rules:
    """The `rules=` of a query that is ordered or grouped by these paths; refuses hidden fields."""
    rules: dict[str, Domain] = {}
    for path in paths:
        for bound in path:
            _allow(bound, view)
            if bound.comodel is not None and bound.comodel.name not in rules:
                rule = view(bound.comodel)[0]
                if rule is not None and rule.key != TRUE_KEY:
                    rules[bound.comodel.name] = rule.check(bound.comodel)
    return tuple(rules.items())


def _allow(bound: Bound, view: View) -> None:
    if bound.field.secret:
        raise AccessError(f"{bound.model.label}, {bound.field.label}: a secret cannot be searched or sorted by.")
    hidden = view(bound.model)[1]
    if bound.name in hidden:
        raise UnknownFieldError(
            bound.model.name, bound.name, [name for name in bound.model.fields if name not in hidden]
        )


def _weave(key: Key, values: Iterator[Any], model: ModelInfo, rules: dict[str, Domain], params: list[Any]) -> Key:
    """The tree with the rule of each entered model beside what is asked of it."""
    if key[0] in JUNCTIONS:
        return (key[0], *[_weave(part, values, model, rules, params) for part in key[1:]])
    path, operator, kind = key
    if operator != "any":
        if kind != "0":
            params.append(next(values))
        return key
    comodel = comodel_of(model.fields[path])
    rule = rules.get(comodel.name)
    if rule is None:
        return (path, "any", _weave(kind, values, comodel, rules, params))
    params.extend(rule.params)
    asked = _weave(kind, values, comodel, rules, params)
    return (path, "any", rule.key if asked == TRUE_KEY else ("&", rule.key, asked))
