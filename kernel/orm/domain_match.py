"""Evaluates a checked domain on one record in Python, with the answer that its SQL gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kernel.orm.domain_check import comodel_of, parent_field
from kernel.orm.operators import Key, Params

if TYPE_CHECKING:
    from kernel.orm.bound import Bound, ModelInfo

Read = Callable[["Bound", int], Any]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "like": lambda a, b: b in a,
    "ilike": lambda a, b: lowered(b) in lowered(a),
    "starts_with": lambda a, b: a.startswith(b),
}

_PARTS: Final[dict[str, Callable[[Any], int]]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "week": lambda day: day.isocalendar().week,
    "day": lambda day: day.day,
    "weekday": lambda day: day.isoweekday(),
    "hour": lambda moment: moment.hour,
}


def matcher(key: Key, params: Params, model: ModelInfo, read: Read, tz: str) -> Callable[[int], bool]:
    """A test of one record. `read(field, id)` gives values in cached form, of any model."""
    return _Evaluation(read, tz).prepare(key, iter(params), model)


def lowered(text: str) -> str:
    """Small letters, one for one as PostgreSQL makes them (so a final sigma is like any other)."""
    if text.isascii():
        return text.lower()
    return "".join([small if len(small := letter.lower()) == 1 else letter for letter in text])


class _Evaluation:
    """Turns a tree into a test of one record; the walk takes the values in their order."""

    def __init__(self, read: Read, tz: str) -> None:
        self.read = read
        self.tz = tz

    def prepare(self, key: Key, values: Iterator[Any], model: ModelInfo) -> Callable[[int], bool]:
        """A test of one record, values already in it."""
        head = key[0]
        if head == "!":
            inner = self.prepare(key[1], values, model)
            return lambda id: not inner(id)
        if head in ("&", "|"):
            tests = [self.prepare(part, values, model) for part in key[1:]]
            every = all if head == "&" else any
            return lambda id: every(test(id) for test in tests)
        path, operator, kind = key
        if operator == "any":
            return self.linked(model.fields[path], kind, values)
        value = () if kind == "0" else next(values)
        name, _, part = path.partition(":")
        bound = model.fields[name]
        if operator == "child_of":
            return self.below(model, frozenset(value))
        if operator in ("=", "in"):
            return self.equal(bound, part, kind, value)
        compare = _COMPARE[operator]

        def compared(id: int) -> bool:
            found = self.value(bound, part, id)
            return found is not None and compare(found, value)

        return compared

    def linked(self, bound: Bound, sub: Key, values: Iterator[Any]) -> Callable[[int], bool]:
        test = self.prepare(sub, values, comodel_of(bound))
        read = self.read
        if bound.field.type == "many2one":

            def one(id: int) -> bool:
                target = read(bound, id)
                return target is not None and test(target)

            return one
        return lambda id: any(test(target) for target in read(bound, id))

    def equal(self, bound: Bound, part: str, kind: str, value: Any) -> Callable[[int], bool]:
        null = None if part else bound.null
        wanted = (value,) if kind == "v" else (*value, null) if kind in ("0", "l0") else value
        return lambda id: self.value(bound, part, id) in wanted

    def below(self, model: ModelInfo, roots: frozenset[int]) -> Callable[[int], bool]:
        parent = parent_field(model)

        def test(id: int) -> bool:
            seen: set[int] = set()
            at: int | None = id
            while at is not None and at not in seen:
                if at in roots:
                    return True
                seen.add(at)
                at = self.read(parent, at)
            return False

        return test

    def value(self, bound: Bound, part: str, id: int) -> Any:
        found = id if bound.name == "id" else self.read(bound, id)
        if not part or found is None:
            return found
        return _PARTS[part](found.astimezone(ZoneInfo(self.tz)) if isinstance(found, dt.datetime) else found)
