"""Processes beside the workers: the worker for operations, and the look at which tenants need an old edition."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Final

from kernel.serving.launcher import Launcher

PAUSE: Final = 5.0
"""Seconds before one that ended by itself is started again."""


class Attendant:
    """One process at a time, with the code of the newest generation; those before it end what they do."""

    def __init__(
        self, what: str, words: Sequence[str] | None, folder: str, on_done: Callable[[], None] | None = None
    ) -> None:
        """`words`: what stands behind `tenon`; None: nothing is started. `on_done`: it has ended well, by itself."""
        self.what = what
        self._words = tuple(words) if words else None
        self._folder = folder
        self._on_done = on_done
        self._launcher: Launcher | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._old: list[subprocess.Popen[bytes]] = []
        self._again_at = 0.0

    def follow(self, launcher: Launcher, words: Sequence[str] | None = None) -> None:
        """Run with this code; what runs with other code, or other words, is told to end."""
        wanted = tuple(words) if words else self._words
        if wanted is None or (self._process is not None and (launcher, wanted) == (self._launcher, self._words)):
            return
        self.forget()
        self._launcher, self._words = launcher, wanted
        self._start()

    def forget(self) -> None:
        """Tell it to end."""
        if self._process is not None:
            self._process.terminate()
            self._old.append(self._process)
        self._process = self._launcher = None

    def look_after(self) -> None:
        """Start it again where it has ended by itself; reap those before it."""
        self._old = [process for process in self._old if process.poll() is None]
        if self._process is not None and self._process.poll() is not None:
            done = self._process.returncode == 0 and self._on_done is not None
            self._process = None
            self._again_at = time.monotonic() + PAUSE
            if done and self._on_done:
                self._on_done()
        elif self._process is None and self._launcher is not None and time.monotonic() > self._again_at:
            self._start()

    async def stop(self) -> None:
        """Let it end what it does: an operation is one transaction."""
        self.forget()
        while self._old:
            self.look_after()
            await asyncio.sleep(0.05)

    def _start(self) -> None:
        assert self._launcher is not None
        assert self._words is not None
        words = [*self._launcher.words, *self._words, "--parent", str(os.getpid())]
        environment = dict(self._launcher.environment())
        self._process = subprocess.Popen(words, cwd=self._folder, env=environment, start_new_session=True)
