"""Real processes of the command line, and browsers that talk HTTP to a real server."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from kernel.config import SOURCE_ROOT

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
TENON: Final = (sys.executable, "-m", "cli")
PATIENCE: Final = 20.0
"""Seconds a browser waits for an answer."""


def environment(data_dir: Path, *addons_path: Path) -> dict[str, str]:
    """The environment of a process, with data and addons of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TENON_")}
    own = {
        "TENON_DATA_DIR": str(data_dir),
        "TENON_ADDONS_PATH": os.pathsep.join(map(str, addons_path)),
        "PYTHONPATH": str(SOURCE_ROOT),
    }
    return {**kept, **own}


def run_tenon(environ: Mapping[str, str], *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Call `tenon` and wait for its end, however it ends."""
    return subprocess.run(
        [*TENON, *words], env=environ, cwd=cwd, capture_output=True, text=True, timeout=180, check=False
    )


def start_tenon(
    environ: Mapping[str, str], *words: str, cwd: Path | None = None, stderr: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    """Start `tenon` as the head of a group of processes; its answers can be read from `stdout`."""
    return subprocess.Popen(
        [*TENON, *words],
        env=environ,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[str], kind: signal.Signals) -> int:
    """To the whole group of processes, as a terminal does; the database is none of them."""
    os.killpg(process.pid, kind)
    process.communicate(timeout=60)
    return process.returncode


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, host: str = "demo.localhost") -> tuple[int, str]:
    """Status and text of a page."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def wait_for(port: int) -> None:
    """Until a server answers; at most half a minute."""
    deadline = time.monotonic() + 30
    while True:
        try:
            get(port, "/health/live")
        except OSError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        else:
            return


class Browser:
    """Somebody who logged in: keeps cookies."""

    def __init__(self, port: int, login: str, password: str, host: str = "demo.localhost") -> None:
        self.port = port
        self.host = host
        self.cookies: dict[str, str] = {}
        self.token = ""
        form = re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", "/login")[1])
        assert form is not None
        body = urlencode({"login": login, "password": password, "csrf": form[1]})
        assert self.ask("POST", "/login", body)[0] == 303

    def operate(self, kind: str, addon: str) -> dict[str, Any]:
        """Ask for an operation in the Apps screen; how it ended."""
        status, text = self.post("/web/apps/run", {"kind": kind, "addons": [addon]})
        assert status == 200, text
        operation: dict[str, Any] = {}
        for _ in range(300):
            status, shown = self.ask("GET", f"/web/apps/operations/{orjson.loads(text)['operation']}")
            assert status == 200, shown
            operation = orjson.loads(shown)
            if operation["state"] in ("done", "failed"):
                return operation
            time.sleep(0.1)
        raise AssertionError(operation)

    def post(self, path: str, value: object) -> tuple[int, str]:
        """POST a value as the client does: as JSON, with the session's token."""
        if not self.token:
            self.token = orjson.loads(self.ask("GET", "/web/boot")[1])["csrf"]
        more = {"Content-Type": "application/json", "X-CSRF-Token": self.token}
        return self.ask("POST", path, orjson.dumps(value).decode(), more)

    def ask(self, method: str, path: str, body: str = "", more: Mapping[str, str] = NOTHING) -> tuple[int, str]:
        """One request; status and text of the answer."""
        headers = {
            "Host": f"{self.host}:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            **more,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()

    def addons(self) -> list[str]:
        """The addons whose client code the next page would load."""
        status, text = self.ask("GET", "/web/boot")
        assert status == 200, text
        return [addon["name"] for addon in orjson.loads(text)["addons"]]
