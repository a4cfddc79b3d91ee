"""Rows of groups in wire form: keys, sums by currency, and how labels and domains are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.wire import wire_form
from kernel.orm.fields.base import Field
from kernel.orm.grouping.labels import Labels
from kernel.orm.grouping.rows import GroupRow, GroupShape, Late
from kernel.orm.query.group import GroupTerm as Term
from kernel.orm.query.periods import HIDDEN as HIDDEN_KEY
from kernel.orm.reading.reading import titles
from kernel.orm.reading.wire_rows import HIDDEN
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.grouping.groups import Asked

Wire = dict[str, Any]
Raw = tuple[Any, ...]
"""One group as the database gives it: keys, count, aggregates, and of each that is money the least and the
greatest currency."""
_AS_IS: Final = frozenset(("int4", "int8", "text", "varchar", "float8", "bool"))
"""Types in SQL whose values are the same on the wire, unless the field turns them."""


class Answers:
    """Makes the wire form of groups."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.env = asked.env
        self.grouping = asked.grouping
        self.width = len(asked.grouping.by)

    def rows(self, raws: Sequence[Raw], records: Sequence[list[Any]] | None = None) -> list[GroupRow]:
        """One row per group, in order; with the `records` of each, where they are given."""
        if not raws:
            return []
        shape = self._shape(records is not None)
        columns = [*self._keys(raws), None, *self._aggregates(raws), *([] if records is None else [records])]
        if all(column is None for column in columns):
            return shape.rows(raws, raws)
        given: list[Sequence[Any]] = list(zip(*raws, strict=True))
        found = (given[place] if column is None else column for place, column in enumerate(columns))
        return shape.rows(zip(*found, strict=True), raws)

    def _shape(self, with_records: bool) -> GroupShape:
        by, aggregates = self.grouping.by, self.grouping.aggregates
        late: dict[str, Late] = {}
        names: list[str] = []
        for place, term in enumerate(by):
            label = f"{term.text}:label"
            names += (term.text, label)
            late[label] = _labelled(Labels(term, self.env), place)
        last = ["records"] if with_records else []
        names += ("count", *(each.text for each in aggregates), "domain", *last)
        domains = _Domains(self.grouping, self.asked.raw, self.env.tz)
        late["domain"] = lambda row: domains.of(row._raw[: self.width])
        there = [*(term.text for term in by), "count", *(each.text for each in aggregates), *last]
        return GroupShape(list(dict.fromkeys(names)), {name: place for place, name in enumerate(there)}, late)

    def _keys(self, raws: Sequence[Raw]) -> list[list[Any] | None]:
        """The keys in wire form; None for a column that is so already."""
        columns: list[list[Any] | None] = []
        for place, term in enumerate(self.grouping.by):
            bound = term.path[-1]
            values = [raw[place] for raw in raws]
            if bound.comodel is not None:
                columns.append(_linked(self.env, bound.comodel, values))
            elif term.part:
                columns.append([_plain(value) for value in values])
            elif is_wire(bound):
                columns.append(None)
            else:
                columns.append([None if value is None else _wire(bound, value) for value in values])
        return columns

    def _aggregates(self, raws: Sequence[Raw]) -> list[Sequence[Any] | None]:
        """The same of the aggregates."""
        columns: list[Sequence[Any] | None] = []
        for place, each in enumerate(self.grouping.aggregates):
            turn = _turn(each)
            at = self.width + 1 + place
            if each.currency:
                columns.append(self._money(place, raws))
            else:
                columns.append(None if turn is None else [turn(raw[at]) for raw in raws])
        return columns

    # -- money -------------------------------------------------------------------------------------------------
    def _money(self, place: int, raws: Sequence[Raw]) -> list[list[Wire]]:
        """`[{"currency": "EUR", "amount": "10.00"}]` per group; a second query where one has several."""
        aggregates = self.grouping.aggregates
        each = aggregates[place]
        amount = self.width + 1 + place
        at = self.width + 1 + len(aggregates) + 2 * sum(1 for before in aggregates[:place] if before.currency)
        pairs = [raw[at : at + 2] for raw in raws]
        if all(low == high for low, high in pairs):
            sums = [{} if low is None else {low: raw[amount]} for raw, (low, _) in zip(raws, pairs, strict=True)]
        else:
            split = self._split(each)
            sums = [split.get(raw[: self.width], {}) for raw in raws]
        known = self._codes(each.currency[-1], {id for found in sums for id in found if id})
        return [
            sorted(
                ({"currency": known.get(id, ""), "amount": _wire(each.path[-1], value)} for id, value in found.items()),
                key=lambda part: part["currency"],
            )
            for found in sums
        ]

    def _split(self, each: query.Aggregate) -> dict[tuple[Any, ...], dict[int, Any]]:
        """Group -> currency -> the aggregate of its amounts."""
        by = (*self.grouping.by, Term("", each.currency, "id"))
        rows = self.asked.rows(query.Grouping(by, (each,), ()))
        found: dict[tuple[Any, ...], dict[int, Any]] = {}
        for row in rows:
            *keys, currency, _, value, low, _ = row
            if low is not None:
                found.setdefault(tuple(keys), {})[currency or 0] = value
        return found

    def _codes(self, link: Bound, ids: set[int]) -> dict[int, str]:
        """Currency -> its title, for those the actor may read."""
        if link.comodel is None or not ids or not self.env.may(link.comodel, "read"):
            return {}
        return titles(self.env, link.comodel, tuple(sorted(ids)))


