"""The rows of a table that a constraint would refuse: looked for before the constraint is made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import errors as pg

from kernel.db import Transaction

SHOWN: Final = 5
"""Rows that are named; the others are counted."""

_FOREIGN: Final = re.compile(r"FOREIGN KEY \((?P<columns>[^)]*)\) REFERENCES (?P<table>[^(]+)\((?P<keys>[^)]*)\)")
_PRIMARY: Final = re.compile(r"(?:PRIMARY KEY|UNIQUE) \((?P<columns>[^)]*)\)")
_UNIQUE: Final = re.compile(
    r"CREATE UNIQUE INDEX \S+ ON \S+ USING \w+ \((?P<columns>[^()]*)\)(?P<nulls> NULLS NOT DISTINCT)?"
    r"(?: WHERE (?P<where>.*))?"
)


@dataclass(frozen=True, slots=True)
class Breach:
    """How many rows are in the way, and the first of them: ids, or the values that are there twice."""

    count: int
    first: tuple[str, ...]

    def __str__(self) -> str:
        more = ", ..." if self.count > len(self.first) else ""
        word = "row breaks" if self.count == 1 else "rows break"
        return f"{self.count} {word} it: {', '.join(self.first)}{more}"


def breach(tx: Transaction, table: str, definition: str) -> Breach | None:
    """The rows of `table` that break a constraint or unique index, given as PostgreSQL's own text.

    None where nothing does, and where that cannot be known before: of EXCLUDE, where a column is missing as well,
    or the table belongs to somebody else.
    """
    try:
        with tx.savepoint():
            return _look(tx, table, definition)
    except (pg.UndefinedColumn, pg.UndefinedTable, pg.InsufficientPrivilege):
        return None


def nulls(tx: Transaction, table: str, column: str) -> Breach | None:
    """The rows in which a column is not filled."""
    return _of_ids(tx, table, f"{column} IS NULL")


def _look(tx: Transaction, table: str, definition: str) -> Breach | None:
    text = definition.removesuffix(" NOT VALID")
    if text.startswith("CHECK "):
        return _of_ids(tx, table, f"NOT {text.removeprefix('CHECK ').removesuffix(' NO INHERIT')}")
    if (found := _FOREIGN.match(text)) is not None:
        pairs = zip(_names(found["columns"]), _names(found["keys"]), strict=True)
        same = " AND ".join(f"o.{key} = t.{column}" for column, key in pairs)
        filled = " AND ".join(f"t.{column} IS NOT NULL" for column in _names(found["columns"]))
        return _of_ids(tx, table, f"{filled} AND NOT EXISTS (SELECT FROM {found['table']} o WHERE {same})")
    if (found := _PRIMARY.match(text)) is not None:
        return _of_values(tx, table, _names(found["columns"]), "true")
    if (found := _UNIQUE.match(text)) is not None:
        columns = _names(found["columns"])
        filled = "true" if found["nulls"] else " AND ".join(f"{column} IS NOT NULL" for column in columns)
        return _of_values(tx, table, columns, f"{filled} AND ({found['where'] or 'true'})")
    return None


def _names(columns: str) -> list[str]:
    return [name.strip() for name in columns.split(",")]


def _of_ids(tx: Transaction, table: str, where: str) -> Breach | None:
    """Rows by their id; by all their values in a table without ids."""
    known = "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id' AND NOT attisdropped"
    shown = "t.id::text" if tx.rows(known, (table,)) else "t::text"
    return _answer(tx, f"SELECT {shown} AS shown FROM {table} t WHERE {where}")


def _of_values(tx: Transaction, table: str, columns: Sequence[str], where: str) -> Breach | None:
    """Values that are there more than once."""
    names = ", ".join(columns)
    one = f"ROW({names})::text"
    return _answer(tx, f"SELECT {one} AS shown FROM {table} WHERE {where} GROUP BY {names} HAVING count(*) > 1")


def _answer(tx: Transaction, query: str) -> Breach | None:
    escaped = query.replace("%", "%%")  # of a LIKE in a CHECK
    first = "ORDER BY length(shown), shown LIMIT %s"
    rows = tx.rows(f"SELECT shown, count(*) OVER () FROM ({escaped}) b {first}", (SHOWN,))
    return Breach(int(rows[0][1]), tuple(str(row[0]) for row in rows)) if rows else None
