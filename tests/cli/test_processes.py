"""Real processes: the demo from nothing, and a server that installs nothing but serves."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster
from tests.plugin import PLUGIN
from tests.processes import Browser, environment, free_port, get, run_tenon, start_tenon, stop, wait_for


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A machine with nothing on it, as far as Tenon is concerned."""
    with tempfile.TemporaryDirectory(prefix="tenon-test-", dir="/tmp") as path:
        Path(path).chmod(0o755)
        yield Path(path)
        assert not list(Path(path).rglob("postmaster.pid")), "a database was left running"


def environ(folder: Path) -> dict[str, str]:
    return environment(folder / "data", SOURCE_ROOT / "examples")


def tenon(folder: Path, *words: str) -> str:
    done = run_tenon(environ(folder), *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return start_tenon(environ(folder), *words, cwd=folder)


def password(text: str) -> str:
    found = re.search(r"Password\s+(\S+)", text)
    assert found is not None, text
    return found[1]


def port_of(text: str) -> int:
    found = re.search(r"http://\S+:(\d+)", text)
    assert found is not None, text
    return int(found[1])


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
        env=environ(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
