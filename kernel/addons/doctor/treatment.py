"""Carrying out a cure in the database of a tenant: as its owner, alone among operations, beside the requests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

import psycopg

from kernel.addons.lifecycle.locks import operation_lock, operator, with_lock_retries
from kernel.addons.lifecycle.switch import LOCK_TIMEOUT
from kernel.addons.runtime import Runtime
from kernel.db import Pool, TenantRow, transaction
from kernel.errors import TenonError

_BUILT: Final = re.compile(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?P<index>\S+) ON (?P<schema>[^.]+)\.")


@dataclass(frozen=True, slots=True)
class Treatment:
    """Runs statements in one tenant's database."""

    runtime: Runtime
    row: TenantRow

    def run(self, statements: Sequence[str], undo: Sequence[str] = ()) -> None:
        """Run them one by one, so that no lock is held for long; `undo` is run where one fails.

        Raises what the database raises; BusyError where requests hold the tables for long.
        """
        with operator(self.runtime, self.row.database) as (pool, dsn), operation_lock(pool, dsn, self.row.name):
            try:
                for statement in statements:
                    if _BUILT.match(statement):
                        _build_index(pool, dsn, statement)
                    else:
                        with_lock_retries(partial(_run, pool, dsn, statement))
            except (psycopg.Error, TenonError):
                for statement in undo:
                    with suppress(psycopg.Error, TenonError):
                        _run(pool, dsn, statement)
                raise


def _run(pool: Pool, dsn: str, statement: str) -> None:
    with transaction(pool, dsn, "read committed") as tx:
        tx.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        tx.execute(statement.replace("%", "%%"))


def _build_index(pool: Pool, dsn: str, statement: str) -> None:
    """Outside of a transaction, beside requests that write; what a failed build leaves is dropped."""
    with pool.connection(dsn) as connection:
        try:
            connection.execute(statement.encode(), prepare=False)
        except psycopg.Error:
            built = _BUILT.match(statement)
            if built is not None and not connection.closed:
                drop = f"DROP INDEX CONCURRENTLY IF EXISTS {built['schema']}.{built['index']}"
                connection.execute(drop.encode(), prepare=False)
            raise
