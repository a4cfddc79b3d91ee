"""`tenon serve` with two worker processes, and clients that talk to it over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kernel.addons import Tenant
from kernel.config import SOURCE_ROOT
from kernel.http import csrf
from kernel.http.keys import derive
from kernel.http.sessions import Caller, open_session

TIMEOUT = 300


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    text: str
    location: str = ""

    def find(self, pattern: str) -> str:
        """The first group of a pattern on the page, or ""."""
        found = re.search(pattern, self.text)
        return found[1] if found else ""


@dataclass
class Client:
    """One person at a browser: keeps a connection, cookies, and an address of their own."""

    port: int
    host: str
    address: str
    cookie: str = ""
    token: str = ""
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def get(self, path: str) -> Answer:
        """GET a page."""
        return self._send("GET", path)

    def post(self, path: str, **form: object) -> Answer:
        """Send a form, with the token of the page before."""
        body = urlencode({"csrf": self.token, **form})
        return self._send("POST", path, body, "application/x-www-form-urlencoded")

    def rpc(self, model: str, method: str, **body: object) -> Answer:
        """Call as a person of the staff."""
        return self._send("POST", f"/rpc/{model}/{method}", json.dumps(body), "application/json")

    def _send(self, method: str, path: str, body: str = "", kind: str = "") -> Answer:
        headers = {"Host": self.host, "X-Forwarded-For": self.address, "Accept": "text/html"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if kind:
            headers |= {"Content-Type": kind, "X-CSRF-Token": self.token}
        for last in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
            try:
                self.connection.request(method, path, body or None, headers)
                answer = self.connection.getresponse()
                text = answer.read().decode()
                break
            except (http.client.BadStatusLine, ConnectionError):  # a kept connection that was closed meanwhile
                self._close()
                if last:
                    raise
        if answer.will_close:
            self._close()
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        found = Answer(answer.status, text, answer.getheader("Location") or "")
        self.token = found.find(r'name="csrf" value="([^"]+)"') or self.token
        return found

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def visitor(port: int, tenant: Tenant, number: int) -> Client:
    """Somebody at an address of their own."""
    return Client(port, f"{tenant.name}.localhost", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def staff(port: int, tenant: Tenant, number: int, user: int) -> Client:
    """Somebody who is logged in."""
    client = visitor(port, tenant, number)
    settings = tenant.runtime.settings
    with tenant.env(why="a test logs in") as env:
        secret = open_session(env.tx, user, settings, Caller("127.0.0.1", "tests"))
    client.cookie = f"tenon={secret}"
    client.token = csrf.token_for(derive(settings.master_key, tenant.uuid, "csrf"), secret)
    return client


@contextmanager
def served(tenant: Tenant) -> Iterator[int]:
    """The port at which two worker processes serve, behind a proxy as far as they know."""
    settings = tenant.runtime.settings
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("TENON_")},
        "TENON_DATA_DIR": str(settings.data_dir),
        "TENON_DATABASE_URL": settings.database_url,
        "TENON_TRUSTED_PROXIES": "1",
        "TENON_SECURE_COOKIES": "0",
        "PYTHONPATH": str(SOURCE_ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    if not settings.database_url:
        del environ["TENON_DATABASE_URL"]
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port), "--workers", "2", "--no-worker"]
    log = settings.data_dir / "serve.log"
    with log.open("w") as written:
        process = subprocess.Popen(command, cwd=SOURCE_ROOT, env=environ, stdout=written, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, tenant)
            yield port
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(40)
            if process.poll() is None:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, tenant: Tenant) -> None:
    log = tenant.runtime.settings.data_dir / "serve.log"
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        with suppress(OSError), visitor(port, tenant, 1) as client:
            if client.get("/book").status == 200:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError(f"The server did not answer:\n{log.read_text()}")
