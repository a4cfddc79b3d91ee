"""A transaction on one tenant's database: statements, savepoints, calls after commit, retries as a whole.

REPEATABLE READ unless said otherwise, so a request sees one state of the data. A conflict with another
transaction ends it with a serialization failure; `retrying` then runs the whole work again.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal, LiteralString, TypeVar, cast

import psycopg
from psycopg import errors as pg

from kernel.db import trouble
from kernel.db.pool import Pool
from kernel.errors import BusyError, ConflictError, DeveloperError, TransactionDeadError

T = TypeVar("T")
Isolation = Literal["repeatable read", "read committed"]
Row = tuple[Any, ...]

log = logging.getLogger("tenon.db")

_BEGIN = {
    ("repeatable read", False): "BEGIN ISOLATION LEVEL REPEATABLE READ",
    ("repeatable read", True): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    ("read committed", False): "BEGIN ISOLATION LEVEL READ COMMITTED",
    ("read committed", True): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
}
FIRST_PAUSE = 0.01
PATIENCE = 15.0
"""Seconds in which a server that restarts is back."""


class Transaction:
    """One transaction that has begun. `transaction()` makes it and ends it."""

    __slots__ = (
        "_after_commit",
        "_depth",
        "_execute",
        "connection",
        "cursor",
        "dead",
        "explain",
        "isolation",
        "log",
        "races",
        "seconds",
        "statements",
    )

    def __init__(self, connection: psycopg.Connection[Row], isolation: str = "repeatable read") -> None:
        self.connection = connection
        self.cursor: psycopg.Cursor[Row] = connection.cursor()
        self.isolation = isolation
        self.statements = 0
        """How many statements were sent, without BEGIN and COMMIT; tests assert on it."""
        self.seconds = 0.0
        """Time spent waiting for statements, COPY not counted."""
        self.explain: Callable[[psycopg.Error, str], Exception | None] | None = None
        """Asked what to say of a failed statement (its text is given) instead of PostgreSQL's words."""
        self.log: list[str] | None = None
        """The statements' texts, when a list is put here."""
        self.races: set[str] = set()
        """Unique constraints by whose keys rows were looked for before they were created; their violation is a race."""
        self.dead: BaseException | None = None
        """The first database error; a savepoint that is rolled back forgets the errors inside it."""
        self._execute = self._sender()
        self._after_commit: list[Callable[[], None]] = []
        self._depth = 0

    def _sender(self) -> Callable[[str, Sequence[object]], psycopg.Cursor[Row]]:
        return cast(Callable[[str, Sequence[object]], psycopg.Cursor[Row]], self.cursor.execute)

    def kill(self, error: BaseException) -> None:
        """Refuse every further statement, as what was sent must not be committed; a savepoint can be rolled back."""
        self.dead = error
        self._execute = self._refuse

    def _refuse(self, query: str, params: Sequence[object]) -> psycopg.Cursor[Row]:
        self._check_alive(None)
        raise DeveloperError("A transaction that is not dead refused a statement.")

    def execute(self, query: str, params: Sequence[object] = ()) -> psycopg.Cursor[Row]:
        """Send one statement. The cursor is reused: take its rows before the next call."""
        self.statements += 1
        if self.log is not None:
            self.log.append(query)
        started = time.perf_counter()
        try:
            return self._execute(query, params)
        except psycopg.Error as error:
            self._failed(error, query)
            raise
        finally:
            self.seconds += time.perf_counter() - started

    def rows(self, query: str, params: Sequence[object] = ()) -> list[Row]:
        return self.execute(query, params).fetchall()

    def script(self, text: str) -> psycopg.Cursor[Row]:
        """Send SQL as it is: without parameters, so that a `%` is just that; several statements if need be."""
        self._control(text)
        return self.cursor

    def executemany(self, query: str, params: Sequence[Sequence[object]]) -> None:
        """One statement for many rows of parameters, in one pipeline."""
        self.statements += 1
        if self.log is not None:
            self.log.append(query)
        try:
            self.cursor.executemany(_literal(query), params)
        except psycopg.Error as error:
            self._failed(error, query)
            raise

    @contextmanager
    def copy(self, query: str) -> Iterator[psycopg.Copy]:
        """COPY ... FROM STDIN or TO STDOUT."""
        self.statements += 1
        if self.log is not None:
            self.log.append(query)
        try:
            with self.cursor.copy(_literal(query)) as copy:
                yield copy
        except psycopg.Error as error:
            self._failed(error, query)
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is undone if it raises, also the calls it registered with `after_commit`."""
        calls, dead = len(self._after_commit), self.dead
        self._depth += 1
        name = f"s{self._depth}"
        try:
            self._control(f"SAVEPOINT {name}")
            try:
                yield
                self._check_alive(dead)
                self._control(f"RELEASE SAVEPOINT {name}")
            except BaseException:
                del self._after_commit[calls:]
                if not self.connection.closed:
                    self._control(f"ROLLBACK TO SAVEPOINT {name}")
                    self._control(f"RELEASE SAVEPOINT {name}")
                    self.dead = dead
                    if dead is None:
                        self._execute = self._sender()
                raise
        finally:
            self._depth -= 1

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run `call` once the transaction is committed, never if it is not."""
        self._after_commit.append(call)

    def begin(self, read_only: bool) -> None:
        try:
            self._raw(_BEGIN[self.isolation, read_only])
        except psycopg.Error as error:
            self._failed(error, "BEGIN")
            raise

    def commit(self) -> None:
        """COMMIT; an error that somebody swallowed before is raised here rather than lost."""
        self._check_alive(None)
        try:
            self._raw("COMMIT")
        except psycopg.OperationalError as error:
            if self.connection.closed or self.connection.broken:
                raise trouble.unsure() from error
            raise

    def rollback(self) -> None:
        """ROLLBACK; a connection that is lost by then has done so itself, and must not hide what went wrong."""
        if not self.connection.broken and not self.connection.closed:
            with suppress(psycopg.OperationalError):
                self._raw("ROLLBACK")

    def run_after_commit(self) -> None:
        """Each call by itself: the work is committed, so a failing call is logged and harms no other."""
        calls, self._after_commit = self._after_commit, []
        for call in calls:
            try:
                call()
            except Exception:
                log.exception("A call after commit failed: %r", call)

    def _control(self, query: str) -> None:
        self.statements += 1
        if self.log is not None:
            self.log.append(query)
        try:
            self._raw(query)
        except psycopg.Error as error:
            self._failed(error, query)
            raise

    def _raw(self, query: str) -> None:
        self.cursor.execute(_literal(query), prepare=False)

    def _check_alive(self, before: BaseException | None) -> None:
        if self.dead is not None and self.dead is not before:
            raise _died(self.dead) from self.dead

    def _failed(self, error: psycopg.Error, query: str) -> None:
        """Remember the first error; later ones only say "aborted", so they quote the first."""
        if self.dead is None:
            self.dead = error
            if _has_old_plan(error):
                self.connection.close()  # another one knows the tables as they are now
            if isinstance(error, pg.UniqueViolation) and error.diag.constraint_name in self.races:
                raise trouble.RaceError from error
            told = self.explain(error, query) if self.explain is not None else None
            told = told or trouble.told(error, self.connection.closed)
            if told is not None:
                raise told from error
        elif isinstance(error, pg.InFailedSqlTransaction) or self.connection.closed:
            raise _died(self.dead) from self.dead


