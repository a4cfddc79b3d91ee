"""Carrying out fills: page by page along the id, or what is left of them in one go.

A row is written only where its value changes, so going over it again costs a read and no new version of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from kernel.addons.migrations.steps import Fill, FillInPython
from kernel.db import Transaction
from kernel.errors import MigrateError, suggest


def fill_page(tx: Transaction, fill: Fill | FillInPython, after: int) -> tuple[int, int]:
    """Fill the next page of rows with ids above `after`: (the last id of the page, rows written); (0, 0) at the end."""
    if isinstance(fill, FillInPython):
        return _page_in_python(tx, fill, after)
    last = tx.script(
        f"SELECT max(id) FROM (SELECT id FROM {fill.table} WHERE id > {after:d} ORDER BY id LIMIT {fill.batch:d}) AS p"
    ).fetchall()[0][0]
    if last is None:
        return 0, 0
    return int(last), _update(tx, fill, f"t.id > {after:d} AND t.id <= {last:d} AND ")


def fill_rest(tx: Transaction, fill: Fill | FillInPython) -> int:
    """Fill all rows that are not as they should be, in this transaction; how many were written."""
    if isinstance(fill, FillInPython):
        at, written = 0, 0
        while (page := _page_in_python(tx, fill, at))[0]:
            at, written = page[0], written + page[1]
        return written
    return _update(tx, fill, "")


def _update(tx: Transaction, fill: Fill, rows: str) -> int:
    """One statement over some rows: `rows` is a condition that ends in AND, or nothing."""
    types = _types(tx, fill.table, [*fill.values])
    cast = {name: f"CAST(({value}) AS {types[name]})" for name, value in fill.values.items()}
    sets = ", ".join(f'"{name}" = {value}' for name, value in cast.items())
    differs = " OR ".join(f't."{name}" IS DISTINCT FROM {value}' for name, value in cast.items())
    which = f"({fill.where}) AND " if fill.where else ""
    return tx.script(f"UPDATE {fill.table} AS t SET {sets} WHERE {rows}{which}({differs})").rowcount


def _page_in_python(tx: Transaction, fill: FillInPython, after: int) -> tuple[int, int]:
    """The rows of the page are locked, so that what is written fits what was read."""
    reads = "".join(f', t."{name}"' for name in fill.reads)
    rows = tx.script(
        f"SELECT t.id{reads} FROM {fill.table} AS t WHERE t.id > {after:d} AND ({fill.where})"
        f" ORDER BY t.id LIMIT {fill.batch:d} FOR NO KEY UPDATE",
    ).fetchall()
    if not rows:
        return 0, 0
    made = [{"page_id": row[0], **fill.by(*row[1:])} for row in rows]
    names = [name for name in made[0] if name != "page_id"]
    types = _types(tx, fill.table, names)
    sets = ", ".join(f'"{name}" = v."{name}"' for name in names)
    differs = " OR ".join(f't."{name}" IS DISTINCT FROM v."{name}"' for name in names)
    typed = "".join(f', "{name}" {types[name]}' for name in names)
    written = tx.execute(
        f"UPDATE {fill.table} AS t SET {sets} FROM jsonb_to_recordset(%s::jsonb) AS v(page_id bigint{typed})"
        f" WHERE t.id = v.page_id AND ({differs})",
        (json.dumps(made, default=str),),
    ).rowcount
    return int(rows[-1][0]), written


def _types(tx: Transaction, table: str, names: Sequence[str]) -> dict[str, str]:
    """Column -> type, as SQL has it. MigrateError for one that is not there."""
    query = (
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    )
    known = {str(row[0]): str(row[1]) for row in tx.rows(query, (table,))}
    for name in names:
        if name not in known:
            raise MigrateError(f'{table} has no column "{name}" to fill.{suggest(name, known)}')
    return {name: known[name] for name in names}
