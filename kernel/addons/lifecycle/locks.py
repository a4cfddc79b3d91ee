"""Keeping operations apart, and getting past the locks of requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final, TypeVar

import psycopg

from kernel.addons.runtime import Runtime
from kernel.db import Pool
from kernel.db.trouble import caused_by
from kernel.errors import BusyError, ConflictError

OPERATION_LOCK: Final = 0x6F7065726174
OPERATION_WAIT: Final = 30.0
"""Seconds an operation waits for another one on the same tenant."""
SWITCH_ATTEMPTS: Final = 10

_LOCKED: Final = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_REFUSED: Final = (psycopg.Error, BusyError, ConflictError)

T = TypeVar("T")


@contextmanager
def operator(runtime: Runtime, database: str) -> Iterator[tuple[Pool, str]]:
    """A small pool and the DSN by which the operator acts as the owner of a database."""
    with closing(Pool(2)) as pool:
        yield pool, runtime.cluster.owner_dsn(database)


@contextmanager
def operation_lock(pool: Pool, dsn: str, tenant: str) -> Iterator[None]:
    """Hold the tenant's operation lock; it goes with the process if that is killed."""
    with pool.connection(dsn) as connection:
        deadline = time.monotonic() + OPERATION_WAIT
        while True:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (OPERATION_LOCK,)).fetchone()
            if row and row[0]:
                break
            if time.monotonic() > deadline:
                raise BusyError(
                    f'Another operation on the tenant "{tenant}" is running.', hint="Wait until it has ended."
                )
            time.sleep(0.1)
        try:
            yield
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (OPERATION_LOCK,))


def with_lock_retries(switch: Callable[[], T]) -> T:
    """Run a switch, or a step beside it, again as a whole while somebody holds a lock it needs."""
    for attempt in range(1, SWITCH_ATTEMPTS):
        try:
            return switch()
        except _REFUSED as error:
            if not caused_by(error, _LOCKED):
                raise
            time.sleep(0.2 * attempt)
    try:
        return switch()
    except _REFUSED as error:
        if not caused_by(error, _LOCKED):
            raise
        raise BusyError(
            f"Requests keep the tenant's tables locked; {SWITCH_ATTEMPTS} attempts failed.",
            hint="Nothing was changed. Try again when long reports and jobs have ended.",
        ) from error
