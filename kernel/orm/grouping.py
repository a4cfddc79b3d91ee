"""Groups and aggregates as the actor may see them, in wire form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kernel.orm import query
from kernel.orm.bound import ModelInfo
from kernel.orm.domain import Domain
from kernel.orm.domain_wire import wire_form
from kernel.orm.reading import HIDDEN, titles
from kernel.orm.searching import prepared

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model


def group(
    records: Model,
    domain: Domain,
    by: Sequence[str],
    aggregates: Sequence[str],
    order: str,
    limit: int | None,
    offset: int,
) -> list[dict[str, Any]]:
    """One row per group: the group's values, `count`, the aggregates, and the `domain` of its records."""
    env, model = records.env, records.__info__
    asked = prepared(env, model, domain)
    grouping = query.parse_group(model, by, aggregates, order)
    rules = () if env.is_system else query.secure_paths(grouping.paths(), env.view)
    env.flush()
    env.work.alive()
    sql, values = query.group(model, asked, grouping, limit=limit, offset=offset, rules=rules, tz=env.tz)
    rows = env.tx.rows(sql, values)
    domains = _Domains(grouping, domain, env.tz)
    answers = [_answer(grouping, row, domains) for row in rows]
    for term in grouping.by:
        comodel = term.path[-1].comodel
        if comodel is not None:
            _name_links(env, comodel, term.text, answers)
    return answers


def group_count(records: Model, domain: Domain, by: Sequence[str]) -> int:
    """How many groups there are."""
    env, model = records.env, records.__info__
    asked = prepared(env, model, domain)
    grouping = query.parse_group(model, by)
    rules = () if env.is_system else query.secure_paths(grouping.paths(), env.view)
    env.flush()
    sql, values = query.count_groups(model, asked, grouping, rules=rules, tz=env.tz)
    return int(env.tx.rows(sql, values)[0][0])


class _Domains:
    """The domains of the groups in wire form: the shape of those that are grouped by plain values is found once."""

    def __init__(self, grouping: query.Grouping, domain: Domain, tz: str) -> None:
        self.grouping = grouping
        self.domain = domain
        self.tz = tz
        self.plain = not any(term.part for term in grouping.by)
        self.shapes: dict[tuple[bool, ...], Any] = {}

    def of(self, keys: tuple[Any, ...]) -> list[Any]:
        """The domain of the group with these values."""
        if not self.plain:
            return self.whole(keys).to_wire()
        unset = tuple([key is None for key in keys])
        shape = self.shapes.get(unset)
        if shape is None:
            shape = self.shapes[unset] = self.whole(keys).key
        return wire_form(shape, (*self.domain.params, *[key for key in keys if key is not None]))

    def whole(self, keys: tuple[Any, ...]) -> Domain:
        """What was grouped, and the group."""
        return self.domain & query.group_domain(self.grouping, keys, self.tz)


def _answer(grouping: query.Grouping, row: tuple[Any, ...], domains: _Domains) -> dict[str, Any]:
    width = len(grouping.by)
    keys, count, sums = row[:width], row[width], row[width + 1 :]
    answer: dict[str, Any] = {term.text: _wire(key) for term, key in zip(grouping.by, keys, strict=True)}
    answer["count"] = count
    for aggregate, value in zip(grouping.aggregates, sums, strict=True):
        answer[aggregate.text] = _wire(value)
    answer["domain"] = domains.of(keys)
    return answer


def _wire(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value


def _name_links(env: Env, comodel: ModelInfo, name: str, answers: list[dict[str, Any]]) -> None:
    """Ids of linked records become `{"id", "title"}`, as far as the actor may read them."""
    ids = tuple(dict.fromkeys(answer[name] for answer in answers if answer[name]))
    known = titles(env, comodel, ids) if ids and env.may(comodel, "read") else {}
    for answer in answers:
        id = answer[name]
        if id:
            answer[name] = {"id": id, "title": known[id]} if id in known else HIDDEN
