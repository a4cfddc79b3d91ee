"""Real processes: the demo from nothing, and a server that installs nothing but serves."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster
from tests.plugin import PLUGIN

NOTHING: Mapping[str, str] = MappingProxyType({})


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A machine with nothing on it, as far as Tenon is concerned."""
    with tempfile.TemporaryDirectory(prefix="tenon-test-", dir="/tmp") as path:
        Path(path).chmod(0o755)
        yield Path(path)
        assert not list(Path(path).rglob("postmaster.pid")), "a database was left running"


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TENON_")}
    own = {
        "TENON_DATA_DIR": str(folder / "data"),
        "TENON_ADDONS_PATH": str(SOURCE_ROOT / "examples"),
        "PYTHONPATH": str(SOURCE_ROOT),
    }
    return {**kept, **own}


def tenon(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        env=environment(folder),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def password(text: str) -> str:
    found = re.search(r"Password\s+(\S+)", text)
    assert found is not None, text
    return found[1]


def port_of(text: str) -> int:
    found = re.search(r"http://\S+:(\d+)", text)
    assert found is not None, text
    return int(found[1])


def get(port: int, path: str, host: str = "demo.localhost") -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


class Browser:
    """Somebody who logged in: keeps cookies."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        form = re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", "/login")[1])
        assert form is not None
        body = urlencode({"login": login, "password": password, "csrf": form[1]})
        assert self.ask("POST", "/login", body)[0] == 303

    def operate(self, kind: str, addon: str) -> dict[str, Any]:
        """Ask for an operation in the Apps screen; how it ended."""
        token = orjson.loads(self.ask("GET", "/web/boot")[1])["csrf"]
        body = orjson.dumps({"kind": kind, "addons": [addon]}).decode()
        more = {"Content-Type": "application/json", "X-CSRF-Token": token}
        status, text = self.ask("POST", "/web/apps/run", body, more)
        assert status == 200, text
        for _ in range(300):
            status, shown = self.ask("GET", f"/web/apps/operations/{orjson.loads(text)['operation']}")
            assert status == 200, shown
            operation: dict[str, Any] = orjson.loads(shown)
            if operation["state"] in ("done", "failed"):
                return operation
            time.sleep(0.1)
        raise AssertionError(operation)

    def ask(self, method: str, path: str, body: str = "", more: Mapping[str, str] = NOTHING) -> tuple[int, str]:
        headers = {
            "Host": f"demo.localhost:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            **more,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
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


def stop(process: subprocess.Popen[str], kind: signal.Signals) -> int:
    """To the whole group of processes, as a terminal does; the database is none of them."""
    os.killpg(process.pid, kind)
    process.communicate(timeout=60)
    return process.returncode


@pytest.fixture(scope="module")
def demo(folder: Path) -> str:
    """What the first run printed."""
    return tenon(folder, "demo", "--no-serve")


def counts(folder: Path) -> dict[str, int]:
    with (
        Cluster.open(Settings(data_dir=folder / "data")) as cluster,
        cluster.connect("tenon_demo") as connection,
    ):
        tables = ("account", "contact", "opportunity", "lead", "activity", "stage")
        query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM crm.{table}" for table in tables)
        return dict(connection.execute(query).fetchall())


def test_the_demo_comes_from_nothing_to_a_filled_tenant(folder: Path, demo: str) -> None:
    assert "http://demo.localhost:8080" in demo
    assert "Login" in demo
    found = counts(folder)
    assert found["account"] >= 40
    assert found["contact"] >= 120
    assert found["opportunity"] >= 60
    assert found["activity"] > 20


def test_a_second_run_makes_nothing_anew_and_keeps_the_data(folder: Path, demo: str) -> None:
    """How fast it is, is the benchmark's to say."""
    before = counts(folder)
    assert tenon(folder, "demo", "--no-serve") == demo
    assert counts(folder) == before


def test_the_demo_is_served_and_stops_with_its_database(folder: Path, demo: str) -> None:
    process = start(folder, "demo")
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _ in range(4))
    assert password(said) == password(demo)
    port = port_of(said)
    try:
        wait_for(port)
        assert Browser(port, "demo", password(demo)).addons() == []
    finally:
        assert stop(process, signal.SIGINT) == 0


def test_the_server_shows_an_addon_that_is_installed_meanwhile_and_stops_gracefully(folder: Path, demo: str) -> None:
    port = free_port()
    process = start(folder, "serve", "--port", str(port), "--workers", "2", "--threads", "2")
    try:
        wait_for(port)
        assert get(port, "/login", host="nobody.localhost")[0] == 404
        browser = Browser(port, "demo", password(demo))
        assert browser.addons() == []
        assert tenon(folder, "addon", "install", "demo", "crm_vip") == 'Installed in "demo": crm_vip.\n'
        for _ in range(6):
            assert browser.addons() == ["crm_vip"]
    finally:
        assert stop(process, signal.SIGTERM) == 0


def test_an_app_goes_and_comes_back_from_the_screen_of_a_served_tenant(folder: Path, demo: str) -> None:
    port = free_port()
    process = start(folder, "serve", "--port", str(port), "--workers", "2", "--threads", "2")
    try:
        wait_for(port)
        browser = Browser(port, "demo", password(demo))
        assert browser.addons() == ["crm_vip"]
        for kind, expected in (("uninstall", []), ("install", ["crm_vip"])):
            ended = browser.operate(kind, "crm_vip")
            assert (ended["state"], ended["error"]) == ("done", "")
            for _ in range(4):
                assert browser.addons() == expected
    finally:
        assert stop(process, signal.SIGTERM) == 0


def test_a_reset_begins_anew(folder: Path, demo: str) -> None:
    again = tenon(folder, "demo", "--no-serve", "--reset")
    assert password(again) != password(demo)
    assert counts(folder)["opportunity"] >= 60


def test_the_test_of_a_new_addon_passes(folder: Path) -> None:
    tenon(folder, "addon", "new", "fleet")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *PLUGIN, "addons/fleet"],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            get(port, "/health/live")
        except OSError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        else:
            return
