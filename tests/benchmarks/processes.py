"""Programs of the product as processes of their own: `tenon ...` on a data folder, and servers on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The process's own environment without settings of Tenon, but for the data folder.

    Python may keep bytecode: an installed distribution has it, so to compile at each start measures nobody's start.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TENON_", "PYTHONDONTWRITE"))}
    return {**kept, "TENON_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), **more}


def run(folder: Path, *arguments: str) -> float:
    """Run `python ARGUMENTS` to its end; returns the seconds it took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return seconds


@contextmanager
def server(folder: Path, log: Path, arguments: Sequence[str], port: int, **more: str) -> Iterator[int]:
    """Start a server and wait until it answers; yields its process id."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(folder, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, log, port)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server does not answer:\n{log.read_text()}")


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The workers of a server."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def proportional_memory(pid: int) -> float:
    """A process's share of memory (PSS) in MiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
