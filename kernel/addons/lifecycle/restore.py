"""Bringing an addon back from its archive: tables, columns with their values, rows of others, stable ids.

What was deleted meanwhile stays deleted. A foreign key is made again after its rows were looked through:
links to records that are gone become empty; a row that cannot be without its link is left out, and said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg

from kernel.addons.lifecycle.archive import archive_of
from kernel.addons.lifecycle.inventory import Column, Part, columns_of, count, keys_of, part_of, tables
from kernel.addons.migrations.running import run_ddl
from kernel.db import Transaction
from kernel.errors import MigrateError

FRESH_HINT = "Nothing was changed. Install it without what is kept: tenon addon install --fresh"


def restore(tx: Transaction, addon: str) -> list[str]:
    """Put everything back where it was; what could not be, as lines for people."""
    archive = archive_of(addon)
    columns, parts = _columns(tx, archive), _parts(tx, archive)
    refuse_other_neighbours(tx, addon)
    _refuse_lost_tables(tx, addon, [column.on for column, _ in columns])
    tx.execute("SET CONSTRAINTS ALL IMMEDIATE")
    notes = list(_put_rows(tx, archive))
    _put_stable_ids(tx, archive)
    _put_columns(tx, archive, columns)
    for table in (
        "_addon",
        "_owned",
        "_stable_id",
        "_row",
        "_neighbour",
        "_column",
        "_part",
        *{kept for _, kept in columns},
    ):
        tx.execute(f'DROP TABLE "{archive}"."{table}"')
    tx.execute(f'ALTER SCHEMA "{archive}" RENAME TO "{addon}"')
    keys = [part for part in parts if part.kind == "f"]
    for key in keys:
        notes += _empty_links(tx, key)
    for part in parts:
        notes += _put_part(tx, addon, part)
    tx.execute("UPDATE tenon.addon SET state = 'installed' WHERE name = %s", (addon,))
    return notes


def describe(tx: Transaction, addon: str) -> list[str]:
    """What `restore` would bring back, and what it would find missing; nothing is changed."""
    archive = archive_of(addon)
    columns, own = _columns(tx, archive), {kept for _, kept in _columns(tx, archive)}
    counted = {name: count(tx, f'"{archive}"."{name}"') for name in tables(tx, archive) if name not in own}
    shown = {name: rows for name, rows in counted.items() if not name.startswith("_")}
    lines = [f"{_counted(sum(shown.values()), 'row')} of {_counted(len(shown), 'table')} come back"] if shown else []
    by_table: dict[str, list[str]] = {}
    for column, _ in columns:
        by_table.setdefault(f"{column.schema}.{column.table}", []).append(column.name)
    for table, names in by_table.items():
        lines.append(f"{table} gets back {', '.join(names)}, with the values of records that still exist")
    if counted.get("_row"):
        lines.append(f"{_counted(counted['_row'], 'row')} of rights and settings come back")
    return [*lines, *_missing(tx, addon, archive, _parts(tx, archive), columns)]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


# -- reading the archive --------------------------------------------------------------------------------------
def _columns(tx: Transaction, archive: str) -> list[tuple[Column, str]]:
    """Each column that stood in the table of another, and the table of the archive with its values."""
    query = f'SELECT schema, "table", name, type, required, value, kept FROM "{archive}"."_column"'
    return [(Column(*row[:6]), row[6]) for row in tx.rows(query)]


def _parts(tx: Transaction, archive: str) -> list[Part]:
    """In the order in which they are made: foreign keys last."""
    names = 'kind, schema, "table", name, definition, columns, target_schema, target_table, target_columns'
    rows = tx.rows(f'SELECT {names} FROM "{archive}"."_part"')
    return sorted(map(part_of, rows), key=lambda part: ("puxcif".index(part.kind), part.schema, part.table, part.name))


def _missing(
    tx: Transaction, addon: str, archive: str, parts: Sequence[Part], columns: Sequence[tuple[Column, str]]
) -> Iterator[str]:
    kept = {(column.schema, column.table): name for column, name in columns}
    for key in (part for part in parts if part.kind == "f"):
        table = key.table if key.schema == addon else kept.get((key.schema, key.table))
        target = f'"{archive}"."{key.target_table}"' if key.target_schema == addon else key.target
        if table is None:
            continue
        gone = count(tx, f'"{archive}"."{table}" o', _orphaned(tx, key, target))
        if gone:
            yield (
                f"{gone} links of {key.schema}.{key.table} point to records of {key.target_schema}.{key.target_table}"
                " that are gone"
            )


def _orphaned(tx: Transaction, key: Part, target: str) -> str:
    """The condition for rows `o` that point to a record which is gone."""
    filled = " AND ".join(f'o."{column}" IS NOT NULL' for column in key.columns)
    if tx.rows("SELECT to_regclass(%s)", (target,))[0][0] is None:
        return filled
    pairs = zip(key.columns, key.target_columns, strict=True)
    same = " AND ".join(f't."{other}" = o."{column}"' for column, other in pairs)
    return f"{filled} AND NOT EXISTS (SELECT FROM {target} t WHERE {same})"


def refuse_other_neighbours(tx: Transaction, addon: str) -> None:
    """Raise where an addon that the archive is about was installed anew since: its ids mean other records now."""
    rows = tx.rows(
        f'SELECT n.name FROM "{archive_of(addon)}"."_neighbour" n LEFT JOIN tenon.addon a USING (name)'
        " WHERE a.installed_at IS DISTINCT FROM n.installed_at ORDER BY 1"
    )
    if rows:
        names = ", ".join(row[0] for row in rows)
        raise MigrateError(
            f'What is kept of "{addon}" belongs to records of {names}, which was installed anew since.',
            hint=FRESH_HINT,
        )


def _refuse_lost_tables(tx: Transaction, addon: str, names: Sequence[str]) -> None:
    lost = [name for name in dict.fromkeys(names) if tx.rows("SELECT to_regclass(%s)", (name,))[0][0] is None]
    if lost:
        raise MigrateError(
            f'"{addon}" had columns in {", ".join(lost).replace(chr(34), "")}, which is not there any more.',
            hint=FRESH_HINT,
        )


# -- putting back ---------------------------------------------------------------------------------------------
def _put_rows(tx: Transaction, archive: str) -> Iterator[str]:
    """Rows may need each other: go round as long as one more finds what it belongs to."""
    query = f'SELECT schema, "table", count(*)::int FROM "{archive}"."_row" GROUP BY 1, 2 ORDER BY min(number)'
    left = {f'"{schema}"."{table}"': kept for schema, table, kept in tx.rows(query)}
    statements = {}
    for schema, table, _ in tx.rows(query):
        statements[f'"{schema}"."{table}"'] = (_putting(tx, archive, schema, table), (schema, table))
    grew = True
    while grew:
        grew = False
        for table, (statement, params) in statements.items():
            put = tx.execute(statement, params).rowcount if statement and left[table] else 0
            left[table] -= put
            grew = grew or put > 0
    for table, rows in left.items():
        if rows:
            name = table.replace('"', "")
            yield f"{rows} rows of {name} are left out: what they belong to is gone, or their place is taken"


def _putting(tx: Transaction, archive: str, schema: str, table: str) -> str:
    """The statement that brings back those rows of a table whose links lead somewhere; "" without such a table."""
    known = columns_of(tx, schema, table)
    names = tx.rows(
        f'SELECT DISTINCT jsonb_object_keys(values) FROM "{archive}"."_row" WHERE schema = %s AND "table" = %s',
        (schema, table),
    )
    shared = ", ".join(sorted(f'"{row[0]}"' for row in names if row[0] in known))
    found = "".join(f" AND NOT ({_orphaned(tx, key, key.target)})" for key in keys_of(tx, schema, table))
    return shared and (
        f'INSERT INTO "{schema}"."{table}" ({shared}) SELECT {shared} FROM (SELECT (jsonb_populate_record('
        f'NULL::"{schema}"."{table}", r.values)).* FROM "{archive}"."_row" r WHERE r.schema = %s AND r."table" = %s'
        f" ORDER BY r.number) o WHERE true{found} ON CONFLICT DO NOTHING"
    )


def _put_stable_ids(tx: Transaction, archive: str) -> None:
    names = "addon, name, model, record, policy, hash, version, touched"
    tx.execute(
        f'INSERT INTO tenon.stable_id ({names}) SELECT {names} FROM "{archive}"."_stable_id" ON CONFLICT DO NOTHING'
    )


def _put_columns(tx: Transaction, archive: str, columns: Sequence[tuple[Column, str]]) -> None:
    by_table: dict[tuple[str, str], list[Column]] = {}
    for column, kept in columns:
        default = f" DEFAULT {column.default}" if column.default else ""
        required = " NOT NULL" if column.required and column.default else ""
        run_ddl(tx, [f'ALTER TABLE {column.on} ADD COLUMN "{column.name}" {column.type}{default}{required}'])
        by_table.setdefault((column.on, kept), []).append(column)
    for (table, kept), group in by_table.items():
        sets = ", ".join(f'"{column.name}" = a."{column.name}"' for column in group)
        new = ", ".join(f'a."{column.name}"' for column in group)
        old = ", ".join(f'o."{column.name}"' for column in group)
        tx.execute(
            f'UPDATE {table} o SET {sets} FROM "{archive}"."{kept}" a'
            f" WHERE a.id = o.id AND ROW({new}) IS DISTINCT FROM ROW({old})"
        )
        for column in group:
            if column.required and not column.default and not count(tx, table, f'"{column.name}" IS NULL'):
                tx.execute(f'ALTER TABLE {table} ALTER COLUMN "{column.name}" SET NOT NULL')


def _empty_links(tx: Transaction, key: Part) -> Iterator[str]:
    """Let go of records that are gone: empty the link, or leave out the row that cannot be without."""
    where = _orphaned(tx, key, key.target)
    if columns_of(tx, key.target_schema, key.target_table) == frozenset():
        raise MigrateError(
            f"{key.schema}.{key.table} points to {key.target_schema}.{key.target_table}, which is not there any more.",
            hint=FRESH_HINT,
        )
    gone = count(tx, f"{key.on} o", where)
    if not gone:
        return
    what = f"{key.schema}.{key.table}: {gone} links to {key.target_schema}.{key.target_table} lead nowhere now"
    if not _required(tx, key):
        sets = ", ".join(f'"{column}" = NULL' for column in key.columns)
        tx.execute(f"UPDATE {key.on} o SET {sets} WHERE {where}")
        yield f"{what}; they are empty"
        return
    try:
        with tx.savepoint():
            tx.execute(f"DELETE FROM {key.on} o WHERE {where}")
        yield f"{what}; their rows are left out"
    except psycopg.errors.ForeignKeyViolation:
        yield f"{what}; their rows are kept, as others need them"


def _required(tx: Transaction, key: Part) -> bool:
    query = """
        SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND c.relname = %s AND a.attname = ANY(%s) AND a.attnotnull"""
    return bool(tx.rows(query, (key.schema, key.table, list(key.columns))))


def _put_part(tx: Transaction, addon: str, part: Part) -> Iterator[str]:
    """Make a constraint or an index again; where old rows break it, it holds for new ones."""
    statement = f'ALTER TABLE {part.on} ADD CONSTRAINT "{part.name}" {part.definition}'
    try:
        with tx.savepoint():
            _run(tx, part.definition if part.kind == "i" else statement)
    except (psycopg.errors.CheckViolation, psycopg.errors.ForeignKeyViolation):
        _run(tx, f"{statement} NOT VALID")
        yield f"{part.schema}.{part.table}: {part.name} holds for new records only; some that are there break it"
    except (psycopg.errors.UniqueViolation, psycopg.errors.ExclusionViolation) as error:
        raise MigrateError(
            f'"{addon}" cannot be restored: {part.schema}.{part.table} has records by now that break {part.name}.'
            f" {error.diag.message_detail or ''}".strip(),
            hint=FRESH_HINT,
        ) from error


def _run(tx: Transaction, statement: str) -> None:
    run_ddl(tx, [statement])
