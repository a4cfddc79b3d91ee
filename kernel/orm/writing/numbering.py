"""Drawing numbers for records: once each, for all that are written together, in the order they were made.

A number is a stored computed value that depends on nothing: so it is drawn before the INSERT, or when it is read
before, and by the provider of the port `Numbers`, which knows what was given out.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError
from kernel.orm.ports import NumberFor, NumberSeries
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.fields.number import Number
    from kernel.orm.model import Model
    from kernel.orm.registry.bound import Bound


def series_of(bound: Bound) -> NumberSeries:
    """What is counted under this field."""
    field: Number = bound.field  # type: ignore[assignment]
    name = f"{bound.model.name}.{bound.name}"
    label = f"{bound.model.label}: {field.label}"
    return NumberSeries(name, label, field.pattern, field.gapless, "company" in field.per, field.period)


def draw(records: Model, bound: Bound) -> None:
    """Give each of `records` a number; one that has a number in the database keeps it."""
    env = records.env
    if env.work.draft:  # a form that is not saved uses up nothing
        for record in records:
            setattr(record, bound.name, "")
        return
    kept = _kept(records, bound)
    waiting = sorted(id for id in records.ids if id not in kept)
    drawn = _drawn(env.records(bound.model, tuple(waiting), readable=True), bound) if waiting else []
    texts = {**kept, **dict(zip(waiting, drawn, strict=True))}
    for record in records:
        setattr(record, bound.name, texts[record.id])


def _kept(records: Model, bound: Bound) -> dict[Any, str]:
    """The numbers that the database has already: of records that are computed anew, as after an install."""
    work, model = records.env.work, bound.model
    stored = [id for id in records.ids if not work.is_new(model, id)]
    if not stored:
        return {}
    rows = work.tx.rows(
        f'SELECT id, "{bound.column}" FROM {model.sql} WHERE id = ANY(%s::int8[]) AND "{bound.column}" <> \'\'',
        (array_literal(stored, "int8"),),
    )
    return dict(rows)


def _drawn(records: Model, bound: Bound) -> list[str]:
    env = records.env
    provider = env.ports.numbers
    if provider is None:
        raise DeveloperError(f"{bound!r} needs a provider of numbers.", hint="The addon base is one.")
    company = bound.model.fields.get("company")
    dated = getattr(bound.field, "dated", "")
    wanted = [
        NumberFor(record.company.id or None if company is not None else None, _day(record, dated))  # type: ignore[attr-defined]
        for record in records
    ]
    return provider.draw(env, series_of(bound), wanted)


def _day(record: Model, dated: str) -> dt.date | None:
    """The date or moment that decides the period; None where it is not filled: now."""
    value: dt.date | None = getattr(record, dated) if dated else None
    return value
