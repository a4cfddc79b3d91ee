"""Running revisions: one Alembic environment per addon, with its own version table `<addon>.revision`.

Alembic works on a connection that is borrowed from a transaction of ours, so that the whole of an operation
commits or rolls back as one.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from typing import Final

from kernel.addons.migrations.revisions import Revision
from kernel.db import Transaction
from kernel.errors import MigrateError

VERSION_TABLE: Final = "revision"
RUNNER: Final = "kernel.addons.migrations.alembic_steps"
"""Imported by name when a revision is to run: Alembic and SQLAlchemy take 0.2 s to load."""


def current(tx: Transaction, schema: str) -> str:
    """The revision that an addon's schema is at; "" where there is none."""
    table = f'"{schema}"."{VERSION_TABLE}"'
    if tx.rows("SELECT to_regclass(%s)", (table,))[0][0] is None:
        return ""
    rows = tx.rows(f"SELECT version_num FROM {table}")
    return str(rows[0][0]) if rows else ""


def pending(tx: Transaction, addon: str, history: Sequence[Revision], schema: str = "") -> tuple[Revision, ...]:
    """The revisions of a history that are still to be applied; `schema` is that of an archive."""
    at = current(tx, schema or addon)
    if not at:
        return tuple(history)
    for position, revision in enumerate(history):
        if revision.id == at:
            return tuple(history[position + 1 :])
    raise MigrateError(
        f'The schema of "{addon}" is at revision "{at}", which its migrations do not know.',
        hint="The database was made by newer code. Deploy that code, or restore a backup.",
    )


def run_ddl(tx: Transaction, statements: Sequence[str]) -> None:
    """Run statements without parameters, in one round trip; a `%` in them is just that."""
    if statements:
        tx.connection.execute(";\n".join(statements).encode(), prepare=False)


def stamp(tx: Transaction, addon: str, revision: str) -> None:
    """Note that a schema is at a revision, without running anything."""
    table = f'"{addon}"."{VERSION_TABLE}"'
    tx.execute(f'CREATE SCHEMA IF NOT EXISTS "{addon}"')
    tx.execute(
        f"CREATE TABLE IF NOT EXISTS {table} (version_num varchar(32) NOT NULL,"
        f" CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
    )
    tx.execute(f"DELETE FROM {table}")
    if revision:
        tx.execute(f"INSERT INTO {table} VALUES (%s)", (revision,))


def apply(tx: Transaction, revisions: Iterable[Revision]) -> None:
    """Run revisions in the order given; each addon's version table follows."""
    todo = list(revisions)
    if todo:
        importlib.import_module(RUNNER).apply(tx, todo)