def _has_old_plan(error: BaseException) -> bool:
    """A prepared statement whose columns have changed since: an operation on addons came in between."""
    return isinstance(error, pg.FeatureNotSupported) and "cached plan" in str(error)


def _literal(query: str) -> LiteralString:
    """psycopg asks for literal texts; here the ORM's compiled ones pass."""
    return cast(LiteralString, query)  # type: ignore[redundant-cast]


def _died(first: BaseException) -> TransactionDeadError:
    said = (str(first).strip().splitlines() or [type(first).__name__])[0]
    return TransactionDeadError(
        f"The transaction has failed before: {said}",
        hint="Wrap what may fail in `with env.savepoint():`, or let the error end the transaction.",
    )


@contextmanager
def transaction(
    pool: Pool, dsn: str, isolation: str = "repeatable read", read_only: bool = False
) -> Iterator[Transaction]:
    """Begin on a pooled connection; commit at the end, roll back on any error.

    Raises ConflictError where another transaction was in the way, BusyError where the server was.
    """
    if (isolation, read_only) not in _BEGIN:
        raise DeveloperError(f'No isolation "{isolation}".', hint='"repeatable read" or "read committed".')
    with pool.connection(dsn) as connection:
        current = Transaction(connection, isolation)
        try:
            current.begin(read_only)
            yield current
            current.commit()
        except BaseException as error:
            current.rollback()
            if (told := trouble.conflict(error)) is not None:
                raise told from error
            raise
        finally:
            current.cursor.close()
    current.run_after_commit()


def retrying(work: Callable[[], T], attempts: int = 5) -> T:
    """Run `work`, which opens its own transaction, again as a whole when it conflicted with another one."""
    pause = FIRST_PAUSE
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except Exception as error:
            if not is_conflict(error):
                raise
            if attempt == attempts:
                raise ConflictError(
                    f"The same data was changed by others at the same moment; {attempts} attempts failed.",
                    hint="Try again.",
                ) from (error.__cause__ if isinstance(error, ConflictError) else error)
        time.sleep(random.uniform(0.5, 1.0) * pause)  # noqa: S311 - jitter, not a secret
        pause *= 2
    raise DeveloperError(f"retrying needs at least one attempt, not {attempts}.")


def patiently(work: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Run `work`, which may be done twice, again while the server is away, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return work()
        except (psycopg.OperationalError, BusyError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def is_conflict(error: BaseException | None) -> bool:
    """Whether the same work may succeed now: a serialization failure, a deadlock, a race, a plan out of date."""
    while error is not None:
        if isinstance(error, (*trouble.CONFLICTS, trouble.RaceError)) or _has_old_plan(error):
            return True
        error = error.__cause__
    return False
