"""Groups and aggregates as the actor may see them, in wire form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.orm import query
from kernel.orm.domain import Domain
from kernel.orm.reading import HIDDEN, titles
from kernel.orm.searching import prepared

if TYPE_CHECKING:
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
    rules: Any = () if env.is_system else query.secure_group(model, by, aggregates, env.view)
    env.flush()
    grouped = query.group(
        model, asked, by, aggregates, order=order, limit=limit, offset=offset, tz=env.tz, rules=rules
    )
    rows = env.tx.rows(*grouped.query)
    answers = [grouped.answer(row) for row in rows]
    for name, comodel in grouped.linked:
        ids = tuple(dict.fromkeys(answer[name] for answer in answers if answer[name]))
        known = titles(env, comodel, ids) if ids and env.may(comodel, "read") else {}
        for answer in answers:
            id = answer[name]
            if id:
                answer[name] = {"id": id, "title": known[id]} if id in known else HIDDEN
    return answers
