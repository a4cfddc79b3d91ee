"""The supervisor of `tenon serve`: holds the address for as long as the server lives, and replaces what serves at it.

It knows nothing of addons and tenants, so there is nothing in it that a new release would have to replace. Its
children are generations (one process each, with workers below it, all at the same socket) and, for the newest
generation, a worker for operations. A new generation starts beside the old one. When it answers its readiness check,
the old one gets no more requests and ends those it has; but where it is the only one that fits some tenants, it goes
on serving those (kernel/http/handover.py) until none is left.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from kernel.editions import write_editions
from kernel.errors import ServeError
from kernel.serving import notify
from kernel.serving.attendants import Attendant
from kernel.serving.generation import DRAIN, Generation
from kernel.serving.launcher import Launcher, working_folder
from kernel.serving.orders import Reload, read_order, write_answer
from kernel.serving.place import Place
from kernel.serving.spec import Report

log = logging.getLogger("tenon.serve")
GRACE: Final = 30.0
"""Seconds that requests under way get when the server stops."""
TICK: Final = 0.5
PAUSES: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before a generation that ended by itself is started again: longer each time."""
LAST_WORDS: Final = 1.0
"""Seconds between taking a generation off the list and telling it to end: a neighbour may just be passing on."""


class Supervisor:
    """One per server; `run` returns when it was told to stop."""

    def __init__(
        self,
        place: Place,
        front: socket.socket,
        launcher: Launcher,
        *,
        serve: Sequence[str],
        worker: Sequence[str] | None,
        watch: Sequence[str],
        on_ready: Callable[[Report], None],
    ) -> None:
        """`serve`, `worker`, `watch`: the words behind `tenon` for a generation, a worker and the look at tenants."""
        self._place = place
        self._front = front
        self._launcher = launcher
        self._serve = tuple(serve)
        self._watch = tuple(watch)
        self._on_ready = on_ready
        self._folder = working_folder()
        self._generations: list[Generation] = []
        self._started = 0
        self._failures = 0
        self._changing = asyncio.Lock()
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._worker = Attendant("worker", worker, self._folder)
        self._watcher = Attendant("watch", None, self._folder, on_done=self._retire_unneeded)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; ServeError if the first generation cannot start."""
        loop = asyncio.get_running_loop()
        for kind in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(kind, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._reload_by_signal()))
        control = await asyncio.start_unix_server(self._take_order, self._place.control)
        try:
            await self._first()
            while not self._stop.is_set():
                await self._look_after()
                await self._sleep(TICK)
        finally:
            control.close()
            notify.stopping()
            await self._end_all()

    async def _first(self) -> None:
        starting = asyncio.ensure_future(self._begin(self._launcher, careful=False))
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not starting.done():
            starting.cancel()
            return
        first = starting.result()
        self._worker.follow(first.launcher)
        self._on_ready(first.report)
        self._tell_manager()

    async def _begin(self, launcher: Launcher, *, careful: bool) -> Generation:
        """A generation that serves, the last of the list; ServeError if it cannot, and then it has left no trace."""
        self._started += 1
        generation = Generation(str(self._started), self._place, launcher)
        self._generations.append(generation)
        self._write()
        try:
            await generation.start(self._front, self._serve, self._folder, careful=careful)
            self._write()
            await generation.wait_until_ready()
        except BaseException:
            self._generations.remove(generation)
            self._write()
            await generation.end(GRACE)
            raise
        self._write()
        for text in generation.report.notes:
            log.warning(text)
        log.info("generation %s serves, with the code in %s", generation.name, generation.edition.code)
        return generation

    async def reload(self, order: Reload) -> dict[str, Any]:
        """Start a new generation and let older ones end that it replaces; ServeError, and nothing has changed."""
        if self._changing.locked():
            raise ServeError("A new generation is being started already.", hint="Wait until it serves.")
        async with self._changing:
            notify.reloading()
            try:
                new = await self._begin(order.launcher, careful=True)
            except TimeoutError:
                raise ServeError("It took too long to look at its code.", hint="The log may say why.") from None
            finally:
                self._tell_manager()
            self._launcher = order.launcher
            self._failures = 0
            self._worker.forget()  # the same words may lead to other code by now
            self._worker.follow(new.launcher)
            kept = []
            for old in self._generations[:-1]:
                if old.edition.state == "ending":
                    continue
                if order.retire or new.edition.replaces(old.edition):
                    self._spawn(self._retire(old))
                else:
                    kept.append(old.name)
            self._watcher.forget()
            self._tell_manager()
            return {
                "generation": new.name, "code": new.edition.code, "kept": kept, "notes": list(new.report.notes),
            }  # fmt: skip

    async def _reload_by_signal(self) -> None:
        try:
            await self.reload(Reload(self._launcher))
        except ServeError as error:
            log.error("the new generation cannot start; the old one goes on: %s", error.text)

    async def _take_order(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            order = read_order(await reader.readline())
            answer = await self.reload(order)
        except ServeError as error:
            answer = {"error": error.text, "hint": error.hint}
        await write_answer(writer, answer)

    async def _retire(self, old: Generation) -> None:
        old.leave()
        self._write()
        await asyncio.sleep(LAST_WORDS)
        await old.end(DRAIN)
        if old in self._generations:
            self._generations.remove(old)
        self._write()
        log.info("generation %s has ended", old.name)
        self._tell_manager()

    def _retire_unneeded(self) -> None:
        """The watch has found that no tenant needs the oldest generation any more."""
        kept = self._kept()
        if kept and not self._changing.locked():
            log.info("no tenant needs generation %s any more", kept[0].name)
            self._spawn(self._retire(kept[0]))

    def _kept(self) -> list[Generation]:
        """Older generations that go on for tenants the newest one does not fit, the oldest first."""
        return [old for old in self._generations[:-1] if old.edition.state == "serving"]

    async def _look_after(self) -> None:
        for generation in [one for one in self._generations if one.edition.state == "serving" and not one.alive]:
            log.error("generation %s has ended by itself", generation.name)
            newest = generation is self._generations[-1]
            self._generations.remove(generation)
            self._write()
            if newest:
                await self._begin_again(generation)
        kept = self._kept()
        if kept and not self._changing.locked():
            self._watcher.follow(self._generations[-1].launcher, (*self._watch, kept[0].name))
        elif not kept:
            self._watcher.forget()
        self._worker.look_after()
        self._watcher.look_after()

    async def _begin_again(self, generation: Generation) -> None:
        """Until it serves: a database that is away comes back."""
        while not self._stop.is_set():
            await self._sleep(PAUSES[min(self._failures, len(PAUSES) - 1)])
            self._failures += 1
            try:
                async with self._changing:
                    await self._begin(generation.launcher, careful=False)
            except (ServeError, TimeoutError) as error:
                log.error("a generation cannot start: %s", error)
            else:
                return

    async def _end_all(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._watcher.forget()
        await asyncio.gather(*(generation.end(GRACE) for generation in self._generations), self._worker.stop())
        for path in (self._place.editions, self._place.control):
            Path(path).unlink(missing_ok=True)

    async def _sleep(self, seconds: float) -> None:
        """For so long, but not when it is time to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _write(self) -> None:
        write_editions(self._place.editions, [generation.edition for generation in self._generations])

    def _tell_manager(self) -> None:
        names = [one.name for one in self._generations if one.edition.state == "serving"]
        notify.ready(f"generation {' and '.join(names)} of process {os.getpid()}")
