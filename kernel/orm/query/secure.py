"""A question is asked of what the person may see, also in models a path, an order or a grouping leads to.

`view(model)` says what the actor may see of a model: the (checked) rule for its records, None for all, and the
fields the actor may not know of. The rule of the model at the root is added by the caller. Rules are trusted:
inside of them nothing is secured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, UnknownFieldError
from kernel.orm.domains.check import comodel_of, shape_for
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.expand import Search
from kernel.orm.domains.operators import JUNCTIONS, TRUE_KEY, Key
from kernel.orm.extra.paths import Resolve

if TYPE_CHECKING:
    from kernel.orm.query.select import Rules
    from kernel.orm.registry.bound import Bound, ModelInfo

View = Callable[["ModelInfo"], tuple[Domain | None, frozenset[str]]]


def secure(
    domain: Domain,
    model: ModelInfo,
    view: View,
    search: Search | None = None,
    extras: Resolve | None = None,
    referred: Callable[[Domain, ModelInfo], Domain] | None = None,
) -> Domain:
    """The checked domain with the rules of all models it enters; refuses hidden and secret fields.

    Give it the domain as it came: a field that is found by a method is no longer seen in a checked one.
    `referred` takes hidden records out of what references are compared with.
    """
    shape = shape_for(domain.key, model)
    typed = shape.extras
    if typed:
        domain = domain.typed(model, extras)
        shape = shape_for(domain.key, model, typed=True)
    if shape.secret is not None:
        raise _secret(shape.secret)
    rules: dict[str, Domain] = {}
    for seen, names in shape.seen:
        hidden = view(seen)[1]
        if hidden and not hidden.isdisjoint(names):
            raise _hidden(seen, min(hidden & names), hidden)
    checked = domain.check(model, search, extras, typed=typed)
    if referred is not None:
        checked = referred(checked, model)
    for seen in _linked_models(checked.key, model):
        rule = view(seen)[0]
        if rule is not None and rule.key != TRUE_KEY:
            rules[seen.name] = rule
    return _woven(checked, model, rules) if rules else checked


def _linked_models(key: Key, model: ModelInfo) -> tuple[ModelInfo, ...]:
    """The models that a checked domain leads into, and those whose records it compares a link with."""
    plans = model.registry.plans
    place = ("linked", model.name, key)
    found: tuple[ModelInfo, ...] | None = plans.get(place)
    if found is None:
        names: dict[str, ModelInfo] = {}
        _gather(key, model, names)
        found = plans[place] = tuple(names.values())
    return found


def _gather(key: Key, model: ModelInfo, names: dict[str, ModelInfo]) -> None:
    if key[0] in JUNCTIONS:
        for part in key[1:]:
            _gather(part, model, names)
        return
    path, operator, kind = key
    comodel = model.fields[path.partition(":")[0]].comodel
    if comodel is None:
        return
    names[comodel.name] = comodel
    if operator == "any":
        _gather(kind, comodel, names)


def secure_paths(paths: Iterable[tuple[Bound, ...]], view: View) -> Rules:
    """The `rules=` of a query that is ordered or grouped by these paths; refuses hidden fields."""
    rules: dict[str, Domain] = {}
    for path in paths:
        for bound in path:
            hidden = view(bound.model)[1]
            if bound.field.secret:
                raise _secret(bound)
            if bound.field.type == "reference":
                raise AccessError(
                    f"{bound.model.label}, {bound.field.label}: only the system sorts and groups by references.",
                    hint="They may lead to what one may not see.",
                )
            if bound.name in hidden or bound is bound.model.extra:
                raise _hidden(bound.model, bound.name, hidden)
            rule = view(bound.comodel)[0] if bound.comodel is not None else None
            if rule is not None and rule.key != TRUE_KEY and bound.comodel is not None:
                rules[bound.comodel.name] = rule
    return tuple(rules.items())


def _secret(bound: Bound) -> AccessError:
    return AccessError(f"{bound.model.label}, {bound.field.label}: a secret cannot be searched or sorted by.")


def _hidden(model: ModelInfo, name: str, hidden: frozenset[str]) -> UnknownFieldError:
    return UnknownFieldError(model.name, name, [other for other in model.fields if other not in hidden])


def _woven(domain: Domain, model: ModelInfo, rules: dict[str, Domain]) -> Domain:
    """The domain with the rule of each entered model beside what is asked of it; woven once per shape."""
    plans = model.registry.plans
    place = ("woven", model.name, domain.key, tuple([(name, rule.key) for name, rule in rules.items()]))
    weaving: _Weaving | None = plans.get(place)
    if weaving is None:
        weaving = plans[place] = _Weaving(domain.key, model, rules)
    params: list[Any] = []
    for source in weaving.sources:
        if source.__class__ is int:
            params.append(domain.params[source])
        else:
            params.extend(rules[source].params)
    return Domain(weaving.key, tuple(params))


class _Weaving:
    """A woven key, and where its values come from: the place of one of the domain's, or the name of a rule."""

    __slots__ = ("key", "sources", "taken")

    def __init__(self, key: Key, model: ModelInfo, rules: dict[str, Domain]) -> None:
        self.sources: list[Any] = []
        self.taken = 0
        self.key = self.weave(key, model, rules)

    def weave(self, key: Key, model: ModelInfo, rules: dict[str, Domain]) -> Key:
        if key[0] in JUNCTIONS:
            return (key[0], *[self.weave(part, model, rules) for part in key[1:]])
        path, operator, kind = key
        if operator == "any":
            return (path, "any", self.behind(kind, comodel_of(model.fields[path]), rules))
        if kind == "0":
            return key
        comodel = model.fields[path.partition(":")[0]].comodel
        if comodel is not None and comodel.name in rules:
            return self.compared(path, operator, kind, comodel, rules)
        self.sources.append(self.taken)
        self.taken += 1
        return key

    def compared(self, path: str, operator: str, kind: str, comodel: ModelInfo, rules: dict[str, Domain]) -> Key:
        """A link compared with ids: one that is hidden is equal to none of them."""
        found: Key = (path, "any", self.behind(("id", operator, kind.rstrip("0")), comodel, rules))
        return ("|", (path, "=", "0"), found) if kind == "l0" else found

    def behind(self, sub: Key, comodel: ModelInfo, rules: dict[str, Domain]) -> Key:
        rule = rules.get(comodel.name)
        if rule is None:
            return self.weave(sub, comodel, rules)
        self.sources.append(comodel.name)
        asked = self.weave(sub, comodel, rules)
        return rule.key if asked == TRUE_KEY else ("&", rule.key, asked)
