"""Groups and aggregates as the actor may see them, in wire form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.extra.paths import Resolve
from kernel.orm.fields.base import Field
from kernel.orm.fields.time import DatePart
from kernel.orm.grouping.answers import Answers, Raw
from kernel.orm.grouping.fill import Fill, filled
from kernel.orm.grouping.rows import GroupRow
from kernel.orm.reading import reading
from kernel.orm.reading.searching import ordered, prepared
from kernel.orm.registry.bound import ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

Key = str | Field[Any] | DatePart
Having = Domain | Sequence[Any] | None
Filling = Fill
Groups = list[GroupRow]


@dataclass(frozen=True, slots=True)
class Asked:
    """A grouping that one actor asks of one model: the rules of what it reaches are found."""

    env: Env
    model: ModelInfo
    raw: Domain
    domain: Domain
    grouping: query.Grouping
    having: Domain
    rules: query.Rules

    @classmethod
    def of(
        cls, records: Model, domain: Domain, by: Sequence[Key], aggregates: Sequence[str], order: str, having: Having
    ) -> Asked:
        """Checked: names, types, rights; no query is sent."""
        env, model = records.env, records.__info__
        asked = prepared(env, model, domain)
        condition = _condition(having)
        keys = [env.typed(model, _text(key)) for key in by]
        sums = [env.typed(model, text) for text in aggregates]
        grouping = query.parse_group(model, keys, sums, order, typed_having(condition, model, env.extra_field))
        rules: query.Rules = ()
        if not env.is_system:
            grouping = _in_seen_order(env, grouping)
            rules = query.secure_paths(grouping.paths(), env.view)
        return cls(env, model, domain, asked, grouping, condition, rules)

    def rows(
        self, grouping: query.Grouping, limit: int | None = None, offset: int = 0, ranked: bool = False
    ) -> list[Raw]:
        """The groups, as the database gives them."""
        having = self.having if grouping is self.grouping else Domain.TRUE
        return self._send(
            query.group(
                self.model,
                self.domain,
                grouping,
                having=having,
                limit=limit,
                offset=offset,
                ranked=ranked,
                rules=self.rules,
                tz=self.env.tz,
            )
        )

    def total(self) -> int:
        """How many groups there are."""
        asked = query.count_groups(
            self.model, self.domain, self.grouping, having=self.having, rules=self.rules, tz=self.env.tz
        )
        return int(self._send(asked)[0][0])

    def members(self, groups: Sequence[Raw], whole: bool, order: str, limit: int) -> list[tuple[Any, ...]]:
        """Rows `(id, keys...)`: the first records of each of these groups; `whole` if these are all there are."""
        terms, rules_of_order = ordered(self.env, self.model, order)
        rules = dict(self.rules) | dict(rules_of_order)
        domain = self.domain
        if not whole:
            width = len(self.grouping.by)
            inside = Domain.any_of(query.group_domain(self.grouping, raw[:width], self.env.tz) for raw in groups)
            domain = prepared(self.env, self.model, self.raw & inside)
        return self._send(
            query.group_members(
                self.model,
                domain,
                self.grouping,
                order=terms,
                limit=limit,
                rules=tuple(rules.items()),
                tz=self.env.tz,
            )
        )

    def _send(self, asked: query.Query) -> list[tuple[Any, ...]]:
        self.env.flush()
        self.env.work.alive()
        return self.env.tx.rows(*asked)


def group(
    records: Model,
    domain: Domain,
    by: Sequence[Key],
    aggregates: Sequence[str],
    having: Having,
    order: str,
    limit: int | None,
    offset: int,
    fill: Fill,
) -> Groups:
    """One row per group: the group's values, `count`, the aggregates, labels, and the `domain` of its records."""
    asked = Asked.of(records, domain, by, aggregates, order, having)
    return Answers(asked).rows(_groups(asked, limit, offset, fill))


def group_count(records: Model, domain: Domain, by: Sequence[Key], having: Having) -> int:
    """How many groups there are."""
    return Asked.of(records, domain, by, (), "", having).total()


def group_read(
    records: Model,
    domain: Domain,
    by: Sequence[Key],
    spec: Mapping[str, Any] | Sequence[str],
    aggregates: Sequence[str],
    order: str,
    limit: int | None,
    offset: int,
    first: int,
    first_order: str,
) -> Groups:
    """`group`, with the first records of each group under `records`: one query more, and what the spec takes."""
    asked = Asked.of(records, domain, by, aggregates, order, None)
    groups = _groups(asked, limit, offset, False)
    width = len(asked.grouping.by)
    whole = not offset and (limit is None or len(groups) < limit)
    rows = asked.members(groups, whole, first_order, first) if groups else []
    ids = tuple(dict.fromkeys(row[0] for row in rows))
    if not asked.env.is_system:
        asked.env.grant(asked.model, ids)
    read = dict(zip(ids, reading.read(records.browse(ids), spec), strict=True))
    members: dict[tuple[Any, ...], list[Any]] = {raw[:width]: [] for raw in groups}
    for id, *keys in rows:
        members.get(tuple(keys), []).append(read[id])
    return Answers(asked).rows(groups, list(members.values()))


def _groups(asked: Asked, limit: int | None, offset: int, fill: Fill) -> list[Raw]:
    if fill is False:
        return asked.rows(asked.grouping, limit, offset)
    rows = filled(asked.grouping, asked.rows, fill, asked.having, asked.env.tz)
    return rows[offset:] if limit is None else rows[offset : offset + limit]


def _text(key: Key) -> str:
    if isinstance(key, Field):
        return key.name
    return key.path if isinstance(key, DatePart) else key


def typed_having(condition: Domain, model: ModelInfo, resolve: Resolve) -> Domain:
    """The condition with its extra fields typed."""
    return condition if condition.key == Domain.TRUE.key else condition.typed(model, resolve)


def _condition(having: Having) -> Domain:
    if having is None:
        return Domain.TRUE
    return having if isinstance(having, Domain) else Domain.from_wire(having)


def _in_seen_order(env: Env, grouping: query.Grouping) -> query.Grouping:
    """Linked records come in the order of their model, as far as the reader may see the fields of that order."""
    inner = tuple([tuple([term for term in terms if not any(map(env.hides, term.path))]) for terms in grouping.inner])
    return grouping if inner == grouping.inner else grouping._replace(inner=inner)
