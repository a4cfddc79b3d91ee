"""One bounded pool of connections over all tenants.

A process may hold `size` connections in all, whatever the number of databases. An idle one is kept for its
database; when another database needs the place, the connection idle for longest is closed. Who finds no place
waits two seconds, then gets a BusyError (503): better than a queue that nobody serves.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_dumps, set_json_loads

from kernel.db import trouble
from kernel.errors import BusyError

Connection = psycopg.Connection[tuple[Any, ...]]

WAIT = 2.0
PREPARED_MAX = 300
CONNECT_TIMEOUT = 5


def _adapters() -> AdaptersMap:
    own = AdaptersMap(adapters)
    set_json_loads(orjson.loads, own)
    set_json_dumps(lambda value: orjson.dumps(value).decode(), own)
    return own


ADAPTERS = _adapters()


class Pool:
    """Connections in autocommit mode (Transaction says BEGIN itself), in UTC, with prepared statements."""

    def __init__(self, size: int, *, wait: float = WAIT, prepare: bool = True) -> None:
        self.size = size
        self._wait = wait
        self._prepare = prepare
        self._changed = threading.Condition()
        self._idle: OrderedDict[Connection, str] = OrderedDict()
        """Connection -> DSN; the one idle for longest first."""
        self._count = 0
        self._closed = False
        self._pid = os.getpid()

    @contextmanager
    def connection(self, dsn: str) -> Iterator[Connection]:
        """Lend a connection; a broken one, or one left inside a transaction, does not come back."""
        connection = self._take(dsn)
        try:
            yield connection
        finally:
            self._give(connection, dsn)

    @property
    def open_connections(self) -> int:
        return self._count

    def forget(self, dsn: str) -> None:
        """Close the idle connections to a database, before it is dropped or renamed."""
        with self._changed:
            gone = [connection for connection, target in self._idle.items() if target == dsn]
            for connection in gone:
                del self._idle[connection]
            self._count -= len(gone)
            self._changed.notify_all()
        for connection in gone:
            connection.close()

    def close(self) -> None:
        """Close the idle connections; those lent are closed when they come back."""
        with self._changed:
            self._closed = True
            gone = list(self._idle)
            self._idle.clear()
            self._count -= len(gone)
        if self._pid == os.getpid():
            for connection in gone:
                connection.close()

    def _take(self, dsn: str) -> Connection:
        if self._pid != os.getpid():
            self._start_over()
        deadline = time.monotonic() + self._wait
        while True:
            connection, surplus = self._reserve(dsn, deadline)
            if surplus is not None:
                surplus.close()
            if connection is None:
                return self._connect(dsn)
            if _is_alive(connection):
                return connection
            self._discard(connection)

    def _reserve(self, dsn: str, deadline: float) -> tuple[Connection | None, Connection | None]:
        """An idle connection to use, or the right to open one and perhaps another to close first."""
        with self._changed:
            while True:
                for connection in reversed(self._idle):
                    if self._idle[connection] == dsn:
                        del self._idle[connection]
                        return connection, None
                if self._count < self.size:
                    self._count += 1
                    return None, None
                if self._idle:
                    return None, self._idle.popitem(last=False)[0]
                if not self._changed.wait(deadline - time.monotonic()):
                    raise BusyError(
                        f"All {self.size} database connections of this process are in use.",
                        hint="Try again in a moment; raise TENON_POOL_SIZE if this happens often.",
                    )

    def _connect(self, dsn: str) -> Connection:
        try:
            connection = psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT, context=ADAPTERS)
        except BaseException as error:
            self._release_place()
            if isinstance(error, psycopg.OperationalError):
                raise trouble.unreachable(dsn, error) from error
            raise
        connection.prepare_threshold = 5 if self._prepare else None
        connection.prepared_max = PREPARED_MAX
        if connection.info.parameter_status("TimeZone") != "UTC":
            connection.execute("SET TIME ZONE 'UTC'")
        if not (connection.info.parameter_status("DateStyle") or "").startswith("ISO"):
            connection.execute("SET DateStyle TO ISO")  # days are read as texts
        return connection

    def _give(self, connection: Connection, dsn: str) -> None:
        reusable = (
            not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE and not self._closed
        )
        if not reusable:
            self._discard(connection)
            return
        with self._changed:
            self._idle[connection] = dsn
            self._changed.notify()

    def _discard(self, connection: Connection) -> None:
        connection.close()
        self._release_place()

    def _release_place(self) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify()

    def _start_over(self) -> None:
        """After a fork: the sockets belong to the parent, this process opens its own."""
        self._changed = threading.Condition()
        self._idle = OrderedDict()
        self._count = 0
        self._pid = os.getpid()


def _is_alive(connection: Connection) -> bool:
    """Without a round trip: an idle connection has something to read only when the server said goodbye."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
