"""Json: a document, checked when it is set and frozen, so that what was read cannot be changed behind the cache."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NoReturn, Unpack

from kernel.orm.fields.base import Field, Options
from kernel.orm.fields.scalar import INT8, sendable

if TYPE_CHECKING:
    from kernel.orm.registry.registry import Bound

DEPTH = 100
_WHOLE = 2**53
"""From here on every float is a whole number."""
_HINT = "what was read from a Json field cannot be changed in place; set the field to a changed copy (copy.deepcopy)"


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError(_HINT)


class FrozenDict(dict[str, Any]):
    """An object of a document: a dict in all but being changed. `copy()` and deepcopy give plain ones."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        return {key: thawed(value) for key, value in self.items()}

    def __reduce__(self) -> Any:
        return dict, (thawed(self),)


class FrozenList(list[Any]):
    """A list of a document: a list in all but being changed. `copy()` and deepcopy give plain ones."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __deepcopy__(self, memo: Any) -> list[Any]:
        return [thawed(value) for value in self]

    def __reduce__(self) -> Any:
        return list, (thawed(self),)


def thawed(value: Any) -> Any:
    """A plain copy of a document."""
    if isinstance(value, dict):
        return {key: thawed(inner) for key, inner in value.items()}
    return [thawed(inner) for inner in value] if isinstance(value, list) else value


def frozen(value: Any) -> Any:
    """A document from the database, which is JSON for sure, so that it cannot be changed."""
    kind = type(value)
    if kind is dict:
        return FrozenDict({key: frozen(inner) for key, inner in value.items()})
    if kind is list:
        return FrozenList(map(frozen, value))
    if kind is int and not -INT8 <= value < 2 * INT8:
        return float(value)  # JSON knows one kind of number; nobody can send whole ones beyond 64 bits
    return value


def checked(value: Any, path: str, depth: int = 0) -> Any:
    """The value, frozen, if it is JSON; raises ValueError that names the path of the wrong part."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _text(value, path)
    if kind is int or kind is float:
        return _number(value, path)
    if depth > DEPTH:
        raise ValueError(f"{path[:60]}... is nested deeper than {DEPTH} levels")
    if kind in (dict, FrozenDict):
        return FrozenDict({_key(key, path): checked(inner, f"{path}.{key}", depth + 1) for key, inner in value.items()})
    if kind in (list, tuple, FrozenList):
        return FrozenList([checked(inner, f"{path}[{at}]", depth + 1) for at, inner in enumerate(value)])
    raise ValueError(f"{path} is of type {kind.__name__}, which JSON does not have")


def _text(value: str, path: str) -> str:
    try:
        return sendable(value)
    except ValueError as reason:
        raise ValueError(f"{path}: {reason}") from None


def _key(key: Any, path: str) -> str:
    if type(key) is not str:
        raise ValueError(f"{path} has a key of type {type(key).__name__}; the keys of JSON are texts")
    return _text(key, path)


def _number(value: float, path: str) -> float:
    if type(value) is int and not -INT8 <= value < 2 * INT8:
        raise ValueError(f"{path} is a whole number of more than 64 bits")
    if not math.isfinite(value):
        raise ValueError(f"{path} is not a finite number")
    if type(value) is float and _WHOLE <= abs(value) < INT8:
        return int(value)  # JSON writes it so, and then no digit of it is lost
    return value


def _same(one: Any, other: Any) -> bool:
    """Equality that tells true from 1, as JSON does."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return (type(one) is bool) == (type(other) is bool) and bool(one == other)


class Json(Field[Any]):
    """Any JSON value; what is read is frozen. None is the absence of a document."""

    type = "json"
    sql_type = "jsonb"
    prefetch = False
    orderable = False

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    def convert(self, value: Any, bound: Bound, id: int | None = None) -> Any:
        try:
            return checked(value, self.name)
        except ValueError as reason:
            raise self.refused(reason, bound, id) from None

    def same(self, one: Any, other: Any) -> bool:
        return _same(one, other)

    def from_sql(self, value: Any) -> Any:
        return frozen(value)

    def to_sql(self, value: Any) -> Any:
        return value
