"""Servers: gunicorn for a generation of workers (`tenon serve`), threads of one process for `tenon demo`."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wsgi import ClosingIterator

from kernel.config import Settings
from kernel.errors import ConfigError
from kernel.log import JsonFormatter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_TIMEOUT = 60
"""Seconds after which a worker that no longer answers is replaced."""
GRACE = 30
"""Seconds that requests under way get when the server stops."""
MOMENT = 0.1
"""Seconds a connection that was accepted last gets to say what it wants; browsers also open some to no purpose."""
LONGEST_REQUEST = 600
"""Seconds that requests under way get in workers that are replaced; a supervisor that stops waits less."""

Make = Callable[[], "WSGIApplication"]


class JsonLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own lines in the format of all others."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn with its configuration."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


class Master(Arbiter):  # type: ignore[misc]
    """Gunicorn's master of one generation: ends with the supervisor that started it."""

    def __init__(self, app: Server) -> None:
        self._parent = os.getppid()
        super().__init__(app)

    def murder_workers(self) -> None:
        """Called by gunicorn once a second."""
        if os.getppid() != self._parent:
            logging.getLogger("tenon.serve").warning("the supervisor is gone")
            raise StopIteration
        super().murder_workers()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn on sockets that listen already; `make` runs in each worker after the fork."""

    def __init__(self, settings: Settings, make: Make, sockets: Sequence[int]) -> None:
        """`sockets`: their handles."""
        self._settings = settings
        self._make = make
        self._sockets = sockets
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        settings = self._settings
        options: dict[str, Any] = {
            "bind": [f"fd://{handle}" for handle in self._sockets],
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "timeout": REQUEST_TIMEOUT,
            "graceful_timeout": LONGEST_REQUEST,
            "keepalive": 15,
            "limit_request_line": 8190,
            "accesslog": None,
            "errorlog": "-",
            "logger_class": JsonLogger,
            "proc_name": "tenon",
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of one worker."""
        return self._make()

    def run(self) -> None:
        """Serve until told to stop: SIGTERM lets requests under way end."""
        Master(self).run()


class Tally:
    """How many things of a kind there are, and waiting until there is none."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def step(self, by: int) -> None:
        """One more (1), or one less (-1)."""
        with self._changed:
            self._count += by
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Until there is none, but not for ever."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, seconds)


class _Threads(ThreadedWSGIServer):
    """A thread per connection; knows how many of them have not been heard yet."""

    def __init__(self, host: str, port: int, app: WSGIApplication, fd: int | None = None) -> None:
        super().__init__(host, port, app, _Handler, fd=fd)
        self.unheard = Tally()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Called by the base with an accepted connection."""
        self.unheard.step(1)
        super().process_request(request, client_address)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    heard = False

    def handle_one_request(self) -> None:
        """Called by the base for each request of a connection."""
        try:
            super().handle_one_request()
        finally:
            if not self.heard:
                self.heard = True
                cast(_Threads, self.server).unheard.step(-1)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The application writes its own line."""

    def log(self, type: str, message: str, *args: Any) -> None:
        logging.getLogger("tenon.server").log(logging.getLevelNamesMapping()[type.upper()], message, *args)


def bind(host: str, port: int) -> _Threads:
    """A server of this process on an address, not yet with an application; ConfigError where it is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"{host}:{port} cannot be listened on: {error.strerror}.",
                hint="Stop what uses the port, or choose another: --port, or TENON_PORT.",
            ) from error
    return _Threads(host, port, _missing)


def serve_here(app: WSGIApplication, host: str, port: int, *, on_ready: Callable[[int], None]) -> None:
    """Serve with threads of this process until SIGINT or SIGTERM; `on_ready` gets the port in use."""
    stop = threading.Event()

    def ask(*_: object) -> None:
        stop.set()

    with _signals(ask), running(bind(host, port), app) as server:
        on_ready(server.port)
        stop.wait()


def serve_on(front: socket.socket, app: WSGIApplication, *, until: threading.Event, grace: float) -> None:
    """Serve with threads of this process on a socket that listens already; requests under way get `grace` seconds."""
    host, port = front.getsockname()[:2]
    with running(_Threads(host, port, app, front.fileno()), app, grace):
        until.wait()


@contextmanager
def running(server: _Threads, app: WSGIApplication, grace: float = GRACE) -> Iterator[_Threads]:
    """Serve in a thread while inside; then requests under way get `grace` seconds to end."""
    counted = InFlight(app)
    server.app = counted
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(grace)
        server.unheard.wait(MOMENT)
        counted.under_way.wait(grace)
        server.server_close()


class InFlight:
    """An application that knows how many of its requests are under way."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self.under_way = Tally()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.under_way.step(1)
        try:
            body = self._app(environ, start_response)
        except BaseException:
            self.under_way.step(-1)
            raise
        return ClosingIterator(body, lambda: self.under_way.step(-1))


@contextmanager
def _signals(handler: Callable[..., None]) -> Iterator[None]:
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, handler) for kind in kinds}
    try:
        yield
    finally:
        for kind, old in before.items():
            signal.signal(kind, old)


def _missing(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [("Content-Length", "0"), ("Retry-After", "1")])
    return []
