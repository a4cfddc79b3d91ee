"""Evaluates a checked domain on records in Python, with the answer that its SQL gives.

It works on sets, as a query does: what is read is read for all records that are still in question.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from psycopg.types.range import Range

from kernel.orm.domains.check import comodel_of, parent_field
from kernel.orm.domains.operators import ASKED, ENTITIES, JUNCTIONS, PAGE_TAG, TEXTUAL, TREE, DomainError, Key, Params

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo

ReadMany = Callable[["Bound", Sequence[int]], Sequence[Any]]
Found = set[int]
Climb = Callable[["Bound", Iterable[int]], Mapping[Any, Any]]
"""(parent link, ids) -> the parent of each of them, and of all above them."""
Ask = Callable[[Key, Params, "ModelInfo", Found], Found]
"""What only PostgreSQL decides: (term, its values, model, ids) -> those that satisfy it."""

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "like": lambda a, b: b in a,
    "ilike": lambda a, b: lowered(b) in lowered(a),
    "starts_with": lambda a, b: a.startswith(b),
    "contains": lambda a, b: _covers(a, b),
    "overlaps": lambda a, b: _meets(a, b),
    "within": lambda a, b: _covers(b, a),
}


def _covers(whole: Range[Any], part: Range[Any]) -> bool:
    """Whether all of `part` lies in `whole`; an upper end that is included is that of one day or moment."""
    if part.isempty or whole.isempty:
        return bool(part.isempty)
    low = whole.lower is None or (part.lower is not None and whole.lower <= part.lower)
    if whole.upper is None or not low:
        return low
    return part.upper is not None and (part.upper < whole.upper if part.upper_inc else part.upper <= whole.upper)


def _meets(one: Range[Any], other: Range[Any]) -> bool:
    if one.isempty or other.isempty:
        return False
    before = one.upper is not None and other.lower is not None and one.upper <= other.lower
    after = other.upper is not None and one.lower is not None and other.upper <= one.lower
    return not before and not after


_TAG: Final = re.compile(PAGE_TAG)


def _page_text(page: str) -> str:
    """What the text operators look in; `query.compile` says the same to SQL."""
    text = _TAG.sub(" ", page)
    for entity, letter in ENTITIES:
        text = text.replace(entity, letter)
    return text.lstrip(" ")


_PARTS: Final[dict[str, Callable[[Any], int]]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "week": lambda day: day.isocalendar().week,
    "day": lambda day: day.day,
    "weekday": lambda day: day.isoweekday(),
    "hour": lambda moment: moment.hour,
}


def satisfying(
    key: Key,
    params: Params,
    model: ModelInfo,
    ids: Sequence[int],
    read: ReadMany,
    tz: str,
    climb: Climb | None = None,
    ask: Ask | None = None,
) -> Found:
    """Those of `ids` that satisfy the tree. `read(field, ids)` gives values in cached form, of any model."""
    return _Evaluation(read, tz, climb, ask).node(key, iter(params), model, set(ids))


def exact(key: Key) -> bool:
    """Whether Python decides by the record's own values alone: comparisons only, no patterns, no parts of dates."""
    if key[0] in JUNCTIONS:
        return all(exact(part) for part in key[1:])
    return key[1] in ("=", "in", "<", "<=", ">", ">=") and ":" not in key[0]


def lowered(text: str) -> str:
    """Small letters, one for one as PostgreSQL makes them (so a final sigma is like any other)."""
    if text.isascii():
        return text.lower()
    return "".join([small if len(small := letter.lower()) == 1 else letter for letter in text])


