"""The archive of an addon: what a tenant keeps of it after it was uninstalled, in schema `archive_<addon>`.

The addon's schema is renamed, with tables, sequences and revision. Beside its tables the archive holds what
stood elsewhere: values of columns in the tables of others (`<schema>__<table>`), and in tables that begin
with `_` (no model's name does) how to put it all back.

    _addon, _owned, _stable_id   rows of the kernel's tables
    _column, _part               columns, constraints and indexes in the tables of others, foreign keys
    _row                         rows of others that belong to the addon: groups, rights, settings, as JSON
    _neighbour                   the addons whose records all this is about, and when they were installed
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from typing import Final

import psycopg

from kernel.addons.lifecycle.inventory import (
    Column,
    Part,
    added_columns,
    added_parts,
    cascading_keys,
    incoming_keys,
    outgoing_keys,
    tables,
)
from kernel.db import Transaction
from kernel.db.cluster import APP
from kernel.errors import ConflictError, MigrateError

PREFIX: Final = "archive_"
_MAX_NAME: Final = 63
_COPIED: Final = {"_addon": ("addon", "name"), "_owned": ("owned", "addon"), "_stable_id": ("stable_id", "addon")}
"""Table of the archive -> table of the kernel, and the column that names the addon."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows in a table of another addon that belong to the one that is uninstalled."""

    schema: str
    table: str
    where: str
    """SQL about a row `o`, with one `%s` or two: the addon, and how the names of its models begin."""


@dataclass(frozen=True, slots=True)
class Archived:
    """An addon that was uninstalled and can come back: as it was when it went."""

    name: str
    version: str
    revision: str


def archive_of(addon: str) -> str:
    """The schema that holds an addon's archive."""
    return cut(PREFIX + addon)


def cut(name: str) -> str:
    """A name that SQL takes: too long a one ends in a digest of the whole."""
    if len(name.encode()) <= _MAX_NAME:
        return name
    return f"{name[: _MAX_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def archived(tx: Transaction) -> dict[str, Archived]:
    """The addons that have an archive here, by name."""
    rows = tx.rows("SELECT name, version, revision FROM tenon.addon WHERE state = 'detached' ORDER BY name")
    return {row[0]: Archived(*row) for row in rows if has_schema(tx, archive_of(row[0]))}


