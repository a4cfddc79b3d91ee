"""Running a function `upgrade()` that uses Alembic's `op`, on a connection that is borrowed from a transaction of ours.

Imported when there is such a one, so that other processes pay for neither Alembic nor SQLAlchemy.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from kernel.db import Transaction
from kernel.errors import MigrateError

_ONE_AT_A_TIME: Final = threading.Lock()
"""`alembic.op` is one name for all threads: two at once would write into each other's databases."""


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


def run(tx: Transaction, upgrade: Callable[[], object]) -> None:
    """Call the function with Alembic's `op` at work in `tx`. An error of the database is raised as that."""
    with _ONE_AT_A_TIME, borrowed(tx) as connection:
        context = MigrationContext.configure(connection)
        try:
            with Operations.context(context):
                upgrade()
        except SQLAlchemyError as error:
            original = getattr(error, "orig", None)
            if isinstance(original, psycopg.Error):
                raise original from error
            raise MigrateError(f"A migration failed: {error}", hint="Nothing was changed.") from error
        except CommandError as error:
            raise MigrateError(f"A migration failed: {error}", hint="Nothing was changed.") from error


def as_sql(upgrade: Callable[[], object]) -> list[str] | None:
    """The statements that the function would send; None where it asks the database for something."""
    out = StringIO()
    options = {"as_sql": True, "output_buffer": out}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    try:
        with _ONE_AT_A_TIME, Operations.context(context):
            upgrade()
    except Exception:
        return None  # whatever it is that it wants of a connection: there is none
    return [line.strip() for line in out.getvalue().split(";\n\n") if line.strip()]