class _Evaluation:
    """One walk over a tree, which takes the values in their order."""

    def __init__(self, read: ReadMany, tz: str, climb: Climb | None, ask: Ask | None) -> None:
        self.read = read
        self.zone = ZoneInfo(tz)
        self.climb = climb or self.climbed
        self.ask = ask

    def node(self, key: Key, values: Iterator[Any], model: ModelInfo, ids: Found) -> Found:
        """Those of `ids` that satisfy the key."""
        head = key[0]
        if head == "!":
            return ids - self.node(key[1], values, model, ids)
        if head == "&":
            for part in key[1:]:
                ids = self.node(part, values, model, ids)
            return ids
        if head == "|":
            found: Found = set()
            for part in key[1:]:
                found |= self.node(part, values, model, ids - found)
            return found
        path, operator, kind = key
        if operator == "any":
            return self.linked(model.fields[path], kind, values, ids)
        value = () if kind == "0" else next(values)
        name, _, part = path.partition(":")
        if operator in TREE:
            return self.related(model, operator, frozenset(value), ids)
        if operator in ASKED:
            if self.ask is None:
                raise DomainError(f'"{operator}" is decided by PostgreSQL; here no database is asked.')
            return self.ask(key, (value,), model, ids)
        return self.compared(model.fields[name], part, operator, kind, value, ids)

    def linked(self, bound: Bound, sub: Key, values: Iterator[Any], ids: Found) -> Found:
        links = self.pairs(bound, ids)
        if bound.field.type == "many2one":
            links = [(id, () if target is None else (target,)) for id, target in links]
        targets = {target for _, several in links for target in several}
        good = self.node(sub, values, comodel_of(bound), targets)
        return {id for id, several in links if not good.isdisjoint(several)}

    def compared(self, bound: Bound, part: str, operator: str, kind: str, value: Any, ids: Found) -> Found:
        pairs = self.pairs(bound, ids)
        if part:
            pairs = [(id, None if found is None else self.part(part, found)) for id, found in pairs]
        if operator in ("=", "in"):
            null = None if part else bound.null
            wanted = (value,) if kind == "v" else (*value, null) if kind in ("0", "l0") else value
            return {id for id, found in pairs if found in wanted}
        compare = _COMPARE[operator]
        if bound.field.type == "html" and operator in TEXTUAL:
            pairs = [(id, _page_text(str(found))) for id, found in pairs]
        return {id for id, found in pairs if found is not None and compare(found, value)}

    def related(self, model: ModelInfo, operator: str, roots: frozenset[int], ids: Found) -> Found:
        """Those of `ids` that are below, or above, one of the roots, or are one."""
        if operator == "parent_of":
            return ids & _ancestors(roots, self.climb(parent_field(model), roots))
        parents = self.climb(parent_field(model), ids)
        return ids & _descendants(roots, parents)

    def climbed(self, parent: Bound, ids: Iterable[int]) -> Mapping[Any, Any]:
        """Climb with all records at once; a circle ends where everything was seen."""
        parents: dict[int, int | None] = {}
        level = set(ids)
        while level:
            parents.update(self.pairs(parent, level))
            level = {up for id in level if (up := parents[id]) is not None} - parents.keys()
        return parents

    def pairs(self, bound: Bound, ids: Found) -> list[tuple[int, Any]]:
        asked = tuple(ids)
        if bound.name == "id":
            return list(zip(asked, asked, strict=True))
        if not asked:
            return []
        values = self.read(bound, asked)
        if bound.compared is not None:  # a domain's values are such as SQL compares
            values = list(map(bound.compared, values))
        return list(zip(asked, values, strict=True))

    def part(self, part: str, found: Any) -> int:
        return _PARTS[part](found.astimezone(self.zone) if isinstance(found, dt.datetime) else found)


def _ancestors(ids: Iterable[int], parents: Mapping[Any, Any]) -> Found:
    """The records and all above them."""
    seen: Found = set()
    for id in ids:
        at: int | None = id
        while at is not None and at not in seen:
            seen.add(at)
            at = parents.get(at)
    return seen


def _descendants(roots: Iterable[int], parents: Mapping[Any, Any]) -> Found:
    """The records and all below them, as far as `parents` knows."""
    children: dict[Any, list[Any]] = {}
    for id, parent in parents.items():
        children.setdefault(parent, []).append(id)
    seen: Found = set()
    todo = list(roots)
    while todo:
        id = todo.pop()
        if id not in seen:
            seen.add(id)
            todo.extend(children.get(id, ()))
    return seen
