"""The control database: clusters, the directory of tenants, templates and filed operations.

It is not on the path of a request: what `by_host` found is used for 30 seconds, and for as long as the
control database does not answer. Everything in it can be rebuilt from the tenants' own databases.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql

from kernel.db.cluster import Cluster
from kernel.db.pool import Pool
from kernel.db.transaction import Transaction, patiently, transaction
from kernel.errors import BusyError, MissingError, UserError, suggest

T = TypeVar("T")
DATABASE = "tenon_control"
FRESH = 30.0
UNKNOWN_FRESH = 1.0
"""A host name without a tenant, or with one half made, is remembered so long: a new tenant answers at once."""
CACHE_SIZE = 20_000

ACTIVE, CREATING, DELETING = "active", "creating", "deleting"

_STEPS = (
    """
    CREATE TABLE control.cluster (
        id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL UNIQUE,
        dsn text NOT NULL DEFAULT ''  -- empty: the server this database is on
    );
    INSERT INTO control.cluster (name) VALUES ('main');
    CREATE TABLE control.tenant (
        uuid uuid PRIMARY KEY,
        name text NOT NULL UNIQUE,
        hostnames text[] NOT NULL DEFAULT '{}',  -- beside <name>.<base domain>
        database text NOT NULL UNIQUE,
        cluster int NOT NULL DEFAULT 1 REFERENCES control.cluster,
        state text NOT NULL CHECK (state IN ('creating', 'active', 'suspended', 'deleting')),
        addons text[] NOT NULL DEFAULT '{}',
        serial int NOT NULL DEFAULT 1,  -- of the login role's password
        created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX tenant_hostnames ON control.tenant USING gin (hostnames);
    CREATE TABLE control.template (
        name text PRIMARY KEY,
        addons text[] NOT NULL,
        used_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE control.operation (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        tenant uuid NOT NULL REFERENCES control.tenant ON DELETE CASCADE,
        kind text NOT NULL,
        arguments jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'filed' CHECK (state IN ('filed', 'running', 'done', 'failed')),
        answer text NOT NULL DEFAULT '',
        filed_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz
    );
    CREATE INDEX operation_filed ON control.operation (id) WHERE state = 'filed';
    """,
    """
    ALTER TABLE control.operation
        ADD COLUMN progress int NOT NULL DEFAULT 0,  -- percent
        ADD COLUMN attempts int NOT NULL DEFAULT 0;
    CREATE INDEX operation_running ON control.operation (id) WHERE state = 'running';
    """,
)
_COLUMNS = "uuid, name, hostnames, database, state, addons, serial"


@dataclass(frozen=True, slots=True)
class TenantRow:
    """One tenant as the directory knows it; `dsn` logs in as the tenant's own role."""

    uuid: UUID
    name: str
    hostnames: tuple[str, ...]
    database: str
    dsn: str
    state: str
    addons: tuple[str, ...]


def login_role(uuid: UUID) -> str:
    return f"tenant_{uuid.hex}"


def database_of(tenant: str) -> str:
    """The name of a tenant's database."""
    return f"tenon_{tenant.replace('-', '_')}"


def password(master_key: bytes, uuid: UUID, serial: int) -> str:
    """The login role's password: derived when needed, stored nowhere."""
    return hmac.new(master_key, f"tenant-login:{uuid}:{serial}".encode(), hashlib.sha256).hexdigest()


class Control:
    """The directory. `open` makes the database where it is missing."""

    def __init__(self, cluster: Cluster, pool: Pool, database: str = DATABASE) -> None:
        self.cluster = cluster
        self.pool = pool
        self.database = database
        self.dsn = cluster.dsn(database)
        self._key = cluster.settings.master_keys[-1]  # the oldest: roles keep their passwords when a key is added
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, tuple[float, TenantRow | None]] = OrderedDict()

    @classmethod
    def open(cls, cluster: Cluster, pool: Pool, database: str = DATABASE) -> Control:
        control = cls(cluster, pool, database)
        control._prepare()
        return control

    def run(self, work: Callable[[Transaction], T]) -> T:
        with transaction(self.pool, self.dsn, "read committed") as tx:
            return work(tx)

    def tenants(self) -> list[TenantRow]:
        return self._select("ORDER BY name")

    def find(self, name: str) -> TenantRow | None:
        """The tenant of this name as it is now, past the cache."""
        return next(iter(self._select("WHERE name = %s", (name,))), None)

    def get(self, name: str) -> TenantRow:
        """`find`, or a MissingError that suggests the nearest name."""
        found = self.find(name)
        if found is None:
            names = [row.name for row in self.tenants()]
            hint = f"Tenants: {', '.join(names)}." if names else f"Create it: tenon tenant create {name}"
            if self._has_database(database_of(name)):
                hint = f"But {database_of(name)} is on the server: `tenon doctor --repair` takes in what is lost."
            raise MissingError(f'There is no tenant "{name}".{suggest(name, names)}', hint=hint)
        return found

    def by_uuid(self, uuid: UUID) -> TenantRow:
        """The tenant of this identity."""
        rows = self._select("WHERE uuid = %s", (uuid,))
        if not rows:
            raise MissingError(f"There is no tenant {uuid}.")
        return rows[0]

    def by_host(self, host: str) -> TenantRow | None:
        """The tenant that answers at a host name: `<name>.<base domain>` or one of its own names."""
        key = host.rsplit(":", 1)[0].rstrip(".").lower() if not host.endswith("]") else host
        now = time.monotonic()
        with self._lock:
            kept = self._cache.get(key)
        if kept is not None and now - kept[0] < (FRESH if kept[1] and kept[1].state == ACTIVE else UNKNOWN_FRESH):
            return kept[1]
        try:
            found = self._look_up(key)
        except (psycopg.OperationalError, BusyError):
            if kept is None:
                raise
            return kept[1]
        with self._lock:
            self._cache[key] = (now, found)
            self._cache.move_to_end(key)
            if len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
        return found

    def add(self, uuid: UUID, name: str, database: str, hostnames: Iterable[str] = ()) -> TenantRow:
        """Enter a tenant in the state `creating`; its name must be free."""
        wanted = self._free_hostnames(uuid, hostnames)
        query = (
            "INSERT INTO control.tenant (uuid, name, database, hostnames, state) "
            f"VALUES (%s, %s, %s, %s, 'creating') ON CONFLICT DO NOTHING RETURNING {_COLUMNS}"
        )
        rows = self.run(lambda tx: tx.rows(query, (uuid, name, database, wanted)))
        if not rows:
            raise UserError(
                f'There is a tenant "{name}" already.',
                hint=f"Choose another name, or delete it first: tenon tenant delete {name}",
                code="tenant_exists",
            )
        self.forget()
        return self._row(rows[0])

    def set_state(self, uuid: UUID, state: str) -> TenantRow:
        return self._update(uuid, "state = %s", state)

    def set_addons(self, uuid: UUID, addons: Iterable[str]) -> TenantRow:
        """Note which addons the tenant's database says it has; a directory that went away is waited for."""
        names = list(addons)
        return patiently(lambda: self._update(uuid, "addons = %s", names))

    def activate(self, uuid: UUID, addons: Iterable[str]) -> TenantRow:
        """Say that a tenant is ready, and what it has; a directory that went away is waited for."""
        names = list(addons)
        return patiently(lambda: self._update(uuid, f"state = '{ACTIVE}', addons = %s", names))

    def set_hostnames(self, uuid: UUID, hostnames: Iterable[str]) -> TenantRow:
        return self._update(uuid, "hostnames = %s", self._free_hostnames(uuid, hostnames))

    def remove(self, uuid: UUID) -> None:
        self.run(lambda tx: tx.execute("DELETE FROM control.tenant WHERE uuid = %s", (uuid,)))
        self.forget()

    def forget(self) -> None:
        """Drop what this process remembers of the directory."""
        with self._lock:
            self._cache.clear()

    def _has_database(self, name: str) -> bool:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return bool(self.run(lambda tx: tx.rows(query, (name,))))

    def _free_hostnames(self, uuid: UUID, hostnames: Iterable[str]) -> list[str]:
        """The names in small letters; each answers for one tenant only."""
        wanted = list(dict.fromkeys(name.lower() for name in hostnames))
        query = "SELECT name, hostnames FROM control.tenant WHERE hostnames && %s::text[] AND uuid <> %s"
        for other, taken in self.run(lambda tx: tx.rows(query, (wanted, uuid))):
            both = ", ".join(sorted(set(wanted) & set(taken)))
            raise UserError(f'The tenant "{other}" answers at {both} already.', hint="Choose another name.")
        return wanted

    def _look_up(self, host: str) -> TenantRow | None:
        suffix = f".{self.cluster.settings.base_domain}"
        if host.endswith(suffix):
            rows = self._select("WHERE name = %s", (host.removesuffix(suffix),))
            if rows:
                return rows[0]
        return next(iter(self._select("WHERE hostnames @> ARRAY[%s::text]", (host,))), None)

    def _select(self, rest: str, params: tuple[object, ...] = ()) -> list[TenantRow]:
        query = f"SELECT {_COLUMNS} FROM control.tenant {rest}"
        return [self._row(row) for row in self.run(lambda tx: tx.rows(query, params))]

    def _update(self, uuid: UUID, change: str, value: object) -> TenantRow:
        query = f"UPDATE control.tenant SET {change} WHERE uuid = %s RETURNING {_COLUMNS}"
        rows = self.run(lambda tx: tx.rows(query, (value, uuid)))
        if not rows:
            raise MissingError(f"There is no tenant {uuid}.")
        self.forget()
        return self._row(rows[0])

    def _row(self, row: tuple[Any, ...]) -> TenantRow:
        uuid, name, hostnames, database, state, addons, serial = row
        secret = password(self._key, uuid, serial)
        dsn = self.cluster.login_dsn(database, login_role(uuid), secret)
        return TenantRow(uuid, name, tuple(hostnames), database, dsn, state, tuple(addons))

    def _prepare(self) -> None:
        """Make the database and bring its schema to the last step; harmless when several processes do so."""
        name = sql.Identifier(self.database)
        with self.cluster.connect() as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, (self.database,)).fetchone() is None:
                create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name)
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(create)
        with self.cluster.connect(self.database) as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('tenon:control', 0))")
            connection.execute("CREATE SCHEMA IF NOT EXISTS control")
            connection.execute("CREATE TABLE IF NOT EXISTS control.step (number int PRIMARY KEY)")
            row = connection.execute("SELECT coalesce(max(number), 0) FROM control.step").fetchone()
            done = int(row[0]) if row else 0
            if not done:  # under the lock: PostgreSQL refuses two who change the rights of a database at once
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            for number, statements in enumerate(_STEPS[done:], start=done + 1):
                connection.execute(statements)
                connection.execute("INSERT INTO control.step VALUES (%s)", (number,))
