"""One PostgreSQL server with its databases: given by TENON_DATABASE_URL, else a private cluster.

The operator's role creates databases and roles. In every database the role `tenon_owner` owns all tables, and
`tenon_app` may read and write rows; neither can log in. A tenant has its own login role (tenants.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kernel.config import Settings
from kernel.db import binaries, trouble
from kernel.db.private import PrivateCluster
from kernel.errors import ConfigError

OWNER = "tenon_owner"
APP = "tenon_app"
CONNECT_TIMEOUT = 5
_CARE = {
    "fallback_application_name": "tenon",
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


class Cluster:
    """How to reach one server; stops it at the end if this process (and nobody else) needed it."""

    def __init__(self, settings: Settings, dsn: str, private: PrivateCluster | None, version: int) -> None:
        self.settings = settings
        self.version = version
        self._dsn = _with_care(dsn)
        self._private = private
        self._roles_made = False

    @classmethod
    def open(cls, settings: Settings, *, options: Mapping[str, str] | None = None) -> Cluster:
        """Connect to the configured server, or start or join the private one.

        `options` are settings of the private server, as `postgres -c` takes them.
        """
        if settings.database_url:
            return cls(settings, settings.database_url, None, _check(settings.database_url))
        private = PrivateCluster(settings.data_dir / "pg", options)
        dsn = private.dsn("postgres")
        return cls(settings, dsn, private, _check(dsn))

    @property
    def major(self) -> int:
        return self.version // 10000

    @property
    def started_here(self) -> bool:
        return self._private is not None and self._private.started_here

    @property
    def bindir(self) -> Path | None:
        """Programs of the server's own version (psql, pg_dump), if they are on this machine."""
        return self._private.bindir if self._private else binaries.for_major(self.major)

    @property
    def maintenance(self) -> str:
        """The database to connect to for creating others: the one of the URL, else `postgres`."""
        return str(conninfo_to_dict(self._dsn).get("dbname") or "postgres")

    def dsn(self, database: str) -> str:
        """The operator's way in."""
        return make_conninfo(self._dsn, dbname=database)

    def owner_dsn(self, database: str) -> str:
        """The operator acting as `tenon_owner`, so that what it creates belongs to that role."""
        self.make_roles()
        options = f"{conninfo_to_dict(self._dsn).get('options') or ''} -c role={OWNER}".strip()
        return make_conninfo(self._dsn, dbname=database, options=options)

    def login_dsn(self, database: str, role: str, password: str) -> str:
        return make_conninfo(self._dsn, dbname=database, user=role, password=password)

    @contextmanager
    def connect(self, database: str | None = None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A direct connection of the operator, in autocommit mode, beside the pool."""
        name = database or self.maintenance
        try:
            connection = psycopg.connect(self.dsn(name), autocommit=True, connect_timeout=CONNECT_TIMEOUT)
        except psycopg.OperationalError as error:
            raise _unreachable(self.dsn(name), error) from error
        with connection:
            yield connection

    def make_roles(self) -> None:
        """Create the two roles every tenant's database shares, once per server."""
        if self._roles_made:
            return
        with self.connect() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('tenon:roles', 0))")
            rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", ([OWNER, APP],))
            known = {row[0] for row in rows}
            if not {OWNER, APP} <= known:
                _check_rights(connection)
            for role in (OWNER, APP):
                name = sql.Identifier(role)
                if role not in known:
                    connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
                    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
        self._roles_made = True

    def stop(self) -> None:
        """Leave the server. A private one stops when nobody else uses it and tenon started it."""
        if self._private is not None:
            self._private.close()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _check(dsn: str) -> int:
    try:
        with psycopg.connect(dsn, connect_timeout=CONNECT_TIMEOUT) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise _unreachable(dsn, error) from error
    if version // 10000 < binaries.OLDEST_MAJOR:
        raise ConfigError(
            f"The server runs PostgreSQL {version // 10000}; {binaries.OLDEST_MAJOR} or later is needed.",
            hint="Upgrade the server, or unset TENON_DATABASE_URL to use a private one.",
        )
    return version


def _check_rights(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    row = connection.execute(
        "SELECT rolname, rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is not None and not row[1]:
        raise ConfigError(
            f'The role "{row[0]}" may not create databases and roles.',
            hint=f'Run on the server: ALTER ROLE "{row[0]}" CREATEDB CREATEROLE;',
        )


def _unreachable(dsn: str, error: psycopg.Error) -> ConfigError:
    """As said of a running server, with the words of the driver where nothing better is known."""
    told = trouble.unreachable(dsn, error)
    said = str(error).strip().splitlines()[-1:] or ["no answer"]
    more = f" {said[0].strip()}" if told.text.endswith("cannot be reached.") else ""
    return ConfigError(f"{told.text}{more}", hint=told.hint)


def _with_care(dsn: str) -> str:
    """Sessions say whose they are, and a connection that is dead without a goodbye is noticed within a minute."""
    try:
        return make_conninfo("", **{**_CARE, **conninfo_to_dict(dsn)})
    except psycopg.Error as error:
        raise _unreachable(dsn, error) from error
