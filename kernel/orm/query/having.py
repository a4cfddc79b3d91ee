"""Conditions on groups: a domain whose terms compare aggregates, like `("amount:sum", ">", 100)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kernel.errors import suggest
from kernel.orm.domains.operators import EQUALITY, JUNCTIONS, NEGATIVE, ORDERING, DomainError, Key

if TYPE_CHECKING:
    from kernel.orm.query.group import Aggregate

COUNT: Final = "count"
_COUNTS: Final = ("count", "count_distinct")


def having_names(key: Key) -> list[str]:
    """The aggregates that a condition on groups names, each once."""
    return list(dict.fromkeys(path for path, _, _ in _terms(key)))


def having_key(key: Key, known: Mapping[str, Aggregate]) -> Key:
    """The condition with positive operators under `!`; raises DomainError."""
    if key[0] in JUNCTIONS:
        return (key[0], *[having_key(part, known) for part in key[1:]])
    path, operator, kind = key
    if operator in NEGATIVE:
        return ("!", having_key((path, NEGATIVE[operator], kind), known))
    function = known[path].function if path != COUNT else COUNT
    allowed = EQUALITY if function in ("all", "any") else EQUALITY | ORDERING
    if operator not in allowed or function == "array":
        near = suggest(operator, allowed)
        raise DomainError(f'Groups cannot be compared by "{path} {operator}".{near}')
    if kind == "l0" or (kind == "0" and operator != "="):
        raise DomainError(f'"{path} {operator}" compares with nothing; only = and != can do that.')
    return key


def having_values(key: Key, params: tuple[Any, ...], known: Mapping[str, Aggregate]) -> tuple[Any, ...]:
    """The values of a condition, of the types that its aggregates have; raises DomainError, ValidationError."""
    if not params:
        return ()
    values = iter(params)
    found: list[Any] = []
    for path, operator, kind in _terms(key):
        if kind == "v":
            found.append(_value(path, operator, next(values), known))
        elif kind == "l":
            found.append([_value(path, "=", each, known) for each in next(values)])
    return tuple(found)


def _terms(key: Key) -> Iterator[Key]:
    if key[0] in JUNCTIONS:
        for part in key[1:]:
            yield from _terms(part)
        return
    if key[1] == "any":
        raise DomainError(f'"{key[0]}": a condition on groups compares aggregates, it follows no relations.')
    yield key


def _value(path: str, operator: str, value: Any, known: Mapping[str, Aggregate]) -> Any:
    each = known.get(path)
    if each is None or each.function in _COUNTS:
        return _exact(path, value, (int,), "whole number")
    bound, function = each.path[-1], each.function
    if function in ("all", "any"):
        return _exact(path, value, (bool,), "truth value")
    if function == "avg" and bound.field.type in ("integer", "float"):
        return float(_exact(path, value, (int, float, Decimal), "number"))
    return bound.field.operand(value, operator, bound)


def _exact(path: str, value: Any, types: tuple[type[Any], ...], name: str) -> Any:
    if type(value) not in types:
        raise DomainError(f'"{path}" is compared with a {name}, not with {value!r}.')
    return value
