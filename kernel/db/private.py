"""A private PostgreSQL cluster: made, started, joined and stopped by the processes that use it.

One folder per major version: `<data dir>/pg/15/data`. The server listens on a Unix socket only, in a short
folder under /tmp (a socket's path may have 107 bytes). Two locked files keep processes apart:

- `start.lock`, held alone while a process looks whether the server runs, starts it or stops it;
- `users.lock`, held shared by every process that uses the server. Who leaves last stops it, if tenon
  started it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from kernel.db import account, binaries
from kernel.db.account import Setup
from kernel.errors import ConfigError

SUPERUSER = "tenon"
PATIENCE = 60.0
"""Seconds to wait for another process that starts or stops the same cluster."""

_OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "unix_socket_permissions": "0700",
}
_ACCESS = f"""\
# Written by tenon. The socket's folder is open to one account only.
local all {SUPERUSER} trust
local all all scram-sha-256
"""


class PrivateCluster:
    """One running private server, as this process sees it."""

    def __init__(self, root: Path, options: Mapping[str, str] | None = None) -> None:
        """Start the cluster under `root`, or join it if it runs."""
        self._setup: Setup = account.arrange(root, binaries.choose(_majors(root)))
        self._options = {**_OPTIONS, **(options or {})}
        self.bindir = self._setup.binaries.bindir
        self.started_here = False
        self._pid = os.getpid()
        self._prepare_folders()
        self._users = os.open(self._setup.base / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with self._alone():
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._join_or_start()
        except BaseException:
            os.close(self._users)
            raise

    @property
    def data(self) -> Path:
        return self._setup.base / "data"

    @property
    def socket(self) -> Path:
        mark = hashlib.sha256(str(self._setup.base.resolve()).encode()).hexdigest()[:10]
        return Path(f"/tmp/tenon-{self._setup.account.uid}-{mark}")  # noqa: S108 - owner and mode are checked

    def dsn(self, database: str) -> str:
        return make_conninfo(host=str(self.socket), port="5432", user=SUPERUSER, dbname=database)

    def close(self) -> None:
        """Leave the cluster; stop it if tenon started it and no other process uses it."""
        if self._pid != os.getpid() or self._users < 0:
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                if self._mark.exists():
                    self._stop()
            os.close(self._users)
            self._users = -1

    @property
    def _mark(self) -> Path:
        """Says that tenon started the server that runs, not a person with pg_ctl."""
        return self._setup.base / "started"

    def _prepare_folders(self) -> None:
        try:
            self._setup.account.make_folder(self._setup.base)
        except OSError as error:
            raise ConfigError(
                f"The data folder cannot be used: {error}.",
                hint="Set TENON_DATA_DIR to a folder this user may write to.",
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self._setup.base / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise ConfigError(
                            f"Another process has been starting the database for {PATIENCE:.0f} seconds.",
                            hint=f"Look at {self._setup.base / 'log'}.",
                        ) from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(handle)

    def _join_or_start(self) -> None:
        self._check_socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        elif self._answers():
            return
        elif self._runs():
            if self._answers(wait=10):
                return
            self._stop()
            self._check_socket_folder()
        self._start()
        self.started_here = True
        self._mark.touch()

    def _check_socket_folder(self) -> None:
        """Another account may have put something at this guessable place under /tmp: then refuse."""
        self._setup.account.make_folder(self.socket)
        found = self.socket.lstat()
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        if not private or found.st_uid != self._setup.account.uid:
            raise ConfigError(
                f"{self.socket} belongs to somebody else.",
                hint="Remove it, or set TENON_DATA_DIR to another folder.",
            )

    def _create(self) -> None:
        building = self._setup.base / "data.new"
        if building.exists():
            shutil.rmtree(building)
        # "C" orders as C.UTF-8 does, by code point, but compares bytes: sorts took up to five times as long
        self._tool(
            "initdb", self._setup.binaries.tool("initdb"), "-D", building, "-U", SUPERUSER, "-A", "trust",
            "-E", "UTF8", "--no-sync", "--locale-provider=libc", "--locale=C.UTF-8", "--lc-collate=C",
        )  # fmt: skip
        (building / "pg_hba.conf").write_text(_ACCESS)
        building.rename(self.data)

    def _start(self) -> None:
        self._remove_stale_pid()
        options = {**self._options, "unix_socket_directories": str(self.socket)}
        words = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        log = self._setup.base / "log"
        self._tool(
            "pg_ctl start", self._setup.binaries.tool("pg_ctl"),
            "-D", self.data, "-w", "-s", "-t", "60", "-l", log, "-o", words, "start",
        )  # fmt: skip

    def _stop(self) -> None:
        program = self._setup.binaries.tool("pg_ctl")
        self._tool("pg_ctl stop", program, "-D", self.data, "-m", "fast", "-w", "-s", "-t", "60", "stop")
        self._mark.unlink(missing_ok=True)
        self.started_here = False
        with suppress(OSError):
            self.socket.rmdir()

    def _runs(self) -> bool:
        self._remove_stale_pid()
        return self._setup.account.works(self._setup.binaries.tool("pg_ctl"), "-D", self.data, "status")

    def _answers(self, wait: float = 0) -> bool:
        deadline = time.monotonic() + wait
        while True:
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.1)
            else:
                return True

    def _remove_stale_pid(self) -> None:
        """A restarted container reuses process numbers: `postmaster.pid` may name a stranger."""
        path = self.data / "postmaster.pid"
        try:
            number = path.read_text().split("\n", 1)[0].strip()
            command = Path(f"/proc/{int(number)}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if b"postgres" not in command and b"postmaster" not in command:
            path.unlink(missing_ok=True)

    def _tool(self, what: str, program: Path | str, *arguments: str | Path) -> None:
        done = self._setup.account.run(program, *arguments)
        if done.returncode == 0:
            return
        log = self._setup.base / "log"
        lines = (log.read_text(errors="replace") if log.exists() else "").splitlines()[-5:]
        said = "\n  ".join([*done.stdout.strip().splitlines()[-5:], *lines])
        raise ConfigError(
            f"The private database cannot be used: {what} failed.\n  {said}",
            hint=f"Look at {log}, or set TENON_DATABASE_URL to a server.",
        )


def _majors(root: Path) -> frozenset[int]:
    """The versions there is data of."""
    found = (path for place in account.places(root) for path in place.glob("*/data/PG_VERSION"))
    names = (path.parent.parent.name for path in found)
    return frozenset(int(name) for name in names if name.isdigit())
