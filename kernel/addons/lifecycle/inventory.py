"""What an addon has in a tenant's database, read from PostgreSQL's catalog and `tenon.owned`.

No code of the addon is needed: it may be gone. All definitions are PostgreSQL's own texts, with every name
qualified, so that they can be run again later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kernel.db import Transaction

_TABLES: Final = """
    SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = %s AND c.relname <> 'revision' ORDER BY 1
"""
_COLUMNS: Final = """
    SELECT o.schema, o."table", a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        coalesce(pg_get_expr(f.adbin, f.adrelid), '')
    FROM tenon.owned o
    JOIN pg_namespace n ON n.nspname = o.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = o."table"
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = o."column" AND NOT a.attisdropped
    LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
    WHERE o.addon = %s AND o.schema <> o.addon ORDER BY 1, 2, a.attnum
"""
_CONSTRAINTS: Final = """
    SELECT k.contype::text, n.nspname::text, c.relname::text, k.conname::text, pg_get_constraintdef(k.oid),
        array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (number, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
        coalesce(tn.nspname::text, ''), coalesce(t.relname::text, ''),
        array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (number, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place)
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class t ON t.oid = k.confrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    WHERE k.contype IN ('c', 'f', 'u', 'x', 'p') AND k.conparentid = 0
"""
_OWN_PART: Final = """
    EXISTS (SELECT FROM tenon.owned o WHERE o.addon = %s AND o.schema = n.nspname AND o."table" = c.relname
        AND o."constraint" = {name})
    OR EXISTS (SELECT FROM tenon.owned o JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = o."column"
        JOIN pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.objid = {oid}
        WHERE o.addon = %s AND o.schema = n.nspname AND o."table" = c.relname)
"""
_INDEXES: Final = f"""
    SELECT 'i', n.nspname::text, c.relname::text, i.relname::text, pg_get_indexdef(i.oid),
        ARRAY[]::text[], '', '', ARRAY[]::text[]
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> %s AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid
        AND k.contype IN ('u', 'x', 'p'))
    AND ({_OWN_PART.format(name="i.relname", oid="i.oid")})
"""
_NEEDS: Final = """
    SELECT DISTINCT addon, schema FROM tenon.owned WHERE schema <> addon
    UNION
    SELECT DISTINCT coalesce(o.addon, n.nspname::text), tn.nspname::text
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN tenon.owned o ON o.schema = n.nspname AND o."table" = c.relname AND o."constraint" = k.conname
    WHERE k.contype = 'f' AND coalesce(o.addon, n.nspname::text) <> tn.nspname::text
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an addon added to the table of another."""

    schema: str
    table: str
    name: str
    type: str
    required: bool
    default: str

    @property
    def on(self) -> str:
        """The table, as SQL wants it."""
        return f'"{self.schema}"."{self.table}"'


@dataclass(frozen=True, slots=True)
class Part:
    """A constraint or index; `kind` is PostgreSQL's letter (c, f, u, x, p), or i for an index."""

    kind: str
    schema: str
    table: str
    name: str
    definition: str
    columns: tuple[str, ...] = ()
    target_schema: str = ""
    target_table: str = ""
    target_columns: tuple[str, ...] = ()

    @property
    def on(self) -> str:
        """The table, as SQL wants it."""
        return f'"{self.schema}"."{self.table}"'

    @property
    def target(self) -> str:
        """The table that a foreign key points to."""
        return f'"{self.target_schema}"."{self.target_table}"'


@contextmanager
def whole_names(tx: Transaction) -> Iterator[None]:
    """While inside, definitions read from the catalog name the schema of everything."""
    tx.execute("SET LOCAL search_path = ''")
    yield
    tx.execute("RESET search_path")


def tables(tx: Transaction, schema: str) -> list[str]:
    """The tables of a schema, its version table left out."""
    return [row[0] for row in tx.rows(_TABLES, (schema,))]


