"""The door into a tenant: one transaction per request. Tests open another one, on their own transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

from kernel.addons import Assembly, Tenant, Visit
from kernel.db import retrying, transaction
from kernel.http.sessions import touch_session

T = TypeVar("T")


class MovedError(Exception):
    """The tenant has other addons than a moment ago: match the route again."""


class Door(Protocol):
    """How a request gets its transaction."""

    def assembly(self, tenant: Tenant) -> Assembly:
        """The addons of the tenant as last seen; may be behind, which `enter` then shows."""
        ...

    def moved(self, tenant: Tenant, assembly: Assembly) -> None:
        """A visit has found other addons than `assembly` told."""

    def enter(self, tenant: Tenant, isolation: str, token_hash: str) -> AbstractContextManager[Visit]:
        """One transaction, its session read on the way."""
        ...

    def attempt(self, work: Callable[[], T]) -> T:
        """Run the work of one request, again as a whole where it conflicts with another."""
        ...

    def touch(self, tenant: Tenant, session: int) -> None:
        """Note that a session is in use, after the work is done."""


class PooledDoor:
    """Transactions on pooled connections: the door of a server."""

    def __init__(self, idle: float) -> None:
        """`idle`: seconds without use after which a session has ended."""
        self._idle = idle
        self._seen: WeakKeyDictionary[Tenant, Assembly] = WeakKeyDictionary()

    def assembly(self, tenant: Tenant) -> Assembly:
        """Read from the database once; later visits keep it up to date."""
        seen = self._seen.get(tenant)
        if seen is None:
            seen = self._seen[tenant] = tenant.assembly()
        return seen

    def enter(self, tenant: Tenant, isolation: str, token_hash: str) -> AbstractContextManager[Visit]:
        """A visit of the tenant."""
        return tenant.visit(isolation, token_hash=token_hash, idle=self._idle)

    def moved(self, tenant: Tenant, assembly: Assembly) -> None:
        """Remember what a visit has found."""
        self._seen[tenant] = assembly

    def attempt(self, work: Callable[[], T]) -> T:
        """Up to five times."""
        return retrying(work)

    def touch(self, tenant: Tenant, session: int) -> None:
        """In a transaction of its own: two requests of one session must not conflict over it."""
        with transaction(tenant.runtime.pool, tenant.row.dsn, "read committed") as tx:
            touch_session(tx, session)
