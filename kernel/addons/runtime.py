"""The runtime of one process: its tenants, and the transactions that run in them.

The first statement of every transaction reads the tenant's generations (and the session, if there is a
token) and takes the shared side of the switch lock, which an operation on addons holds exclusively. So an
install shows at the next transaction, and no request sees half of one.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from kernel.addons.assembly import Assembly, Library
from kernel.addons.migrations.revisions import KERNEL, kernel_history
from kernel.addons.stores import Stores
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool, TenantRow, Transaction, retrying, transaction
from kernel.errors import AddonError, BusyError, EditionError, MissingError
from kernel.orm import Env

T = TypeVar("T")
SWITCH_LOCK: Final = 0x74656E6F6E
"""Key of the advisory lock, per tenant database, that keeps requests and switches of addons apart."""
SWITCH_WAIT: Final = 10.0
"""Seconds a request waits for a switch to end."""
KNOWN_TENANTS: Final = 10_000

_STATE = "SELECT s.generation, s.data_generation, pg_try_advisory_xact_lock_shared(%s)"
_PLAIN = f"{_STATE} FROM tenon.state s"
_WITH_SESSION = (
    f"{_STATE}, n.id, n.user_id, n.seen_at < now() - interval '60 seconds' FROM tenon.state s"
    " LEFT JOIN tenon.session n ON n.token_hash = %s AND n.expires_at > now()"
    " AND n.seen_at > now() - make_interval(secs => %s)"
)

_AT = (
    "SELECT name, revision FROM tenon.addon WHERE state = 'installed'"
    " UNION ALL SELECT 'tenon', version_num FROM tenon.revision"
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """The session of a token, valid now. `stale`: its last use should be noted again."""

    id: int
    user: int
    stale: bool


class Visit:
    """One transaction in a tenant, admitted: the assembly is that of the tenant's own generation."""

    def __init__(self, tx: Transaction, assembly: Assembly, view: TenantView, session: SessionRow | None) -> None:
        self.tx = tx
        self.assembly = assembly
        self.view = view
        self.session = session
        self._root: Env | None = None

    def env(self, user: int | None = None, why: str = "") -> Env:
        """An env of a user, or of the system with a reason. All envs of a visit share one cache."""
        if self._root is None:
            self._root = system_env(self.tx, self.assembly, self.view)
        return self._root.as_system(why) if user is None else self._root.as_user(user)

    def flush(self) -> None:
        """Send what is still to be written."""
        if self._root is not None:
            self._root.flush()


def system_env(tx: Transaction, assembly: Assembly, view: TenantView) -> Env:
    """The first env of a transaction: the system's."""
    return Env.open(tx, assembly.registry, assembly.ports(view, view.stores))