def added_columns(tx: Transaction, addon: str) -> list[Column]:
    """The columns an addon has in the tables of others."""
    with whole_names(tx):
        return [Column(*row) for row in tx.rows(_COLUMNS, (addon,))]


def added_parts(tx: Transaction, addon: str) -> list[Part]:
    """Constraints and indexes an addon has on the tables of others, and those that rest on its columns there."""
    own = _OWN_PART.format(name="k.conname", oid="k.oid")
    with whole_names(tx):
        found = _parts(tx, f"{_CONSTRAINTS} AND n.nspname <> %s AND ({own})", (addon, addon, addon))
        return [*found, *_parts(tx, _INDEXES, (addon, addon, addon))]


def outgoing_keys(tx: Transaction, schema: str) -> list[Part]:
    """Foreign keys from the tables of a schema to those of others."""
    with whole_names(tx):
        query = f"{_CONSTRAINTS} AND k.contype = 'f' AND n.nspname = %s AND tn.nspname <> %s"
        return _parts(tx, query, (schema, schema))


def incoming_keys(tx: Transaction, schema: str) -> list[Part]:
    """Foreign keys from the tables of others to those of a schema."""
    with whole_names(tx):
        query = f"{_CONSTRAINTS} AND k.contype = 'f' AND n.nspname <> %s AND tn.nspname = %s"
        return _parts(tx, query, (schema, schema))


def keys_of(tx: Transaction, schema: str, table: str) -> list[Part]:
    """The foreign keys of one table."""
    with whole_names(tx):
        query = f"{_CONSTRAINTS} AND k.contype = 'f' AND n.nspname = %s AND c.relname = %s"
        return _parts(tx, query, (schema, table))


def keys_to(tx: Transaction, schema: str, table: str) -> list[Part]:
    """Foreign keys to one table."""
    with whole_names(tx):
        query = f"{_CONSTRAINTS} AND k.contype = 'f' AND tn.nspname = %s AND t.relname = %s"
        return _parts(tx, query, (schema, table))


def cascading_keys(tx: Transaction, schema: str, table: str) -> list[Part]:
    """Foreign keys to one table whose rows go with the row they point to."""
    with whole_names(tx):
        query = f"{_CONSTRAINTS} AND k.contype = 'f' AND k.confdeltype = 'c' AND tn.nspname = %s AND t.relname = %s"
        return _parts(tx, query, (schema, table))


def needs(tx: Transaction) -> Mapping[str, frozenset[str]]:
    """Addon -> the addons whose tables it adds to or points to, as the database has it."""
    found: dict[str, set[str]] = {}
    for addon, other in tx.rows(_NEEDS):
        found.setdefault(addon, set()).add(other)
    return {addon: frozenset(others) for addon, others in found.items()}


def columns_of(tx: Transaction, schema: str, table: str) -> frozenset[str]:
    """The columns of a table that can be written; none where there is no such table."""
    query = """
        SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"""
    return frozenset(row[0] for row in tx.rows(query, (schema, table)))


def quoted(schema: str, table: str) -> str:
    """A table, as SQL wants it."""
    return f'"{schema}"."{table}"'


def count(tx: Transaction, table: str, where: str = "", params: Sequence[object] = ()) -> int:
    """How many rows a table has."""
    return int(tx.rows(f"SELECT count(*) FROM {table}{f' WHERE {where}' if where else ''}", params)[0][0])


def part_of(row: tuple[Any, ...]) -> Part:
    """A part from the columns of a query, in the order of its fields."""
    values: tuple[Any, ...] = tuple(tuple(value) if isinstance(value, list) else value for value in row)
    return Part(*values)


def _parts(tx: Transaction, query: str, params: Sequence[object]) -> list[Part]:
    rows = sorted(tx.rows(query, params), key=lambda row: (row[0] == "f", row[1], row[2], row[3]))
    return [part_of(row) for row in rows]
