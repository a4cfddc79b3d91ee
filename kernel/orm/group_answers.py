"""Rows of groups in wire form: keys, labels, sums by currency, and the domain of each group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from kernel.orm import query
from kernel.orm.bound import Bound, ModelInfo
from kernel.orm.domain import Domain
from kernel.orm.domain_wire import wire_form
from kernel.orm.group_labels import Labels
from kernel.orm.query.group import GroupTerm as Term
from kernel.orm.query.periods import HIDDEN as HIDDEN_KEY
from kernel.orm.reading import HIDDEN, titles

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.grouping import Asked

Wire = dict[str, Any]


class Row(NamedTuple):
    """One group as the database gives it; `currencies` are the least and the greatest of each money aggregate."""

    keys: tuple[Any, ...]
    size: int
    values: tuple[Any, ...]
    currencies: tuple[Any, ...] = ()

    @classmethod
    def of(cls, grouping: query.Grouping, row: tuple[Any, ...]) -> Row:
        """A row of `query.group`, its ranks left out."""
        width = len(grouping.by)
        end = width + 1 + len(grouping.aggregates)
        money = 2 * sum(1 for each in grouping.aggregates if each.currency)
        return cls(row[:width], row[width], row[width + 1 : end], row[end : end + money])


class Answers:
    """Makes the wire form of groups."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.env = asked.env
        self.grouping = asked.grouping

    def wire(self, rows: Sequence[Row]) -> list[Wire]:
        """One object per group, in order."""
        if not rows:
            return []
        grouping = self.grouping
        columns: dict[str, Iterable[Any]] = {}
        for place, term in enumerate(grouping.by):
            keys = self._keys(term, [row.keys[place] for row in rows])
            columns[term.text] = keys
            columns[f"{term.text}:label"] = Labels(term, self.env).of(keys)
        columns["count"] = [row.size for row in rows]
        for place, each in enumerate(grouping.aggregates):
            if each.currency:
                columns[each.text] = self._money(place, rows)
            else:
                columns[each.text] = [_value(each, row.values[place]) for row in rows]
        domains = _Domains(grouping, self.asked.raw, self.env.tz)
        columns["domain"] = [domains.of(row.keys) for row in rows]
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def _keys(self, term: query.GroupTerm, values: list[Any]) -> list[Any]:
        bound = term.path[-1]
        if bound.comodel is not None:
            return _linked(self.env, bound.comodel, values)
        if term.part:
            return [_plain(value) for value in values]
        return [None if value is None else _wire(bound, value) for value in values]

    # -- money -------------------------------------------------------------------------------------------------
    def _money(self, place: int, rows: Sequence[Row]) -> list[list[Wire]]:
        """`[{"currency": "EUR", "amount": "10.00"}]` per group; a second query where one has several."""
        each = self.grouping.aggregates[place]
        at = 2 * sum(1 for before in self.grouping.aggregates[:place] if before.currency)
        pairs = [row.currencies[at : at + 2] for row in rows]
        if all(low == high for low, high in pairs):
            sums = [{} if low is None else {low: row.values[place]} for row, (low, _) in zip(rows, pairs, strict=True)]
        else:
            split = self._split(each)
            sums = [split.get(row.keys, {}) for row in rows]
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


def _value(each: query.Aggregate, value: Any) -> Any:
    if value is None or each.function not in ("sum", "min", "max", "array"):
        return _plain(value)
    bound = each.path[-1]
    if each.function == "array":
        return [_wire(bound, item) for item in value]
    return _wire(bound, value)


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
