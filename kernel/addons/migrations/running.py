"""Running revisions inside a transaction of ours, so that the whole of a switch commits or rolls back as one.

Each addon notes its newest revision in its own table `<addon>.revision`, which moves with the schema.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg

from kernel.addons.migrations.filling import fill_rest
from kernel.addons.migrations.parts import load_parts
from kernel.addons.migrations.revisions import Revision
from kernel.addons.migrations.steps import Fill, FillInPython, Step
from kernel.db import Transaction
from kernel.db.trouble import CONFLICTS
from kernel.errors import MigrateError

VERSION_TABLE: Final = "revision"
ALEMBIC: Final = "kernel.addons.migrations.alembic_steps"
"""Imported by name for a revision that uses it: Alembic and SQLAlchemy take 0.2 s to load."""
_CONCURRENTLY: Final = re.compile(
    r"^(\s*(?:CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\s+\w+))\s+CONCURRENTLY\b", re.IGNORECASE
)


def current(tx: Transaction, schema: str) -> str:
    """The revision that an addon's schema is at; "" where there is none."""
    table = f'"{schema}"."{VERSION_TABLE}"'
    if tx.rows("SELECT to_regclass(%s)", (table,))[0][0] is None:
        return ""
    rows = tx.rows(f"SELECT version_num FROM {table}")
    return str(rows[0][0]) if rows else ""


def pending(tx: Transaction, addon: str, history: Sequence[Revision], schema: str = "") -> tuple[Revision, ...]:
    """The revisions of a history that are still to be applied; `schema` is that of an archive."""
    return following(addon, history, current(tx, schema or addon))


def following(addon: str, history: Sequence[Revision], at: str) -> tuple[Revision, ...]:
    """The revisions of a history after the one a schema is at; MigrateError where it is not among them."""
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
        tx.script(";\n".join(statements))


def stamp(tx: Transaction, addon: str, revision: str) -> None:
    """Note that a schema is at a revision, without running anything."""
    table = f'"{addon}"."{VERSION_TABLE}"'
    tx.script(
        f'CREATE SCHEMA IF NOT EXISTS "{addon}";'
        f" CREATE TABLE IF NOT EXISTS {table} (version_num varchar(32) NOT NULL,"
        f" CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num)); DELETE FROM {table}"
    )
    if revision:
        tx.execute(f"INSERT INTO {table} VALUES (%s)", (revision,))


def apply(tx: Transaction, revisions: Iterable[Revision]) -> None:
    """Run revisions in the order given, each as a whole."""
    for revision in revisions:
        run_revision(tx, revision)


def run_revision(
    tx: Transaction,
    revision: Revision,
    *,
    prepared: bool = False,
    clean_later: bool = False,
    report: Callable[[str], None] | None = None,
) -> None:
    """Run one revision in the transaction of a switch, and note it.

    Of what was `prepared` online only the fills run again, for the rows that changed since. What the revision
    cleans up runs here as well, unless it happens later.
    """
    parts = load_parts(revision)
    tell = report or (lambda _text: None)
    tx.execute(f'CREATE SCHEMA IF NOT EXISTS "{revision.addon}"')
    with failing(revision, tx):
        for step in parts.prepare:
            if not prepared or isinstance(step, (Fill, FillInPython)):
                run_step(tx, step)
        for step in parts.upgrade:
            run_step(tx, step)
        if parts.alembic is not None:
            importlib.import_module(ALEMBIC).run(tx, parts.alembic)
        for step in () if clean_later else parts.clean:
            run_step(tx, step)
    tell(str(revision))
    stamp(tx, revision.addon, revision.id)


def run_step(tx: Transaction, step: Step) -> None:
    """Run one step in a transaction; nothing can be CONCURRENTLY there."""
    if isinstance(step, str):
        tx.script(_CONCURRENTLY.sub(r"\1", step))
    elif isinstance(step, (Fill, FillInPython)):
        fill_rest(tx, step)
    else:
        step(tx)


def is_concurrent(step: Step) -> bool:
    """Whether a step can run outside of a transaction only."""
    return isinstance(step, str) and _CONCURRENTLY.match(step) is not None


@contextmanager
def failing(revision: Revision, tx: Transaction | None = None) -> Iterator[None]:
    """Tell an error of the database as one of the revision. Locks and conflicts stay what they are."""
    try:
        yield
    except (psycopg.errors.LockNotAvailable, *CONFLICTS):
        raise
    except psycopg.Error as error:
        if (tx is not None and tx.connection.closed) or isinstance(error, psycopg.OperationalError):
            raise  # it is the server's, not the revision's
        raise MigrateError(
            f"The revision {revision} ({revision.path.name}) failed: {str(error).strip()}", hint="Nothing was changed."
        ) from error
