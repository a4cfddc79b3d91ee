"""`tenon worker`: carries out filed operations. `tenon serve` runs one beside its web processes."""

from __future__ import annotations

import os
import signal
import threading

import click

from cli.session import Session


@click.command()
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
@click.pass_obj
def worker(session: Session, parent: int | None) -> None:
    """Carry out what is asked for in the Apps screen, until told to stop (SIGTERM)."""
    from kernel.addons.lifecycle.worker import worker_thread
    from kernel.log import configure_logging

    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    configure_logging()
    with session.runtime() as runtime, worker_thread(runtime):
        while not stop.wait(1.0):
            if parent is not None and os.getppid() != parent:
                break
