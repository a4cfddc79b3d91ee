"""A served demo tenant in a process of its own, and a browser that looks at it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.e2e.browser import ARGUMENTS, find

ROOT = Path(__file__).resolve().parents[2]
SLOW = 20_000
"""Milliseconds the browser waits for anything; the machine may be busy."""


@dataclass(frozen=True)
class Demo:
    """Where the demo is served, and how to get in."""

    url: str
    login: str
    password: str
    data_dir: Path

    def tenon(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `tenon` on the same data, as an integrator would in another terminal."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=ROOT,
            env=environment(self.data_dir),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


def environment(data_dir: Path) -> dict[str, str]:
    """The test's own environment, with its own data and the examples on the addons path."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("TENON_")},
        "TENON_DATA_DIR": str(data_dir),
        "TENON_ADDONS_PATH": str(ROOT / "examples"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="tenon-e2e-", dir="/tmp"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "demo.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", "--port", str(port)],
        cwd=ROOT,
        env=environment(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield _wait(process, folder, port)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], folder: Path, port: int) -> Demo:
    url = f"http://demo.localhost:{port}"
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    text = (folder / "demo.log").read_text()
    login = re.search(r"^Login\s+(\S+)", text, re.MULTILINE)
    password = re.search(r"^Password\s+(\S+)", text, re.MULTILINE)
    if process.poll() is not None or not login or not password:
        pytest.fail(f"The demo did not start:\n{text}")
    return Demo(url, login[1], password[1], folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.fail("No browser: `make browser` installs one.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, demo: Demo) -> dict[str, object]:
    """The cookies of a person who logged in by the form."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{demo.url}/")
    page.fill("input[name=login]", demo.login)
    page.fill("input[name=password]", demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/app**")
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture
def problems() -> list[str]:
    """Errors on the console, failed requests and broken rules of the content policy: none is expected."""
    return []


@pytest.fixture
def context(browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    opened = browser.new_context(storage_state=signed_in, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]
    yield opened
    opened.close()


def _note(message: ConsoleMessage, problems: list[str]) -> None:
    """Refusals that the person is told of (4xx of the RPC) also show on the console; they are no problem."""
    refused = "Failed to load resource" in message.text and ("409" in message.text or "422" in message.text)
    if message.type == "error" and not refused:
        problems.append(message.text)


@pytest.fixture
def page(context: BrowserContext, problems: list[str]) -> Iterator[Page]:
    opened = context.new_page()
    opened.set_default_timeout(SLOW)
    opened.on("console", lambda message: _note(message, problems))
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    assert problems == []
