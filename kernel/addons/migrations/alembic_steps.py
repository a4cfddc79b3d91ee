"""Running revisions with Alembic, on a connection that is borrowed from a transaction of ours.

Imported when a revision is to run, so that a process that only serves pays for neither Alembic nor SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from kernel.addons.migrations.revisions import Revision
from kernel.addons.migrations.running import VERSION_TABLE
from kernel.db import Transaction
from kernel.errors import MigrateError


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


def apply(tx: Transaction, todo: Sequence[Revision]) -> None:
    """Run revisions in the order given; each addon's version table follows."""
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
