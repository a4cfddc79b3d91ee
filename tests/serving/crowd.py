"""Many clients at once, and every answer they got."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

import orjson

_ADDRESSES = itertools.cycle(range(2, 250))


@dataclass
class Crowd:
    """Reads and writes by turns until told to stop. Half of the clients keep their connections for a while."""

    port: int
    hosts: Sequence[str]
    sold: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Host and answer."""
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, number: int) -> None:
        connection: HTTPConnection | None = None
        for turn in itertools.count():
            if self._stop.is_set():
                break
            host = self.hosts[(number + turn) % len(self.hosts)]
            connection = connection or self._connect()
            self._ask(connection, host, sell=turn % 3 == 0)
            time.sleep(0.01)
            if number % 2 or turn % 20 == 19:
                connection.close()
                connection = None
        if connection:
            connection.close()

    def _connect(self) -> HTTPConnection:
        """From ever other addresses: one that is not logged in may change something twice a second only."""
        return HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(f"127.0.0.{next(_ADDRESSES)}", 0))

    def _ask(self, connection: HTTPConnection, host: str, *, sell: bool) -> None:
        headers = {"Host": f"{host}.localhost", "Content-Type": "application/json"}
        began = time.monotonic()
        try:
            if sell:
                connection.request("POST", "/till/sell", orjson.dumps({"amount": 1}), headers)
            else:
                connection.request("GET", "/till/count", headers=headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException) as error:
            self.failures.append(f"{host}: {error!r}")
            connection.close()
            return
        with self._lock:
            self.slowest = max(self.slowest, time.monotonic() - began)
            if answer.status != 200:
                self.failures.append(f"{host}: {answer.status} {text.decode():.300}")
                return
            self.answers.append((host, orjson.loads(text)))
            self.sold[host] = self.sold.get(host, 0) + sell

    @contextmanager
    def asking(self, clients: int) -> Iterator[Crowd]:
        """While inside."""
        threads = [threading.Thread(target=self.client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def wait_for(self, more: int, seconds: float = 30) -> None:
        """Until so many more answers have come."""
        wanted, deadline = len(self.answers) + more, time.monotonic() + seconds
        while len(self.answers) < wanted and time.monotonic() < deadline:
            time.sleep(0.02)


def ask(port: int, host: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    """One request; status and what JSON says, else the bytes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET" if body is None else "POST", path, body, {"Host": f"{host}.localhost", **headers})
        answer = connection.getresponse()
        text = answer.read()
        with suppress(orjson.JSONDecodeError):
            return answer.status, orjson.loads(text)
        return answer.status, text
    finally:
        connection.close()
