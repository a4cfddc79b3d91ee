"""Pages by the last record seen, and reading any number of records in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import psycopg

from kernel.errors import ValidationError
from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.query.cursor import Place, read_cursor, write_cursor
from kernel.orm.reading.searching import column_of, ordered, prepared
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

M = TypeVar("M", bound="Model")


class Page(NamedTuple, Generic[M]):
    """Records, and the cursor with which the next page is asked for; an empty one: there is none."""

    records: M
    after: str


class Rows(NamedTuple):
    """Rows of a page, as `kernel.orm.reading.searching.select_rows` gives them, and the cursor behind them."""

    rows: list[tuple[Any, ...]]
    after: str


def _read_place(terms: query.Order, after: str) -> Place:
    """The place that a cursor holds, raises ValidationError; the beginning for an empty one."""
    if not after:
        return ()
    try:
        return read_cursor(terms, after)
    except ValueError as reason:
        raise _wrong_cursor(str(reason)) from None


def _wrong_cursor(reason: str) -> ValidationError:
    """The error for a cursor that means nothing here."""
    return ValidationError(
        f"The next page cannot be found: {reason}.", field="after", hint="Begin again with the first page."
    )


def _select(
    env: Env,
    model: ModelInfo,
    asked: Domain,
    terms: query.Order,
    limit: int,
    after: str,
    columns: Sequence[Bound],
    titles: Sequence[Bound],
    rules: query.Rules,
    texts: Sequence[Bound],
) -> Rows:
    """Rows behind `after`, one query; `asked` is what the actor may see (`searching.prepared`)."""
    place = _read_place(terms, after)
    sql, values = query.select(
        model,
        asked,
        columns=columns,
        order=terms,
        limit=limit + 1,
        titles=titles,
        rules=rules,
        tz=env.tz,
        place=place,
        texts=texts,
    )
    try:
        rows = env.tx.rows(sql, values)
    except psycopg.DataError as error:
        if not place:
            raise
        raise _wrong_cursor("this is no cursor") from error
    width = -len(terms)
    more = len(rows) > limit
    rows = rows[:limit]
    cursor = write_cursor(terms, rows[-1][width:]) if more and rows else ""
    return Rows([row[:width] for row in rows], cursor)


def page_rows(
    env: Env,
    model: ModelInfo,
    domain: Domain,
    order: str | None,
    limit: int,
    after: str,
    columns: Sequence[Bound],
    titles: Sequence[Bound] = (),
    texts: Sequence[Bound] = (),
) -> Rows:
    """The rows behind the cursor `after`, as `searching.select_rows` gives them, and the cursor behind them."""
    if limit < 1:
        raise ValidationError(f"A page has one record or more, not {limit}.", field="limit")
    asked = prepared(env, model, domain)
    terms, rules = ordered(env, model, order or "", titles)
    env.flush()
    env.work.alive()
    return _select(env, model, asked, terms, limit, after, columns, titles, rules, texts)


def page(records: M, domain: Domain, order: str | None, limit: int, after: str, fetch: Sequence[str]) -> Page[M]:
    """One page of a search."""
    env, model = records.env, records.__info__
    columns = [column_of(env, model, name) for name in fetch]
    found = page_rows(env, model, domain, order, limit, after, columns)
    env.work.fill(columns, found.rows)
    ids = tuple([row[0] for row in found.rows])
    if not env.is_system:
        env.grant(model, ids)
    made: Any = env.records(model, ids, readable=True)
    return Page(made, found.after)


def iterate(records: M, domain: Domain, order: str | None, batch: int, fetch: Sequence[str]) -> Iterator[M]:
    """Batch after batch; between two of them all is written and the cache forgotten, so memory is bounded."""
    after = ""
    while True:
        found, after = page(records, domain, order, batch, after, fetch)
        if found:
            yield found
        if not after:
            return
        del found
        records.env.invalidate()
