"""Terms on fields without a column are replaced by the domain that the field's `search` method returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from kernel.orm.domains.check import comodel_of, kept
from kernel.orm.domains.operators import JUNCTIONS, NEGATIVE, TEXTUAL, DomainError, Key, Params

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo


class Tree(Protocol):
    """A domain, as this module needs it."""

    @property
    def key(self) -> Key: ...
    @property
    def params(self) -> Params: ...


Search = Callable[["Bound", str, Any], Tree]
"""(field, positive operator, value) -> domain on the field's model."""


def expand(key: Key, params: Params, model: ModelInfo, search: Search | None) -> tuple[Key, Params]:
    """The tree with every such term replaced. Paths were checked before."""
    values = iter(params)
    taken: list[Any] = []
    return _node(key, values, model, search, taken), tuple(taken)


def _node(key: Key, values: Iterator[Any], model: ModelInfo, search: Search | None, taken: list[Any]) -> Key:
    if key[0] in JUNCTIONS:
        return (key[0], *(_node(part, values, model, search, taken) for part in key[1:]))
    path, operator, kind = key
    chain = _chain(path, operator, model)
    if operator == "any":
        return (path, "any", _node(kind, values, comodel_of(chain[-1]), search, taken))
    if not kept(chain[-1]):
        positive = NEGATIVE.get(operator) or operator
        found = _found(chain[-1], positive, _value(kind, values), search, taken)
        for bound in reversed(chain[:-1]):
            found = (bound.name, "any", found)
        return ("!", found) if operator in NEGATIVE else found
    if kind != "0":
        taken.append(next(values))
    return key


def _chain(path: str, operator: str, model: ModelInfo) -> list[Bound]:
    """The fields a path goes through, related ones without a column replaced, a title added for texts."""
    name, dot, rest = path.partition(".")
    bound = model.fields[name.partition(":")[0]]
    if not kept(bound) and bound.field.related:
        return _chain(f"{bound.field.related}{dot}{rest}", operator, model)
    if bound.comodel is None:
        return [bound]
    textual = NEGATIVE.get(operator, operator) in TEXTUAL
    if not dot and not (textual and bound.comodel.title):
        return [bound]
    return [bound, *_chain(rest or bound.comodel.title, operator, bound.comodel)]


def _value(kind: str, values: Iterator[Any]) -> Any:
    if kind == "0":
        return None
    value = next(values)
    return [*value, None] if kind == "l0" else list(value) if kind == "l" else value


def _found(bound: Bound, operator: str, value: Any, search: Search | None, taken: list[Any]) -> Key:
    if search is None:
        raise DomainError(
            f"{bound.model.name}.{bound.name} is found by a method, which this place cannot call.",
            hint="Use a stored field here.",
        )
    tree = search(bound, operator, value)
    taken.extend(tree.params)
    return tree.key
