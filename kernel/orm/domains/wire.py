"""The JSON form of domains.

`["&", d...]`, `["|", d...]`, `["!", d]`, `[path, operator, value]`, a list of those (all hold), `[]` (true).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from psycopg.types.range import Range

from kernel.errors import suggest
from kernel.orm.domains.operators import JUNCTIONS, SPLIT, TRUE_KEY, DomainError, Key, Params, unknown_operator

DEPTH: Final = 20
NODES: Final = 200


def wire_form(key: Key, params: Params) -> list[Any]:
    """The JSON form of a tree."""
    return [] if key == TRUE_KEY else _write(key, iter(params))


def _write(key: Key, params: Iterator[Any]) -> list[Any]:
    if key[0] in JUNCTIONS:
        return [key[0], *(_write(part, params) for part in key[1:])]
    path, operator, kind = key
    if operator == "any":
        return [path, operator, [] if kind == TRUE_KEY else _write(kind, params)]
    if kind == "0":
        return [path, operator, None]
    value = next(params)
    if kind == "v":
        return [path, operator, _plain(value)]
    filled = [_plain(item) for item in value]
    return [path, operator, [*filled, None] if kind == "l0" else filled]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return int(value.total_seconds())
    if isinstance(value, Range):
        return [_plain(value.lower), _plain(value.upper)]
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def parse(wire: Any, variables: Mapping[str, Any], trusted: bool) -> tuple[Key, Params]:
    """Key and params of a JSON form; what is wrong in it is a `DomainError` that shows the place."""
    reader = _Reader(variables, trusted)
    key = reader.read(wire, 1)
    return key, tuple(reader.params)


class _Reader:
    """One reading: counts nodes, gathers params in order."""

    def __init__(self, variables: Mapping[str, Any], trusted: bool) -> None:
        self.variables = variables
        self.trusted = trusted
        self.nodes = 0
        self.params: list[Any] = []

    def read(self, wire: Any, depth: int) -> Key:
        if not isinstance(wire, (list, tuple)):
            raise DomainError(f"A domain is a list, not {wire!r}.", hint='For example ["amount", ">", 10].')
        self.count(depth)
        if not wire:
            return TRUE_KEY
        head = wire[0]
        if isinstance(head, (list, tuple)):
            return self.junction("&", wire, depth)
        if head in ("&", "|"):
            return self.junction(head, wire[1:], depth)
        if head == "!":
            if len(wire) != 2:
                raise DomainError(f'"!" takes one domain: {wire!r}.')
            return ("!", self.read(wire[1], depth + 1))
        return self.term(wire, depth)

    def count(self, depth: int) -> None:
        self.nodes += 1
        if self.trusted:
            return
        if depth > DEPTH:
            raise DomainError(f"This domain is nested deeper than {DEPTH} levels.")
        if self.nodes > NODES:
            raise DomainError(f"This domain has more than {NODES} terms.")

    def junction(self, sign: str, parts: Any, depth: int) -> Key:
        keys: list[Key] = []
        for part in parts:
            key = self.read(part, depth + 1)
            keys.extend(key[1:] if key[0] == sign else (key,))
        return keys[0] if len(keys) == 1 else (sign, *keys)

    def term(self, wire: Any, depth: int) -> Key:
        if len(wire) != 3 or not isinstance(wire[0], str) or not isinstance(wire[1], str):
            raise DomainError(
                f"Not a domain: {wire!r}.",
                hint='A term is [path, operator, value], like ["amount", ">", 10].',
            )
        path, operator, value = wire
        if "." in path:
            self.count(depth + path.count("."))
        if operator in ("any", "not any"):
            key: Key = (path, "any", self.read(value, depth + 1))
            return key if operator == "any" else ("!", key)
        split = SPLIT.get(operator)
        if split is None:
            raise unknown_operator(operator)
        kind, params = split(operator, self.value(value))
        self.params.extend(params)
        return (path, operator, kind)

    def value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.variable(value)
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value

    def variable(self, value: Mapping[str, Any]) -> Any:
        name = value.get("$")
        if not isinstance(name, str) or not value.keys() <= {"$", "add"}:
            raise DomainError(f'A value is plain, or {{"$": name}}, not {value!r}.')
        if name not in self.variables:
            known = ", ".join(sorted(self.variables)) or "none"
            raise DomainError(f'No variable "{name}" here.{suggest(name, self.variables)}', hint=f"There are: {known}.")
        found = self.variables[name]
        return found if "add" not in value else shifted(name, found, value["add"])


_UNITS: Final = ("hours", "days", "weeks", "months", "years")


def shifted(name: str, value: Any, by: Any) -> Any:
    """A day or moment moved by `{"days": -7}`; a month that is too short gives its last day."""
    if not isinstance(value, dt.date):
        raise DomainError(f'"add" moves a day or a moment; "{name}" is {value!r}.')
    if not isinstance(by, Mapping) or not all(type(count) is int for count in by.values()):
        raise DomainError(f'"add" is an object like {{"days": -7}}, not {by!r}.')
    for unit in by:
        if unit not in _UNITS or (unit == "hours" and not isinstance(value, dt.datetime)):
            raise DomainError(f'"{unit}" cannot be added to "{name}".{suggest(str(unit), _UNITS)}')
    try:
        months = value.year * 12 + value.month - 1 + by.get("months", 0) + 12 * by.get("years", 0)
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        moved = value.replace(year=year, month=month + 1, day=min(value.day, last))
        return moved + dt.timedelta(weeks=by.get("weeks", 0), days=by.get("days", 0), hours=by.get("hours", 0))
    except (ValueError, OverflowError):
        raise DomainError(f'"{name}" cannot be moved so far: {by!r}.') from None
