"""Keeping operations apart, and getting past the locks of requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

import psycopg

from kernel.addons.runtime import SWITCH_LOCK, Runtime
from kernel.db import Cluster, Pool
from kernel.db.trouble import caused_by
from kernel.errors import BusyError, ConflictError, TenonError

OPERATION_LOCK: Final = 0x6F7065726174
OPERATION_WAIT: Final = 30.0
"""Seconds an operation waits for another one on the same tenant."""
SWITCH_ATTEMPTS: Final = 10

_LOCKED: Final = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_REFUSED: Final = (psycopg.Error, BusyError, ConflictError)

T = TypeVar("T")

_HOLDERS: Final = """
    SELECT a.pid, a.application_name, coalesce(a.usename::text, ''), extract(epoch FROM now() - a.xact_start)::int,
        coalesce(a.state, ''),
        coalesce(array_agg(DISTINCT n.nspname || '.' || c.relname) FILTER (WHERE c.oid IS NOT NULL), '{}')
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
    LEFT JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p')
    LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.granted AND l.pid <> pg_backend_pid() AND coalesce(a.xact_start < now() - interval '1 second', true)
        AND (n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') OR l.locktype = 'advisory'
            AND (l.classid::bigint << 32) + l.objid::bigint = %(switch)s)
    GROUP BY a.pid, a.application_name, a.usename, a.xact_start, a.state ORDER BY a.xact_start NULLS LAST LIMIT 3
"""


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
            with suppress(psycopg.OperationalError):  # a connection that is lost holds no lock
                connection.execute("SELECT pg_advisory_unlock(%s)", (OPERATION_LOCK,))


def with_lock_retries(switch: Callable[[], T], who: Callable[[], Sequence[Holder]] = tuple) -> T:
    """Run a switch, or a step beside it, again as a whole while somebody holds a lock it needs.

    `who` is asked at the end, so that the error names those who hold one.
    """
    for attempt in range(1, SWITCH_ATTEMPTS + 1):
        try:
            return switch()
        except _REFUSED as error:
            if not caused_by(error, _LOCKED):
                raise
            if attempt == SWITCH_ATTEMPTS:
                raise _still_locked(who()) from error
            time.sleep(0.2 * attempt)
    raise AssertionError("SWITCH_ATTEMPTS is at least 1")


@dataclass(frozen=True, slots=True)
class Holder:
    """A session that has held locks on a tenant's tables for a while."""

    pid: int
    program: str
    role: str
    seconds: int | None
    """Since its transaction began; None where the operator may not know."""
    state: str
    tables: tuple[str, ...]

    def __str__(self) -> str:
        age = "" if self.seconds is None else f" for {self.seconds} seconds"
        what = f"{self.state or 'at work'}{age}"
        return f"process {self.pid} ({self.program or 'unnamed'}, role {self.role}, {what}) holds {self._held()}"

    def _held(self) -> str:
        more = " and more" if len(self.tables) > 3 else ""
        return f"{', '.join(self.tables[:3])}{more}" if self.tables else "the lock of a request"


def holders(cluster: Cluster, database: str) -> list[Holder]:
    """Who has held a lock in a database for longer than a request takes, the oldest first; never what they ask."""
    try:
        with cluster.connect(database) as connection:
            rows = connection.execute(_HOLDERS, {"switch": SWITCH_LOCK}).fetchall()
    except (psycopg.Error, TenonError):
        return []
    return [Holder(pid, program, role, age, state, tuple(tables)) for pid, program, role, age, state, tables in rows]


def _still_locked(found: Sequence[Holder]) -> BusyError:
    if not found:
        return BusyError(
            f"Requests keep the tenant's tables locked; {SWITCH_ATTEMPTS} attempts failed. Nothing was changed.",
            hint="Try again when long reports and jobs have ended.",
            code="locked",
        )
    ends = " ".join(f"SELECT pg_terminate_backend({holder.pid});" for holder in found)
    return BusyError(
        f"The tenant's tables are locked: {'; '.join(map(str, found))}. Nothing was changed.",
        hint=f"Wait until it has ended, or end it with psql: {ends} Then run the command again.",
        code="locked",
    )
