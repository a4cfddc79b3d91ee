"""Servers: threads of this process, and gunicorn whose workers are replaced without dropping a request."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from kernel.addons import Runtime, Tenant
from kernel.config import SOURCE_ROOT
from kernel.errors import ConfigError
from kernel.http.app import Application
from kernel.http.server import bind, running
from tests.http.conftest import TOYS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SERVE = """
import sys
from pathlib import Path
from kernel.addons import Runtime
from kernel.config import Settings
from kernel.http.app import wsgi
from kernel.http.server import serve

data, toys, port = sys.argv[1:]
settings = Settings(data_dir=Path(data), addons_path=(Path(toys),), port=int(port), workers=2, threads=4)
serve(settings, lambda: wsgi(Runtime.open(settings)), on_ready=lambda: print("ready", flush=True))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ping(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/gate/ping", headers={"Host": "toyshop.localhost"})
        return connection.getresponse().status
    finally:
        connection.close()


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


@pytest.fixture
def gunicorn(runtime: Runtime, tenant: Tenant) -> Iterator[tuple[subprocess.Popen[str], int]]:
    if runtime.settings.database_url:
        pytest.skip("the workers join the private cluster")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(runtime.settings.data_dir), str(TOYS), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE_ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process, port
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_workers_are_replaced_without_dropping_a_request(
    gunicorn: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = gunicorn
    statuses: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            statuses.append(ping(port))

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(1.5)
    process.send_signal(signal.SIGHUP)
    time.sleep(3)
    stop.set()
    thread.join(15)
    assert set(statuses) == {200}
    assert len(statuses) > 10
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 0
    told = [json.loads(line) for line in errors.splitlines() if line.startswith("{")]
    assert any("Handling signal: hup" in str(line["text"]) for line in told)
