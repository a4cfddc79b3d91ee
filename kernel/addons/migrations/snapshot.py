"""Snapshots of a database's schema, read from the catalog, and the DDL that leads from one to another.

Both sides of a comparison are real databases (scratch ones), so every definition is PostgreSQL's own text:
equal schemas give equal snapshots, also for CHECK and EXCLUDE constraints and for operator classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.db import Transaction

FOREIGN: Final = ("information_schema", "pg_catalog", "pg_toast", "public")
"""Schemas that are PostgreSQL's, or anybody's."""
_IGNORED: Final = (*FOREIGN, "tenon")

_TABLES: Final = """
    SELECT format('%%I.%%I', n.nspname, c.relname), ''
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> ALL(%s) AND c.relname <> 'revision'
"""
_SEQUENCES: Final = """
    SELECT format('%%I.%%I', n.nspname, c.relname),
        coalesce((SELECT format('%%I.%%I.%%I', tn.nspname, t.relname, a.attname) FROM pg_depend d
            JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
            WHERE d.objid = c.oid AND d.deptype = 'a'), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname <> ALL(%s)
"""
_COLUMNS: Final = """
    SELECT format('%%I.%%I.%%I', n.nspname, c.relname, a.attname),
        format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
        || coalesce(' DEFAULT ' || pg_get_expr(f.adbin, f.adrelid), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname <> ALL(%s) AND c.relname <> 'revision'
"""
_CONSTRAINTS: Final = """
    SELECT format('%%I.%%I.%%I', n.nspname, c.relname, k.conname), pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> ALL(%s) AND c.relname <> 'revision' AND k.contype <> 'n'
"""
_INDEXES: Final = """
    SELECT format('%%I.%%I', n.nspname, i.relname), pg_get_indexdef(x.indexrelid)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> ALL(%s) AND c.relname <> 'revision'
        AND NOT EXISTS (
            SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Name -> definition of everything in the schemas of addons."""

    tables: Mapping[str, str]
    sequences: Mapping[str, str]
    columns: Mapping[str, str]
    constraints: Mapping[str, str]
    indexes: Mapping[str, str]


def take(tx: Transaction, leave_out: Sequence[str] = _IGNORED) -> Snapshot:
    """Read the tables of the database without version tables and (unless told otherwise) the kernel's own."""
    tx.execute("SET LOCAL search_path = ''")
    ignored = list(leave_out)

    def read(query: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in sorted(tx.rows(query, (ignored,)))}

    parts = (_TABLES, _SEQUENCES, _COLUMNS, _CONSTRAINTS, _INDEXES)
    snapshot = Snapshot(*(read(query) for query in parts))
    tx.execute("RESET search_path")
    return snapshot


def differences(old: Snapshot, new: Snapshot) -> list[str]:
    """What is in one and not in the other, in words; empty where the schemas are equal."""
    found = []
    for kind in ("tables", "sequences", "columns", "constraints", "indexes"):
        before: Mapping[str, str] = getattr(old, kind)
        after: Mapping[str, str] = getattr(new, kind)
        found += [f"{kind[:-1]} {name} is missing" for name in before.keys() - after.keys()]
        found += [f"{kind[:-1]} {name} is too much" for name in after.keys() - before.keys()]
        found += [
            f"{kind[:-1]} {name}: {after[name]}, not {before[name]}"
            for name in before.keys() & after.keys()
            if before[name] != after[name]
        ]
    return sorted(found)


def statements(old: Snapshot, new: Snapshot) -> list[str]:
    """DDL that changes a database like `old` into one like `new`: drop first, then add, then constrain."""
    made = [table for table in new.tables if table not in old.tables]
    gone = [table for table in old.tables if table not in new.tables]

    def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[list[str], list[str]]:
        dropped = [n for n in before if before[n] != after.get(n) and table_of(n) not in gone]
        return dropped, [n for n in after if after[n] != before.get(n)]

    lost_constraints, new_constraints = changed(old.constraints, new.constraints)
    lost_indexes = [name for name in old.indexes if old.indexes[name] != new.indexes.get(name)]
    lines = [f"ALTER TABLE {table_of(n)} DROP CONSTRAINT {_last(n)}" for n in _keys_last(old, lost_constraints)]
    lines += [f"DROP INDEX IF EXISTS {name}" for name in lost_indexes]
    lines += [f"DROP TABLE {table} CASCADE" for table in gone]
    lines += [f"CREATE SEQUENCE {name}" for name in new.sequences if name not in old.sequences]
    lines += [_create_table(table, new) for table in made]
    lines += _column_changes(old, new, {*made, *gone})
    owned = [n for n in new.sequences if n not in old.sequences and new.sequences[n]]
    lines += [f"ALTER SEQUENCE {name} OWNED BY {new.sequences[name]}" for name in owned]
    lines += [
        f"ALTER TABLE {table_of(n)} ADD CONSTRAINT {_last(n)} {new.constraints[n]}"
        for n in reversed(_keys_last(new, new_constraints))
    ]
    lines += [text for name, text in new.indexes.items() if text != old.indexes.get(name)]
    return lines


def table_of(name: str) -> str:
    """`crm.contact.name` -> `crm.contact`."""
    return name.rsplit(".", 1)[0]


def _last(name: str) -> str:
    return name.rsplit(".", 1)[1]


def _keys_last(snapshot: Snapshot, names: Iterable[str]) -> list[str]:
    """Foreign keys first, primary keys last: the order for dropping; reversed, the order for adding."""

    def rank(name: str) -> tuple[int, str]:
        text = snapshot.constraints[name]
        return (0 if text.startswith("FOREIGN") else 2 if text.startswith("PRIMARY") else 1, name)

    return sorted(names, key=rank)


def _create_table(table: str, new: Snapshot) -> str:
    columns = [f"{_last(name)} {text}" for name, text in new.columns.items() if table_of(name) == table]
    return f"CREATE TABLE {table} (\n    " + ",\n    ".join(columns) + "\n)"


def _column_changes(old: Snapshot, new: Snapshot, whole: set[str]) -> list[str]:
    lines = []
    for name, text in old.columns.items():
        if name not in new.columns and table_of(name) not in whole:
            lines.append(f"ALTER TABLE {table_of(name)} DROP COLUMN {_last(name)}")
        elif name in new.columns and new.columns[name] != text:
            lines += _alter_column(name, column_parts(text), column_parts(new.columns[name]))
    for name, text in new.columns.items():
        if name not in old.columns and table_of(name) not in whole:
            lines.append(f"ALTER TABLE {table_of(name)} ADD COLUMN {_last(name)} {text}")
    return lines


def column_parts(text: str) -> tuple[str, bool, str]:
    """(type, not null, default) of a column's definition in a snapshot."""
    head, _, default = text.partition(" DEFAULT ")
    return head.removesuffix(" NOT NULL"), head.endswith(" NOT NULL"), default


def _alter_column(name: str, old: tuple[str, bool, str], new: tuple[str, bool, str]) -> list[str]:
    column = f"ALTER TABLE {table_of(name)} ALTER COLUMN {_last(name)}"
    lines = []
    if old[0] != new[0]:
        lines.append(f"{column} TYPE {new[0]} USING {_last(name)}::{new[0]}")
    if old[2] != new[2]:
        lines.append(f"{column} SET DEFAULT {new[2]}" if new[2] else f"{column} DROP DEFAULT")
    if old[1] != new[1]:
        lines.append(f"{column} {'SET' if new[1] else 'DROP'} NOT NULL")
    return lines
