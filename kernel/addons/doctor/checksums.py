"""Checksums of tables, to show that an operation touched nothing of others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from kernel.addons.lifecycle.inventory import tables
from kernel.db import Transaction

_COLUMNS: Final = """
    SELECT coalesce(o.addon, ''), array_agg(a.attname::text ORDER BY a.attname)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN tenon.owned o ON o.schema = n.nspname AND o."table" = c.relname AND o."column" = a.attname
    WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1 ORDER BY 1
"""


def checksums(
    tx: Transaction, schemas: Iterable[str], *, leave_out: Collection[str] = ()
) -> dict[str, tuple[int, str]]:
    """Table -> (rows, checksum); columns that another addon added count by themselves, as `table + addon`.

    `leave_out` names addons whose tables and columns are not looked at.
    """
    found: dict[str, tuple[int, str]] = {}
    for schema in schemas:
        for table in tables(tx, schema) if schema not in leave_out else ():
            for addon, columns in tx.rows(_COLUMNS, (schema, table)):
                if addon not in leave_out:
                    key = f"{schema}.{table} + {addon}" if addon else f"{schema}.{table}"
                    names = [*(["id"] if addon else []), *columns]
                    found[key] = _checksum(tx, f'"{schema}"."{table}"', names)
    return found


def _checksum(tx: Transaction, table: str, columns: Iterable[str]) -> tuple[int, str]:
    """The order of rows does not count."""
    row = ", ".join(f't."{column}"' for column in columns)
    query = f"SELECT count(*), coalesce(sum(hashtextextended(ROW({row})::text, 0)::numeric), 0)::text FROM {table} t"
    rows = tx.rows(query)
    return int(rows[0][0]), str(rows[0][1])
