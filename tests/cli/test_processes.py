"""Real processes: the demo from nothing, and a server that installs nothing but serves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A machine with nothing on it, as far as Tenon is concerned."""
    with tempfile.TemporaryDirectory(prefix="tenon-test-", dir="/tmp") as path:
        Path(path).chmod(0o755)
        yield Path(path)
        assert not list(Path(path).rglob("postmaster.pid")), "a database was left running"


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TENON_")}
    return {**kept, "TENON_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(SOURCE_ROOT)}


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
    request = Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}"})
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def stop(process: subprocess.Popen[str], kind: signal.Signals) -> int:
    process.send_signal(kind)
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


def test_a_second_run_starts_within_three_seconds_and_keeps_the_data(folder: Path, demo: str) -> None:
    before = counts(folder)
    begin = time.monotonic()
    again = tenon(folder, "demo", "--no-serve")
    assert time.monotonic() - begin < 3
    assert again == demo
    assert counts(folder) == before


def test_the_demo_is_served_and_stops_with_its_database(folder: Path, demo: str) -> None:
    process = start(folder, "demo")
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _ in range(4))
    assert password(said) == password(demo)
    port = port_of(said)
    try:
        wait_for(port)
        status, text = get(port, "/login")
        assert status == 200
        assert "password" in text
    finally:
        assert stop(process, signal.SIGINT) == 0


def test_the_server_serves_all_tenants_and_stops_gracefully(folder: Path, demo: str) -> None:
    process = start(folder, "serve", "--port", "18431", "--workers", "1", "--threads", "2")
    try:
        wait_for(18431)
        assert get(18431, "/health/live")[0] == 200
        assert get(18431, "/login")[0] == 200
        assert get(18431, "/login", host="nobody.localhost")[0] == 404
        assert tenon(folder, "tenant", "list").startswith("Name")
        assert get(18431, "/login")[0] == 200
    finally:
        assert stop(process, signal.SIGTERM) == 0


def test_a_reset_begins_anew(folder: Path, demo: str) -> None:
    again = tenon(folder, "demo", "--no-serve", "--reset")
    assert password(again) != password(demo)
    assert counts(folder)["opportunity"] >= 60


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
