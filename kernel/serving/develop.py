"""Serving for somebody who writes addons: a fresh process for each state of the files.

The parent has imported the kernel and what it rests on, but no addon. For each state of the files it forks a child
that imports the addons and serves, so a change is served half a second after it was saved. The parent holds the
listening socket: requests that come in between wait.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kernel.serving.watch import Watch

LOOK: Final = 0.15
"""Seconds between two looks at the files."""
GRACE: Final = 2.0
"""Seconds that requests under way get when the files have changed."""

Serve = Callable[[socket.socket], None]


def develop(
    front: socket.socket,
    serve: Serve,
    *,
    addons: Sequence[Path],
    kernel: Sequence[Path],
    on_change: Callable[[Sequence[Path]], None],
) -> bool:
    """Run `serve` in a child, a new one at each change; until SIGINT or SIGTERM.

    True: begin anew as a whole, because something changed below `kernel`, which this process has imported.
    """
    stopped: list[int] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda number, _frame: stopped.append(number))
    watches = Watch(addons), Watch(kernel)
    gc.collect()
    gc.freeze()
    child = _fork(front, serve)
    try:
        while not stopped:
            time.sleep(LOOK)
            changed, below = watches[0].changed(), watches[1].changed()
            if not changed and not below:
                continue
            on_change([*changed, *below])
            _end(child)
            child = 0
            if below:
                return True
            child = _fork(front, serve)
    finally:
        _end(child)
    return False


def _fork(front: socket.socket, serve: Serve) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, signal.SIG_DFL)
        serve(front)
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def _end(child: int) -> None:
    """Tell it to end, wait, and make it end."""
    if not child:
        return
    deadline = time.monotonic() + GRACE
    try:
        os.kill(child, signal.SIGTERM)
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return
            time.sleep(0.005)
    except (ProcessLookupError, ChildProcessError):
        return
