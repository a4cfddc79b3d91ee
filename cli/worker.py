"""`tenon worker`: carries out filed operations; and the one that runs beside the web processes of `tenon serve`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click

from cli.session import Session


@click.command()
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
@click.pass_obj
def worker(session: Session, parent: int | None) -> None:
    """Carry out what is asked for in the Apps screen, until told to stop (SIGTERM)."""
    from kernel.addons.lifecycle.worker import worker_thread
    from kernel.http.log import configure_logging

    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    configure_logging()
    with session.runtime() as runtime, worker_thread(runtime):
        while not stop.wait(1.0):
            if parent is not None and os.getppid() != parent:
                break


class Companion:
    """A worker process that lives as long as the server does."""

    def __init__(self, config: Path | None) -> None:
        self._words = [sys.executable, "-m", "cli", *(["--config", str(config)] if config else [])]
        self._owner = os.getpid()
        self._processes = [self._start()]

    def restart(self) -> None:
        """Take up changed code, as the web processes do; the new one waits until the old one has ended."""
        self._processes[-1].terminate()
        self._processes = [process for process in self._processes if process.poll() is None]
        self._processes.append(self._start())

    def stop(self) -> None:
        """Let it end what it does. Web processes forked from this one leave it alone."""
        if os.getpid() == self._owner:
            for process in self._processes:
                process.terminate()
            for process in self._processes:
                process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*self._words, "worker", "--parent", str(self._owner)], start_new_session=True)
