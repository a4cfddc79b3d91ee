"""The server of one process: threads, connections that are kept, requests under way at the end."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from kernel.errors import ConfigError
from kernel.http.app import Application
from kernel.http.server import bind, running

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_threads_of_this_process_serve_and_keep_connections(app: Application) -> None:
    with running(bind("127.0.0.1", 0), app) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        for _ in range(3):
            connection.request("GET", "/gate/ping", headers={"Host": f"toyshop.localhost:{server.port}"})
            answer = connection.getresponse()
            assert json.loads(answer.read()) == {"tenant": "toyshop"}
            assert answer.version == 11
        connection.close()


def test_a_request_under_way_is_finished_before_the_server_stops() -> None:
    begun, answers = threading.Event(), []

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun.set()
        time.sleep(0.3)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    server = bind("127.0.0.1", 0)

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/")
        answers.append(connection.getresponse().read())
        connection.close()

    thread = threading.Thread(target=ask)
    with running(server, slow):
        thread.start()
        begun.wait(5)
    thread.join(5)
    assert answers == [b"done"]


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError) as caught:
            bind("127.0.0.1", taken.getsockname()[1])
    assert "cannot be listened on" in caught.value.text
    assert "--port" in caught.value.hint
