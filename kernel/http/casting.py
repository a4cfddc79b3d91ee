"""Arguments from outside, cast to what a function's annotations ask for; nothing else gets through.

Understood: `int, float, bool, str, Decimal, date, datetime, None`, unions, `Literal`, enums, `list[T]`,
`tuple[T, ...]`, `dict[str, T]`, recordsets (from ids), `Domain` (from its wire form) and `object`/`Any`.
"""

from __future__ import annotations

import enum
import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal, Union

from kernel.errors import DeveloperError, UserError, suggest
from kernel.orm import Domain, Env, Model

INT8 = 2**63


class ArgumentError(UserError):
    """An argument of a call is missing, unknown or of the wrong type."""

    code = "argument"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a function takes, by name; read from its signature once."""

    hints: Mapping[str, Any]
    required: frozenset[str]


def cast_arguments(env: Env, function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` cast by the annotations of `function`, whose first parameter (self) is left out."""
    known = parameters(function)
    for name in given:
        if name not in known.hints:
            raise ArgumentError(f'{function.__name__} takes no "{name}".{suggest(name, known.hints)}')
    if missing := sorted(known.required - given.keys()):
        raise ArgumentError(f"{function.__name__} needs {', '.join(missing)}.")
    return {name: cast(env, value, known.hints[name], name) for name, value in given.items()}


@lru_cache(maxsize=4096)
def parameters(function: Callable[..., Any]) -> Parameters:
    """The annotated parameters of a method. An exposed method without annotations is a bug of its addon."""
    try:
        hints = typing.get_type_hints(inspect.unwrap(function))
    except NameError as error:
        raise DeveloperError(
            f"The annotations of {function.__qualname__} cannot be read: {error}",
            hint="Import what they name at run time, not only for type checkers.",
        ) from error
    named = list(inspect.signature(function).parameters.values())[1:]
    bare = [item.name for item in named if item.name not in hints]
    if bare or any(item.kind in (item.VAR_POSITIONAL, item.VAR_KEYWORD) for item in named):
        raise DeveloperError(f"{function.__qualname__} is exposed: annotate each parameter by its type.")
    required = frozenset(item.name for item in named if item.default is item.empty)
    return Parameters({item.name: hints[item.name] for item in named}, required)


def cast(env: Env, value: Any, hint: Any, name: str) -> Any:
    """`value` as `hint` asks for it, or ArgumentError naming the argument."""
    if hint is Any or hint is object:
        return value
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _cast_union(env, value, typing.get_args(hint), name)
    if origin is Literal:
        return _cast_choice(value, typing.get_args(hint), name)
    if origin is not None:
        return _cast_container(env, value, origin, typing.get_args(hint), name)
    if isinstance(hint, type):
        return _cast_plain(env, value, hint, name)
    raise DeveloperError(f"{name}: an exposed method cannot take {hint!r}.")


def _cast_union(env: Env, value: Any, hints: tuple[Any, ...], name: str) -> Any:
    if value is None and type(None) in hints:
        return None
    first: ArgumentError | None = None
    for hint in hints:
        if hint is type(None):
            continue
        try:
            return cast(env, value, hint, name)
        except ArgumentError as error:
            first = first or error
    raise first or _wrong(name, value, "nothing")


def _cast_choice(value: Any, choices: tuple[Any, ...], name: str) -> Any:
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return value
    raise _wrong(name, value, "one of " + ", ".join(repr(choice) for choice in choices))


def _cast_container(env: Env, value: Any, origin: type, args: tuple[Any, ...], name: str) -> Any:
    if issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise _wrong(name, value, "an object")
        return {key: cast(env, item, args[1], f"{name}.{key}") for key, item in value.items()}
    if issubclass(origin, Sequence):
        if not isinstance(value, list):
            raise _wrong(name, value, "a list")
        items = [cast(env, item, args[0], f"{name}[{place}]") for place, item in enumerate(value)]
        return tuple(items) if issubclass(origin, tuple) else items
    raise DeveloperError(f"{name}: an exposed method cannot take {origin.__name__}.")


def _cast_plain(env: Env, value: Any, hint: type, name: str) -> Any:
    if issubclass(hint, Model):
        return env[hint].browse(_ids(value, name))
    if hint is Domain:
        return Domain.from_wire(value)
    if issubclass(hint, enum.Enum):
        return _read(lambda: hint(value), name, value, "one of " + ", ".join(str(m.value) for m in hint))
    reader = _READERS.get(hint)
    if reader is None:
        raise DeveloperError(f"{name}: an exposed method cannot take {hint.__name__}.")
    wanted, read = reader
    return _read(lambda: read(value), name, value, wanted)


def _read(read: Callable[[], Any], name: str, value: Any, wanted: str) -> Any:
    try:
        return read()
    except (TypeError, ValueError, InvalidOperation, OverflowError):
        raise _wrong(name, value, wanted) from None


def _ids(value: Any, name: str) -> list[int]:
    ids = value if isinstance(value, list) else [] if value is None else [value]
    return [_read(lambda item=item: _int(item), name, item, "an id") for item in ids]  # type: ignore[misc]


def _wrong(name: str, value: Any, wanted: str) -> ArgumentError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    return ArgumentError(f"{name}: {wanted} is needed, got {shown}.")


def _exact(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _int(value: Any) -> int:
    if type(value) is not int or not -INT8 <= value < INT8:
        raise TypeError
    return value


def _float(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError
    return float(value)


def _decimal(value: Any) -> Decimal:
    if type(value) not in (int, str, float):
        raise TypeError
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    return number


def _text(value: Any) -> str:
    if type(value) is not str or "\0" in value:
        raise TypeError
    return value


def _date(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _datetime(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dict(value: Any) -> dict[str, Any]:
    return dict(_exact(dict)(value))


_READERS: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    int: ("a whole number", _int),
    float: ("a number", _float),
    bool: ("true or false", _exact(bool)),
    str: ("a text", _text),
    Decimal: ("a decimal number", _decimal),
    date: ("a date (2026-01-31)", _date),
    datetime: ("a moment (2026-01-31T12:00:00Z)", _datetime),
    list: ("a list", _exact(list)),
    dict: ("an object", _dict),
    type(None): ("null", _exact(type(None))),
}
