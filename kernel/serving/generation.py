"""One generation of workers as the supervisor sees it: a process (gunicorn's) with its own socket."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from kernel.editions import ENDING, SERVING, Edition
from kernel.errors import ServeError
from kernel.serving.launcher import Launcher
from kernel.serving.place import Place
from kernel.serving.spec import Report, Spec

PATIENCE: Final = 90.0
"""Seconds a generation may take until it answers its readiness check."""
DRAIN: Final = 600.0
"""Seconds that requests of a replaced generation get to end; the new one serves meanwhile."""
HURRY: Final = 5.0
"""Seconds between being told to stop at once and being killed."""


class Generation:
    """Started by `start`; serves from then on until `end` or `kill`."""

    def __init__(self, name: str, place: Place, launcher: Launcher) -> None:
        self.launcher = launcher
        self.place = place
        self.edition = Edition(name, str(place.address(name)))
        self.report = Report()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def name(self) -> str:
        return self.edition.name

    @property
    def alive(self) -> bool:
        """False once its process has ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    async def start(self, front: socket.socket, options: Sequence[str], folder: str, *, careful: bool) -> None:
        """Start it and wait until it has looked at its code; ServeError if it cannot serve."""
        reading, writing = os.pipe()
        with socket.socket(socket.AF_UNIX) as own:
            own.bind(self.edition.address)
            own.listen(socket.SOMAXCONN)
            editions = str(self.place.editions)
            spec = Spec(self.name, front.fileno(), own.fileno(), writing, editions, careful)
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self.launcher.words, *options, "--generation", spec.text(),
                    cwd=folder, env=self.launcher.environment(), start_new_session=True,
                    pass_fds=(spec.front, spec.own, spec.report),
                )  # fmt: skip
            except OSError as error:
                os.close(reading)
                raise ServeError(f"{self.launcher.words[0]} cannot be started: {error}.") from error
            finally:
                os.close(writing)
        async with asyncio.timeout(PATIENCE):
            self.report = Report.read(await _read_line(reading))
        if self.report.error:
            raise ServeError(self.report.error, hint=self.report.hint)
        self.edition = replace(self.edition, heads=self.report.heads, code=self.report.code)

    async def wait_until_ready(self) -> None:
        """Until it answers /health/ready; ServeError if it ends before, or takes too long."""
        deadline = time.monotonic() + PATIENCE
        while not await self._answers():
            if not self.alive:
                raise ServeError("Its workers cannot start.", hint="The log says why.")
            if time.monotonic() > deadline:
                raise ServeError(f"It was not ready within {PATIENCE:.0f} seconds.", hint="The log says more.")
            await asyncio.sleep(0.05)
        self.edition = replace(self.edition, state=SERVING, since=time.time())

    def leave(self) -> None:
        """Get no more requests passed on."""
        self.edition = replace(self.edition, state=ENDING)

    async def end(self, seconds: float) -> None:
        """Let requests under way end, for so long; then stop at once."""
        process = self._process
        if process is None:
            return
        for kind, patience in ((signal.SIGTERM, seconds), (signal.SIGQUIT, HURRY), (signal.SIGKILL, HURRY)):
            with suppress(ProcessLookupError):
                process.send_signal(kind)
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await process.wait()
                    break
        with suppress(FileNotFoundError):
            os.unlink(self.edition.address)

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_unix_connection(self.edition.address)
                writer.write(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                status = await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            return False
        return b" 200 " in status


async def _read_line(handle: int) -> bytes:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(handle, "rb")
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        return await reader.readline()
    finally:
        transport.close()
