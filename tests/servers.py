"""A PostgreSQL server of a test's own, which may be stopped, restarted, filled up and cut off.

It listens on a port of this machine, so that it is reached as a server of an integrator is. With `megabytes` its
tables lie in a small file system that exists for its processes only (a mount namespace), and so can be full.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from kernel.db import binaries
from kernel.db.account import Account, named, own
from tests.processes import free_port

_QUICK = ("fsync=off", "full_page_writes=off", "max_connections=40", "shared_buffers=32MB")
_FULL = """
mount -t tmpfs -o size={megabytes}m,mode=0700 tmpfs {base}/small && cp -a {base}/data/base {base}/small/ &&
chown -R {owner} {base}/small && mount --bind {base}/small/base {base}/data/base && exec {run}
"""


class Server:
    """A running server; `url` is what TENON_DATABASE_URL would be."""

    def __init__(self, megabytes: int = 0) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="tenon-server-", dir="/tmp"))
        self.port = free_port()
        self.megabytes = megabytes
        self._bin = binaries.available()[0].bindir
        self._account = (named("postgres") or named("nobody") or own()) if os.geteuid() == 0 else own()
        self.base.chmod(0o711)
        self._account.make_folder(self.base / "data")
        made = self._account.run(
            self._bin / "initdb", "-D", self.base / "data", "-U", "tenon", "-A", "scram-sha-256", "-E", "UTF8",
            "--no-sync", "--locale=C", f"--pwfile={self._password_file()}",
        )  # fmt: skip
        assert made.returncode == 0, made.stdout
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """The way in, as the superuser `tenon`."""
        return f"postgresql://tenon:secret@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *_QUICK]
        command = [str(self._bin / "postgres"), "-D", str(self.base / "data")]
        for option in options:
            command += ["-c", option]
        if self.megabytes:
            command = self._in_small_space(command)
        elif self._account.switch:
            command = [*_as(self._account), *command]
        with (self.base / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True)
        deadline = time.monotonic() + 30
        while not self.answers():
            assert self._process.poll() is None, (self.base / "log").read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether one can log in."""
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown, SIGQUIT an immediate one."""
        assert self._process is not None
        number = (self.base / "data/postmaster.pid").read_text().split("\n", 1)[0]
        os.kill(int(number), how)
        self._process.wait(30)

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it that way, and start it again."""
        self.stop(how)
        self.start()

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Statements, one by one; the rows of the last."""
        with psycopg.connect(self.url, autocommit=True, dbname=database) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def end(self) -> None:
        """Stop it for good, and remove its files."""
        with contextlib.suppress(OSError):
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.base, ignore_errors=True)

    def _password_file(self) -> Path:
        path = self.base / "password"
        path.write_text("secret\n")
        path.chmod(0o644)
        return path

    def _in_small_space(self, command: list[str]) -> list[str]:
        """Run it where `data/base` is a small file system; as root, or as root of a user namespace."""
        (self.base / "small").mkdir(exist_ok=True)
        account = self._account
        words = " ".join(f"'{word}'" for word in ([*_as(account), *command] if account.switch else command))
        spaces = ["--mount"]
        if not account.switch:  # inside, this user is root; PostgreSQL must be somebody else again
            spaces.append("--map-root-user")
            words = f"unshare --user --map-user={account.uid} --map-group={account.gid} {words}"
        owner = f"{account.uid}:{account.gid}" if account.switch else "0:0"
        script = _FULL.format(megabytes=self.megabytes, base=self.base, owner=owner, run=words)
        return ["unshare", *spaces, "sh", "-c", script]


def _as(account: Account) -> list[str]:
    return ["setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]


class Proxy:
    """Stands between Tenon and a server; `cut` ends every connection as a broken network does, without a goodbye."""

    def __init__(self, port: int) -> None:
        self.target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[socket.socket] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Both ends see a reset."""
        with self._lock:
            sockets, self._pairs = self._pairs, []
        for each in sockets:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def end(self) -> None:
        """Listen no more."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._pairs += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def server(megabytes: int = 0) -> Iterator[Server]:
    """A server for a while."""
    made = Server(megabytes)
    try:
        yield made
    finally:
        made.end()
