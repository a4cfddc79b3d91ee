"""A demo tenant, served by `tenon demo` in a process of its own with data of its own."""

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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


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


@contextmanager
def served_demo() -> Iterator[Demo]:
    """Serve until the block ends; raises RuntimeError with the log where it does not start."""
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
        raise RuntimeError(f"The demo did not start:\n{text}")
    return Demo(url, login[1], password[1], folder)
