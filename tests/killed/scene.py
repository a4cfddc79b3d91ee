"""A server with three tenants and their clients: one where addons come and go, two that must not notice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, LiteralString, cast

import psycopg
from psycopg.conninfo import make_conninfo

from cli.logins import make_login
from kernel.addons import Library, Runtime
from kernel.addons.doctor.checksums import checksums
from kernel.addons.lifecycle.locks import OPERATION_LOCK
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.migrations.snapshot import Snapshot, differences, take
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool, transaction
from tests.killed.load import Client
from tests.killed.toys import write_desk, write_stamp
from tests.processes import environment, free_port, run_tenon, start_tenon, stop, wait_for

HERE: Final = "here"
OTHERS: Final = ("north", "south")
NOTES: Final = 2000
RIGHTS: Final = ("base.access", "base.group", "base.group_implies", "base.rule", "base.rule_groups", "base.user_groups")
"""Where rows of an addon come and go with it."""

WATCH: Final = "watch"
"""The name of the test's own sessions."""
_SEEDS: Final = """
    SELECT md5(string_agg((id, title, pages, worth)::text, ',' ORDER BY id)) FROM desk.note WHERE title ~ '^seed'"""
_ADDONS: Final = "SELECT name, version, revision FROM tenon.addon WHERE state = 'installed' ORDER BY name"
_LOAD: Final = "SELECT title, pages FROM desk.note WHERE starts_with(title, 'load ')"
_OPERATING: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = %s"
)
_END: Final = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name <> %s"""
_SWITCHING: Final = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
        AND application_name <> %s ORDER BY backend_start DESC"""
_IDLE: Final = """
    SELECT a.pid, a.state, a.query FROM pg_stat_activity a WHERE a.datname = current_database() AND (
        EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.mode = 'ExclusiveLock')
        OR (a.state LIKE 'idle in transaction%' AND a.state_change < now() - interval '2 s'))"""


@dataclass(frozen=True)
class State:
    """What a tenant is: which addons in which edition, its schema, and the rows of others."""

    addons: tuple[tuple[str, str, str], ...]
    schema: Snapshot
    sums: Mapping[str, tuple[int, str]]
    seeds: str

    def is_like(self, other: State) -> bool:
        """Whether it is the other one, but for what an upgrade has prepared, or has still to clean up."""
        aside = [line for line in differences(other.schema, self.schema) if "extra" not in line]
        return (self.addons, self.sums, self.seeds, aside) == (other.addons, other.sums, other.seeds, [])


@dataclass
class Scene:
    """The place where it all happens."""

    root: Path
    cluster: Cluster
    control: Control
    environ: dict[str, str]
    server: subprocess.Popen[str]
    port: int
    clients: dict[str, Client]
    watches: dict[str, psycopg.Connection[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def here(self) -> Client:
        """Those who work where addons come and go."""
        return self.clients[HERE]

    def tenon(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that runs to its end."""
        return run_tenon(self.environ, *words)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command that may be killed."""
        return start_tenon(self.environ, *words, stderr=subprocess.PIPE)

    def rows(self, query: str, params: Any = None, name: str = HERE) -> list[tuple[Any, ...]]:
        """What SQL says in the database of a tenant; on a session that stays."""
        if name not in self.watches or self.watches[name].closed:
            dsn = make_conninfo(self.cluster.dsn(self.control.get(name).database), application_name=WATCH)
            self.watches[name] = psycopg.connect(dsn, autocommit=True)
        return self.watches[name].execute(cast(LiteralString, query), params).fetchall()

    def state(self, name: str = HERE) -> State:
        """The tenant as it is now, without what its clients write all the time."""
        row = self.control.get(name)
        dsn = self.cluster.owner_dsn(row.database)
        with transaction(self.control.pool, dsn) as tx:
            sums = checksums(tx, ("base", "web", "desk"), leave_out=("stamp",))
            quiet = {table: found for table, found in sums.items() if table not in (*RIGHTS, "desk.note")}
            addons = tuple(tx.rows(_ADDONS))
            state = State(addons, take(tx), quiet, str(tx.rows(_SEEDS)[0][0]))
        self.control.pool.forget(dsn)
        return state

    def operating(self) -> bool:
        """Whether an operation holds the lock of the tenant where addons come and go."""
        return bool(self.rows(_OPERATING, (OPERATION_LOCK,)))

    def crash(self) -> None:
        """Kill the process of the server that carries out the operation; PostgreSQL then ends all others, too."""
        (pid,) = self.rows(_SWITCHING, (WATCH,))[0]
        os.kill(pid, signal.SIGKILL)
        for watch in self.watches.values():
            watch.close()

    def end_sessions(self) -> int:
        """Let the server end the operator's sessions there; how many there were."""
        return int(self.rows(_END, (WATCH,))[0][0])

    def nothing_sleeps(self) -> None:
        """No lock and no transaction is left there of who was killed."""
        deadline = time.monotonic() + 10
        while left := self.rows(_IDLE):
            assert time.monotonic() < deadline, left
            time.sleep(0.02)

    def nothing_lost(self) -> None:
        """Every write that a client was told of is there, and no client has seen an error."""
        for name, client in self.clients.items():
            told = dict(client.seen.acknowledged)
            there: dict[str, int] = dict(self.rows(_LOAD, None, name))
            lost = {
                title: pages for title, pages in told.items() if there.get(title) not in (pages, int(title[5:]) % 7)
            }
            assert not lost, f"{name} lost {lost}"
            assert client.seen.errors == [], name


@contextmanager
def scene(root: Path, settings: Settings, cluster: Cluster, control: Control, pool: Pool) -> Iterator[Scene]:
    """Three tenants with notes, a server over them, and clients at work."""
    write_desk(root)
    write_stamp(root)
    with cluster.connect() as connection:
        connection.execute("ALTER ROLE ALL SET synchronous_commit = on")  # what is told as written survives a crash
    runtime = Runtime(settings, cluster, pool, control, Library([root, SOURCE_ROOT]))
    environ = environment(settings.data_dir, root)
    logins = {}
    for name in (HERE, *OTHERS):
        tenant = create_tenant(runtime, name, ["desk"])
        with tenant.env(why="a test") as env:
            env.model("desk.note").create([{"title": f"seed {i}", "pages": i % 9} for i in range(NOTES)])
        logins[name] = make_login(tenant, "ann", groups=("desk.user",), administrator=False)
    port = free_port()
    server = start_tenon(environ, "serve", "--port", str(port), "--workers", "1", "--threads", "8", "--no-worker")
    try:
        wait_for(port)
        with ExitStack() as stack:
            clients = {name: Client(name, port, login.login, login.password) for name, login in logins.items()}
            for client in clients.values():
                stack.enter_context(client)
                client.wait_until_served()
            made = Scene(root, cluster, control, environ, server, port, clients)
            yield made
        for watch in made.watches.values():
            watch.close()
    finally:
        assert stop(server, signal.SIGTERM) == 0
