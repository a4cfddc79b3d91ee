"""Clients that read and write over HTTP all the time, and note everything that is not as it should be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import orjson

from tests.processes import Browser

PAUSE: Final = 0.1
"""Seconds between two requests of a client: load, but not the whole machine."""


def pages_of(title: str) -> int:
    """How many pages a note of the load gets by its second request."""
    return int(title.removeprefix("load ")) % 7


@dataclass
class Seen:
    """What the clients of one tenant have seen."""

    requests: int = 0
    slowest: float = 0.0
    """Seconds."""
    errors: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    """Title -> pages of each note that the server said it has written."""


class Client:
    """A person with two windows: one reads all the time, one writes."""

    def __init__(self, name: str, port: int, login: str, password: str) -> None:
        self.name = name
        self.seen = Seen()
        self.excused: Callable[[int, str], bool] = lambda _status, _text: False
        """Whether an answer other than 200 is what may happen now."""
        self._browsers = [Browser(port, login, password, f"{name}.localhost") for _ in range(2)]
        self._end = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(work,), daemon=True) for work in (self._read, self._write)
        ]
        self._number = 0

    def __enter__(self) -> Client:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(30)

    def post(self, path: str, value: object) -> tuple[int, str]:
        """One request more, of the same person."""
        return self._browsers[0].post(path, value)

    def wait_until_served(self, seconds: float = 30.0) -> None:
        """Until a request that begins now is answered."""
        deadline, before = time.monotonic() + seconds, self.seen.requests
        while self.seen.requests < before + 3:
            assert time.monotonic() < deadline, f"{self.name} is not served: {self.seen.errors[-3:]}"
            time.sleep(0.02)

    def _go_on(self, work: Callable[[], None]) -> None:
        while not self._end.is_set():
            started = time.monotonic()
            try:
                work()
            except Exception as error:
                self.seen.errors.append(f"{work.__name__}: {type(error).__name__}: {error}")
            self.seen.slowest = max(self.seen.slowest, time.monotonic() - started)
            self._end.wait(PAUSE)

    def _read(self) -> None:
        browser = self._browsers[0]
        body = {"domain": [], "spec": {"title": {}, "pages": {}}, "order": "id desc", "limit": 20}
        self._answered(*browser.post("/rpc/desk.note/search_read", body))
        self._answered(*browser.ask("GET", "/web/boot"))

    def _write(self) -> None:
        browser, self._number = self._browsers[1], self._number + 1
        title = f"load {self._number}"
        status, text = browser.post("/rpc/desk.note/create", {"values": {"title": title}, "spec": {"version": {}}})
        if not self._answered(status, text):
            return
        self.seen.acknowledged[title] = 0
        id = orjson.loads(text)["result"]["id"]
        change = {"id": id, "changes": {"pages": {"from": 0, "to": pages_of(title)}}}
        if self._answered(*browser.post("/rpc/desk.note/write", change)):
            self.seen.acknowledged[title] = pages_of(title)

    def _answered(self, status: int, text: str) -> bool:
        if status == 200:
            self.seen.requests += 1
            return True
        if not self.excused(status, text):
            self.seen.errors.append(f"{status} {text[:300]}")
        return False
