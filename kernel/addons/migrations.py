"""Running revisions: one Alembic environment per addon, with its own version table `<addon>.revision`.

Alembic works on a connection that is borrowed from a transaction of ours, so that the whole of an operation
commits or rolls back as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from kernel.addons.revisions import Revision
from kernel.db import Transaction
from kernel.errors import MigrateError

VERSION_TABLE: Final = "revision"


class _Borrowed:
    """A connection of psycopg that its borrower can neither commit, roll back nor close."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None: ...


@contextmanager
def borrowed(tx: Transaction) -> Iterator[sa.Connection]:
    """A connection of SQLAlchemy inside the transaction `tx`, which stays in charge."""
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: _Borrowed(tx.connection),
        poolclass=StaticPool,
        use_native_hstore=False,
        skip_autocommit_rollback=True,
    )
    with engine.connect() as connection:
        yield connection


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
    if not todo:
        return
    for addon in dict.fromkeys(revision.addon for revision in todo):
        tx.execute(f'CREATE SCHEMA IF NOT EXISTS "{addon}"')
    with borrowed(tx) as connection:
        for revision in todo:
            _apply_one(connection, revision)


def _apply_one(connection: sa.Connection, revision: Revision) -> None:
    folder = str(revision.path.parent)
    script = ScriptDirectory(folder, version_locations=[folder])

    def step(at: Any, _context: MigrationContext) -> Any:
        return script._upgrade_revs(revision.id, at)

    options = {"version_table": VERSION_TABLE, "version_table_schema": revision.addon, "fn": step}
    context = MigrationContext.configure(connection, opts=options)
    try:
        with Operations.context(context):
            context.run_migrations()
    except (SQLAlchemyError, CommandError) as error:
        original = getattr(error, "orig", None)
        if isinstance(original, (psycopg.errors.LockNotAvailable, psycopg.errors.SerializationFailure)):
            raise original from error
        raise MigrateError(
            f"The revision {revision} ({revision.path.name}) failed: {original or error}",
            hint="Nothing was changed.",
        ) from error