class _Domains:
    """The domains of the groups in wire form: the shape of those that are grouped by plain values is found once."""

    def __init__(self, grouping: query.Grouping, domain: Domain, tz: str) -> None:
        self.grouping = grouping
        self.domain = domain
        self.tz = tz
        self.plain = not any(term.part or term.path[-1].decode for term in grouping.by)
        self.links = [term.path[-1].comodel is not None for term in grouping.by]
        self.shapes: dict[tuple[Any, ...], Any] = {}

    def of(self, keys: tuple[Any, ...]) -> list[Any]:
        """The domain of the group with these values."""
        if not self.plain:
            return self.whole(keys).to_wire()
        kinds = tuple([_kind(key, link) for key, link in zip(keys, self.links, strict=True)])
        shape = self.shapes.get(kinds)
        if shape is None:
            shape = self.shapes[kinds] = self.whole(keys).key
        values = [key for key, kind in zip(keys, kinds, strict=True) if kind == "v"]
        return wire_form(shape, (*self.domain.params, *values))

    def whole(self, keys: tuple[Any, ...]) -> Domain:
        """What was grouped, and the group."""
        return self.domain & query.group_domain(self.grouping, keys, self.tz)


def _kind(key: Any, link: bool) -> str:
    """What a key does to the shape of its domain: a value, unset, or a link that is hidden."""
    if key is None or key == "":
        return "0"
    return "h" if link and key == HIDDEN_KEY else "v"


def _labelled(labels: Labels, place: int) -> Late:
    return lambda row: labels.of(row._values[place])


def is_wire(bound: Bound) -> bool:
    """Whether what the database gives of a field is its wire form already."""
    kind = type(bound.field)
    turned = kind.to_wire is not Field.to_wire or kind.from_sql is not Field.from_sql
    return bound.sql_type in _AS_IS and bound.comodel is None and not turned


def _turn(each: query.Aggregate) -> Callable[[Any], Any] | None:
    """How a value of an aggregate comes into wire form; None where it is so already."""
    if each.function in ("count", "count_distinct", "all", "any"):
        return None
    bound = each.path[-1]
    if each.function == "array":
        return lambda value: [_wire(bound, item) for item in value]
    if each.function == "avg":
        return _plain
    if is_wire(bound):
        return None
    return lambda value: None if value is None else _wire(bound, value)


def _wire(bound: Bound, value: Any) -> Any:
    """A value of a field's column in the form that records have on the wire."""
    if bound.comodel is not None:
        return value
    found = bound.field.to_wire(bound.field.from_sql(value))
    return _plain(found)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.timedelta):
        return round(value.total_seconds())
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value


def _linked(env: Env, comodel: ModelInfo, values: list[Any]) -> list[Any]:
    """Ids of linked records become `{"id", "title"}`, as far as the actor may read them."""
    ids = tuple(dict.fromkeys(id for id in values if id))
    known = titles(env, comodel, ids) if ids and env.may(comodel, "read") else {}
    found: list[Any] = []
    for id in values:
        if id is None:
            found.append(None)
        else:
            found.append({"id": id, "title": known[id]} if id != HIDDEN_KEY and id in known else HIDDEN)
    return found
