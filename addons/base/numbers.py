"""Draws numbers: those without gaps under the lock of their counter's row, others from an SQL sequence.

All of one batch and counter come by one statement. A number without gaps is free again when its transaction is
undone, because the row is. Two transactions at one moment: the second waits for the first. Under READ COMMITTED it
then goes on; under REPEATABLE READ it is a conflict, and is tried again as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence as Many
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from addons.base.kept import kept
from addons.base.models.sequence import Counter, Sequence, sequence_name
from kernel.errors import UserError
from kernel.orm import Env
from kernel.orm.fields import Number
from kernel.orm.ports import NumberFor, NumberSeries
from kernel.orm.writing.number_pattern import number_text
from kernel.orm.writing.numbering import series_of

_COUNTER: Final = """s.key = %s AND c.sequence_id = s.id AND c.company_id IS NOT DISTINCT FROM %s AND c.period = %s"""
_TAKE: Final = f"""
    UPDATE base.counter c SET next = c.next + %s, updated_at = now() FROM base.sequence s
    WHERE {_COUNTER} RETURNING s.pattern, c.id, c.next"""
_LOOK: Final = f"""
    SELECT s.pattern, c.id, to_regclass(format('base.number_%%s', c.id)) IS NOT NULL
    FROM base.sequence s, base.counter c WHERE {_COUNTER}"""
_SERIES: Final = """
    INSERT INTO base.sequence (key, name, pattern, declared, gapless, by_company, period)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_BEGIN: Final = """
    INSERT INTO base.counter (sequence_id, company_id, period, next)
    SELECT id, %s, %s, 1 FROM base.sequence WHERE key = %s ON CONFLICT DO NOTHING"""
_BEGIN_NUMBER: Final = """
    CREATE OR REPLACE FUNCTION base.begin_number(counter bigint, first bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $tenon$
    BEGIN EXECUTE 'CREATE SEQUENCE IF NOT EXISTS base.number_' || counter || ' START WITH ' || first; END
    $tenon$"""
"""Programs that serve may not change the schema; this one thing they may: begin a new year's counter."""
_COMPANY: Final = "SELECT tz, code FROM base.company WHERE id = %s OR %s::int8 IS NULL ORDER BY id LIMIT 1"


class _Place(NamedTuple):
    """A counter: its company (0: none), and its period as text."""

    company: int
    period: str


class BaseNumbers:
    """The counters of a tenant."""

    def draw(self, env: Env, series: NumberSeries, wanted: Many[NumberFor]) -> list[str]:
        """As many new numbers, in this order; counters are taken in one order by all, so nobody blocks another."""
        days = [_local_day(env, each) for each in wanted]
        by_place: dict[_Place, list[int]] = {}
        for at, (each, day) in enumerate(zip(wanted, days, strict=True)):
            company = each.company if series.by_company else None
            by_place.setdefault(_Place(company or 0, _period(series.period, day)), []).append(at)
        texts = [""] * len(wanted)
        for place in sorted(by_place):
            places = by_place[place]
            pattern, numbers = _take(env, series, place, len(places))
            for at, number in zip(places, numbers, strict=True):
                code = _code(env, wanted[at].company) if "{company}" in pattern else ""
                texts[at] = number_text(pattern, number, days[at], code)
        return texts


def _take(env: Env, series: NumberSeries, place: _Place, count: int) -> tuple[str, list[int]]:
    take = _take_row if series.gapless else _take_sequence
    taken = take(env, series, place, count)
    if taken is None:
        _begin(env, series, place)
        taken = take(env, series, place, count)
    if taken is None:
        raise UserError(f"The numbers of {series.label} could not be counted.", hint="Try again.")
    return taken


def _take_row(env: Env, series: NumberSeries, place: _Place, count: int) -> tuple[str, list[int]] | None:
    rows = env.tx.rows(_TAKE, (count, series.name, place.company or None, place.period))
    if not rows:
        return None
    pattern, counter, end = rows[0]
    env.work.column(env.registry.model_of(Counter).fields["next"]).pop(counter, None)
    return pattern, list(range(end - count, end))


def _take_sequence(env: Env, series: NumberSeries, place: _Place, count: int) -> tuple[str, list[int]] | None:
    rows = env.tx.rows(_LOOK, (series.name, place.company or None, place.period))
    if not rows or not rows[0][2]:
        return None
    pattern, counter, _ = rows[0]
    drawn = env.tx.rows(f"SELECT nextval('{sequence_name(counter)}') FROM generate_series(1, %s)", (count,))
    return pattern, [row[0] for row in drawn]


def _begin(env: Env, series: NumberSeries, place: _Place) -> None:
    """The first number of a series, company and period."""
    declare(env, series)
    env.tx.execute(_BEGIN, (place.company or None, place.period, series.name))
    if not series.gapless:
        rows = env.tx.rows(
            f"SELECT c.id, c.next FROM base.sequence s, base.counter c WHERE {_COUNTER}",
            (series.name, place.company or None, place.period),
        )
        for counter, first in rows:
            env.tx.execute("SELECT base.begin_number(%s, %s)", (counter, first))


def declare(env: Env, series: NumberSeries) -> None:
    """The row of a series, where it is not there yet."""
    pattern, period = series.pattern, series.period or None
    env.tx.execute(_SERIES, (series.name, series.label, pattern, pattern, series.gapless, series.by_company, period))


def declare_all(env: Env, addon: str) -> None:
    """The rows of all series of an addon; a pattern that nobody changed becomes that of the addon."""
    if addon == "base":
        env.tx.execute(_BEGIN_NUMBER)
    for bound in env.registry.bounds:
        if isinstance(bound.field, Number) and bound.addon == addon:
            series = series_of(bound)
            declare(env, series)
            row = env[Sequence].search(Sequence.key == series.name)
            if row.pattern == row.declared:
                row.pattern = series.pattern
            row.declared = series.pattern


def _period(period: str, day: dt.date) -> str:
    return {"": "", "year": f"{day:%Y}", "month": f"{day:%Y-%m}"}[period]


def _local_day(env: Env, wanted: NumberFor) -> dt.date:
    """The day by the clock of the record's company; where it has none, of the tenant's first."""
    at = wanted.at
    if at is not None and not isinstance(at, dt.datetime):
        return at
    return (at or env.now()).astimezone(ZoneInfo(_company(env, wanted.company)[0])).date()


def _code(env: Env, company: int | None) -> str:
    code = _company(env, company)[1]
    if not code:
        raise UserError("The company has no code to put into numbers.", hint="Fill in its code in the settings.")
    return code


def _company(env: Env, company: int | None) -> tuple[str, str]:
    """(time zone, code)."""

    def read() -> tuple[str, str]:
        rows = env.tx.rows(_COMPANY, (company, company))
        return (rows[0][0], rows[0][1]) if rows else ("UTC", "")

    return kept(env, ("base.number.company", company), read)
