"""What is passed on to another edition arrives as it was sent, and comes back as it was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import orjson

from kernel.http.handover import HEADER, KEPT, Remembering
from tests.serving.conftest import Server

TIMES = 8
"""Two generations take connections by chance; about half of so many are passed on."""


def send(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[HTTPResponse, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, {"Host": "acme.localhost", **headers})
        answer = connection.getresponse()
        return answer, answer.read()


def test_bodies_streams_cookies_and_addresses_pass_through_either_way(
    server: Server, tenants: Callable[..., list[str]]
) -> None:
    tenants("acme")
    server.start()
    server.lead_to("2")
    assert "Generation 1 goes on" in server.reload().stdout

    def chunks() -> Iterator[bytes]:
        yield from (b"y" * 70_000 for _ in range(40))

    for _ in range(TIMES):
        forged = {HEADER: "forged", "User-Agent": "a till", "Cookie": "a=1"}
        _, text = send(server.port, "POST", "/till/echo", b"x" * 3_000_000, **forged)
        seen = orjson.loads(text)
        assert (seen["edition"], seen["size"], seen["cookie"]) == ("first", 3_000_000, "1")
        assert (seen["agent"], seen["from"], seen["secure"]) == ("a till", "127.0.0.1", False)
        answer, text = send(server.port, "POST", "/till/echo", chunks())
        assert orjson.loads(text)["size"] == 2_800_000
        assert answer.headers.get_all("X-Request-Id") is not None
        assert len(answer.headers.get_all("Date", [])) == 1
        assert len(answer.headers.get_all("Content-Security-Policy", [])) == 1
        answer, text = send(server.port, "GET", "/till/long")
        assert (answer.status, len(text)) == (200, 5_000_000)
        answer, text = send(server.port, "HEAD", "/till/count")
        assert (answer.status, text) == (200, b"")
        answer, _ = send(server.port, "POST", "/till/sell", b"no json", **{"Content-Type": "application/json"})
        assert answer.status == 400
    assert '"generation":"1"' in server.log.read_text(), "some were passed on"


class Source:
    """A body that comes in pieces."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int = -1) -> bytes:
        taken = self.data if size < 0 else self.data[:size]
        self.data = self.data[len(taken) :]
        return taken


def test_a_body_that_was_read_here_in_part_is_passed_on_from_its_beginning() -> None:
    body = Remembering(Source(b"abcdef" * 10))
    assert body.read(7) == b"abcdefa"
    again = body.again()
    assert again is not None
    assert b"".join(again) == b"abcdef" * 10


def test_a_body_that_is_too_large_to_be_remembered_is_not_passed_on_once_it_was_read() -> None:
    body = Remembering(Source(b"x" * (KEPT + 2)))
    assert body.again() is not None
    body.read(KEPT + 1)
    assert body.again() is None