class Tenant:
    """One tenant in this process."""

    def __init__(self, runtime: Runtime, row: TenantRow) -> None:
        self.runtime = runtime
        self.row = row
        self.cache = TenantCache()
        self.stores = Stores.of(runtime.settings, str(row.uuid))
        self._edition: tuple[int, Assembly] | None = None

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def uuid(self) -> str:
        return str(self.row.uuid)

    def __repr__(self) -> str:
        return f"<tenant {self.name}>"

    @contextmanager
    def visit(self, isolation: str = "repeatable read", *, token_hash: str = "", idle: float = 0.0) -> Iterator[Visit]:
        """One transaction, committed at the end. With `token_hash`, the session is read on the way."""
        with ExitStack() as stack:
            tx, state = self._begin(stack, isolation, token_hash, idle)
            generation, data_generation = state[0], state[1]
            session = SessionRow(*state[3:6]) if token_hash and state[3] is not None else None
            view = TenantView(self.name, self.uuid, tx, self.cache, data_generation, self.stores)
            visit = Visit(tx, self._admit(tx, generation), view, session)
            yield visit
            visit.flush()

    @contextmanager
    def env(self, user: int | None = None, why: str = "", isolation: str = "repeatable read") -> Iterator[Env]:
        """A transaction with an env of a user, or of the system with a reason."""
        with self.visit(isolation) as visit:
            yield visit.env(user, why)

    def run(
        self,
        work: Callable[[Env], T],
        *,
        user: int | None = None,
        why: str = "",
        isolation: str = "repeatable read",
        retry: bool = True,
    ) -> T:
        """Run `work` in a transaction of its own, again as a whole if it conflicts with another."""

        def once() -> T:
            with self.env(user, why, isolation) as env:
                return work(env)

        return retrying(once) if retry else once()

    def assembly(self) -> Assembly:
        """The assembly of the tenant as its database is now."""
        with self.visit() as visit:
            return visit.assembly

    def _begin(
        self, stack: ExitStack, isolation: str, token_hash: str, idle: float
    ) -> tuple[Transaction, tuple[Any, ...]]:
        if self.row.state != "active":
            raise BusyError(f'The tenant "{self.name}" is {self.row.state}.')
        deadline = time.monotonic() + SWITCH_WAIT
        pause = 0.02
        while True:
            tx = stack.enter_context(transaction(self.runtime.pool, self.row.dsn, isolation))
            state = _read_state(tx, token_hash, idle)
            if state[2]:
                return tx, state
            stack.close()
            if time.monotonic() > deadline:
                raise BusyError(f'Addons of the tenant "{self.name}" are being changed.', hint="Try again in a moment.")
            time.sleep(pause)
            pause = min(pause * 2, 0.5)

    def _admit(self, tx: Transaction, generation: int) -> Assembly:
        """The assembly of this generation, if the code in this process is what the database is at."""
        if self._edition is not None and self._edition[0] == generation:
            return self._edition[1]
        revisions = read_revisions_of(tx)
        assembly = self._assemble(revisions)
        for name, revision in revisions.items():
            head = kernel_history()[-1].id if name == KERNEL else assembly.addon(name).head
            if head != revision:
                raise EditionError(
                    f'In tenant "{self.name}", {name} is at revision "{revision}"; this process: "{head}".',
                    hint=f"Upgrade it (tenon addon upgrade {self.name}), or `tenon reload` the server after a deploy.",
                    revisions=revisions,
                )
        self._edition = (generation, assembly)
        return assembly

    def _assemble(self, revisions: Mapping[str, str]) -> Assembly:
        try:
            return self.runtime.library.assembly(name for name in revisions if name != KERNEL)
        except AddonError as error:
            raise EditionError(
                f'The tenant "{self.name}" has addons that this process cannot load. {error.text}',
                hint=error.hint or "Add the folder with the missing addons to TENON_ADDONS_PATH.",
                revisions=revisions,
            ) from error


def _read_state(tx: Transaction, token_hash: str, idle: float) -> tuple[Any, ...]:
    if token_hash:
        return tx.rows(_WITH_SESSION, (SWITCH_LOCK, token_hash, idle))[0]
    return tx.rows(_PLAIN, (SWITCH_LOCK,))[0]


def read_revisions_of(tx: Transaction) -> dict[str, str]:
    """The revision that each installed addon of a tenant is at, and `tenon`, the kernel's own tables."""
    return {str(name): str(revision) for name, revision in tx.rows(_AT)}


class Runtime:
    """One per process: settings, cluster, pool, directory, library, and the tenants in use."""

    def __init__(self, settings: Settings, cluster: Cluster, pool: Pool, control: Control, library: Library) -> None:
        self.settings = settings
        self.cluster = cluster
        self.pool = pool
        self.control = control
        self.library = library
        self._tenants: OrderedDict[str, Tenant] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, library: Library | None = None) -> Runtime:
        """Connect to the cluster (starting a private one if need be) and to the directory.

        `library`: addons that were loaded before this process was forked.
        """
        cluster = Cluster.open(settings)
        pool = Pool(settings.pool_size)
        return cls(settings, cluster, pool, Control.open(cluster, pool), library or Library(settings.addon_roots))

    def close(self) -> None:
        """Close connections, and stop the cluster if this process started it."""
        self.pool.close()
        self.cluster.stop()

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tenant(self, name: str) -> Tenant:
        """The tenant of a name; MissingError with the nearest one."""
        return self.tenant_of(self.control.get(name))

    def tenant_by_host(self, host: str) -> Tenant:
        """The tenant that answers at a host name; MissingError if there is none."""
        row = self.control.by_host(host)
        if row is None:
            raise MissingError(
                f'No tenant answers at "{host}".',
                hint="`tenon tenant list` shows the addresses of all tenants.",
            )
        return self.tenant_of(row)

    def tenant_of(self, row: TenantRow) -> Tenant:
        """The tenant of a directory row; what it has cached survives a change of the row."""
        key = str(row.uuid)
        with self._lock:
            tenant = self._tenants.get(key)
            if tenant is None:
                tenant = self._tenants[key] = Tenant(self, row)
                while len(self._tenants) > KNOWN_TENANTS:
                    self._tenants.popitem(last=False)
            else:
                self._tenants.move_to_end(key)
                tenant.row = row
            return tenant