def has_schema(tx: Transaction, name: str) -> bool:
    """Whether there is a schema of this name."""
    return bool(tx.rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", (name,)))


def detach(tx: Transaction, addon: str, claims: Sequence[Claim]) -> None:
    """Take an addon out of the database and keep it in its archive. Its dependents are gone already."""
    archive = archive_of(addon)
    if has_schema(tx, archive):
        raise ConflictError(
            f'There is an archive of "{addon}" already, in schema {archive}.',
            hint="It is of an installation before. Rename or drop that schema.",
        )
    columns, parts, keys = added_columns(tx, addon), added_parts(tx, addon), outgoing_keys(tx, addon)
    refuse_strangers(tx, addon, columns)
    tx.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _rename(tx, addon, archive)
    _note_places(tx, archive, columns, [*parts, *keys])
    _drop(tx, archive, columns, parts, keys)
    for table, (source, column) in _COPIED.items():
        tx.execute(f'CREATE TABLE "{archive}"."{table}" AS SELECT * FROM tenon.{source} WHERE {column} = %s', (addon,))
    others = {column.schema for column in columns} | {part.schema for part in parts}
    others |= {part.target_schema for part in (*parts, *keys)}
    tx.execute(
        f'CREATE TABLE "{archive}"."_neighbour" AS'
        " SELECT name, installed_at FROM tenon.addon WHERE name = ANY(%s) AND name <> %s",
        (sorted(others | {claim.schema for claim in claims}), addon),
    )
    tx.execute("DELETE FROM tenon.owned WHERE addon = %s", (addon,))
    tx.execute("DELETE FROM tenon.stable_id WHERE addon = %s", (addon,))
    _keep_rows(tx, archive, addon, claims)
    tx.execute("UPDATE tenon.addon SET state = 'detached' WHERE name = %s", (addon,))
    for kind, rights in (("TABLES", "INSERT, UPDATE, DELETE, TRUNCATE"), ("SEQUENCES", "USAGE, UPDATE")):
        tx.execute(f'REVOKE {rights} ON ALL {kind} IN SCHEMA "{archive}" FROM {APP}')


def purge(tx: Transaction, addon: str, traces: Sequence[Claim] = ()) -> None:
    """Forget an addon that was detached: its archive is dropped, and what others note about its records.

    Else records of a later installation, which have the same ids, would have the history of these.
    """
    for trace in traces:
        tx.execute(f'DELETE FROM "{trace.schema}"."{trace.table}" o WHERE {trace.where}', (f"{addon}.",))
    tx.execute(f'DROP SCHEMA IF EXISTS "{archive_of(addon)}" CASCADE')
    tx.execute("DELETE FROM tenon.addon WHERE name = %s AND state = 'detached'", (addon,))


def refuse_strangers(tx: Transaction, addon: str, columns: Sequence[Column], going: Collection[str] = ()) -> None:
    """Raise where a table that no addon declares this for points to a table of the addon.

    `columns` and the tables of addons that are `going` may point to it.
    """
    own = {(column.schema, column.table, column.name) for column in columns}
    strangers = [
        key
        for key in incoming_keys(tx, addon)
        if key.schema not in going and not all((key.schema, key.table, column) in own for column in key.columns)
    ]
    if strangers:
        named = ", ".join(f"{key.schema}.{key.table}({', '.join(key.columns)})" for key in strangers)
        raise ConflictError(
            f'Tables point to those of "{addon}" that are not its own: {named}.',
            hint="Uninstall the addon they belong to as well, or drop the foreign keys if they were made by hand.",
        )


# -- the addon's tables, and what it has in the tables of others ------------------------------------------
def _rename(tx: Transaction, addon: str, archive: str) -> None:
    if has_schema(tx, addon):
        tx.execute(f'ALTER SCHEMA "{addon}" RENAME TO "{archive}"')
    else:
        tx.execute(f'CREATE SCHEMA "{archive}"')


def _note_places(tx: Transaction, archive: str, columns: Sequence[Column], parts: Sequence[Part]) -> None:
    tx.execute(
        f'CREATE TABLE "{archive}"."_column" (schema text, "table" text, name text, type text,'
        " required boolean, value text, kept text)"
    )
    tx.execute(
        f'CREATE TABLE "{archive}"."_part" (kind text, schema text, "table" text, name text, definition text,'
        " columns text[], target_schema text, target_table text, target_columns text[])"
    )
    taken = set(tables(tx, archive))
    places = {(column.schema, column.table): "" for column in columns}
    for schema, table in places:
        kept = cut(f"{schema}__{table}")
        while kept in taken:
            kept = cut(f"{kept}_")
        taken.add(kept)
        places[schema, table] = kept
        names = ", ".join(f'"{column.name}"' for column in columns if (column.schema, column.table) == (schema, table))
        tx.execute(f'CREATE TABLE "{archive}"."{kept}" AS SELECT id, {names} FROM "{schema}"."{table}"')
        tx.execute(f'ALTER TABLE "{archive}"."{kept}" ADD PRIMARY KEY (id)')
    if columns:
        rows = [(*astuple(column), places[column.schema, column.table]) for column in columns]
        tx.executemany(f'INSERT INTO "{archive}"."_column" VALUES (%s, %s, %s, %s, %s, %s, %s)', rows)
    if parts:
        shown = [tuple(list(v) if isinstance(v, tuple) else v for v in astuple(part)) for part in parts]
        tx.executemany(f'INSERT INTO "{archive}"."_part" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)', shown)


def _drop(
    tx: Transaction, archive: str, columns: Sequence[Column], parts: Sequence[Part], keys: Sequence[Part]
) -> None:
    """Foreign keys and constraints first, because an index may carry one; then columns."""
    for key in keys:
        tx.execute(f'ALTER TABLE "{archive}"."{key.table}" DROP CONSTRAINT "{key.name}"')
    try:
        for part in sorted(parts, key=lambda part: part.kind != "f"):
            if part.kind == "i":
                tx.execute(f'DROP INDEX "{part.schema}"."{part.name}"')
            else:
                tx.execute(f'ALTER TABLE {part.on} DROP CONSTRAINT "{part.name}"')
        for column in columns:
            tx.execute(f'ALTER TABLE {column.on} DROP COLUMN "{column.name}"')
    except psycopg.errors.DependentObjectsStillExist as error:
        detail = (error.diag.message_detail or str(error)).replace("\n", "; ")
        raise ConflictError(
            f"Something that no addon declares rests on a column that would go: {detail}.",
            hint="Drop it (a view, say) and try again. Nothing was changed.",
        ) from error


# -- rows of others that belong to the addon ----------------------------------------------------------------
def _keep_rows(tx: Transaction, archive: str, addon: str, claims: Sequence[Claim]) -> None:
    """Keep claimed rows and all that would be deleted with them, then delete them."""
    tx.execute(
        f'CREATE TABLE "{archive}"."_row" (number bigint GENERATED ALWAYS AS IDENTITY, schema text NOT NULL,'
        ' "table" text NOT NULL, values jsonb NOT NULL)'
    )
    for claim in claims:
        params = (claim.schema, claim.table, addon, f"{addon}.")[: 2 + claim.where.count("%s")]
        _keep(tx, archive, claim.schema, claim.table, claim.where, params)
    todo = list(dict.fromkeys((claim.schema, claim.table) for claim in claims))
    grew = bool(todo)
    while grew:
        grew = False
        for schema, table in tuple(todo):
            for key in cascading_keys(tx, schema, table):
                params = (key.schema, key.table, schema, table)
                if _keep(tx, archive, key.schema, key.table, _points_to_kept(archive, key), params):
                    grew = True
                if (key.schema, key.table) not in todo:
                    todo.append((key.schema, key.table))
                    grew = True
    try:
        for claim in claims:
            params = (addon, f"{addon}.")[: claim.where.count("%s")]
            tx.execute(f'DELETE FROM "{claim.schema}"."{claim.table}" o WHERE {claim.where}', params)
    except psycopg.errors.ForeignKeyViolation as error:
        raise MigrateError(
            f'Records still use what "{addon}" declared: {error.diag.message_detail or error}',
            hint="Change those records and try again. Nothing was changed.",
        ) from error


def _keep(tx: Transaction, archive: str, schema: str, table: str, where: str, params: tuple[object, ...]) -> int:
    """Copy the rows that are not kept yet; how many."""
    done = tx.execute(
        f'INSERT INTO "{archive}"."_row" (schema, "table", values) SELECT %s, %s, to_jsonb(o)'
        f' FROM "{schema}"."{table}" o WHERE ({where}) AND NOT EXISTS (SELECT FROM "{archive}"."_row" r'
        f" WHERE r.schema = '{schema}' AND r.\"table\" = '{table}' AND r.values = to_jsonb(o))",
        params,
    )
    return done.rowcount


def _points_to_kept(archive: str, key: Part) -> str:
    pairs = " AND ".join(
        f"to_jsonb(o) -> '{column}' = k.values -> '{target}'"
        for column, target in zip(key.columns, key.target_columns, strict=True)
    )
    return f'EXISTS (SELECT FROM "{archive}"."_row" k WHERE k.schema = %s AND k."table" = %s AND {pairs})'
