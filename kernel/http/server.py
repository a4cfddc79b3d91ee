"""Servers: gunicorn with worker processes for `tenon serve`, threads of one process for `tenon demo`."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator

from kernel.config import Settings
from kernel.errors import ConfigError
from kernel.http.log import JsonFormatter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_TIMEOUT = 60
"""Seconds after which a worker that no longer answers is replaced."""
GRACE = 30
"""Seconds that requests under way get when the server stops or its workers are replaced."""

Make = Callable[[], "WSGIApplication"]


class JsonLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own lines in the format of all others."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn with its configuration."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured by our settings; `make` runs in each worker after the fork."""

    def __init__(
        self,
        settings: Settings,
        make: Make,
        *,
        on_ready: Callable[[], None] | None = None,
        on_reload: Callable[[], None] | None = None,
    ) -> None:
        self._settings = settings
        self._make = make
        self._on_ready = on_ready
        self._on_reload = on_reload
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        settings = self._settings
        options: dict[str, Any] = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "timeout": REQUEST_TIMEOUT,
            "graceful_timeout": GRACE,
            "keepalive": 15,
            "limit_request_line": 8190,
            "accesslog": None,
            "errorlog": "-",
            "logger_class": JsonLogger,
            "proc_name": "tenon",
            "forwarded_allow_ips": "",
            "when_ready": self._ready,
            "on_reload": self._reload,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def _ready(self, server: object) -> None:
        del server
        if self._on_ready is not None:
            self._on_ready()

    def _reload(self, server: object) -> None:
        del server
        if self._on_reload is not None:
            self._on_reload()

    def load(self) -> Any:
        """The application of one worker."""
        return self._make()


def serve(
    settings: Settings,
    make: Make,
    *,
    on_ready: Callable[[], None] | None = None,
    on_reload: Callable[[], None] | None = None,
) -> None:
    """Serve until told to stop: SIGTERM stops gracefully, SIGHUP replaces the workers one by one."""
    Server(settings, make, on_ready=on_ready, on_reload=on_reload).run()


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The application writes its own line."""

    def log(self, type: str, message: str, *args: Any) -> None:
        logging.getLogger("tenon.server").log(logging.getLevelNamesMapping()[type.upper()], message, *args)


def bind(host: str, port: int) -> BaseWSGIServer:
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
    return make_server(host, port, _missing, threaded=True, request_handler=_Handler)


def serve_here(app: WSGIApplication, host: str, port: int, *, on_ready: Callable[[int], None]) -> None:
    """Serve with threads of this process until SIGINT or SIGTERM; `on_ready` gets the port in use."""
    stop = threading.Event()

    def ask(*_: object) -> None:
        stop.set()

    with _signals(ask), running(bind(host, port), app) as server:
        on_ready(server.port)
        stop.wait()


@contextmanager
def running(server: BaseWSGIServer, app: WSGIApplication) -> Iterator[BaseWSGIServer]:
    """Serve in a thread while inside; then requests under way get GRACE seconds to end."""
    counted = InFlight(app)
    server.app = counted
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(GRACE)
        counted.wait(GRACE)
        server.server_close()


class InFlight:
    """An application that knows how many of its requests are under way."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._count = 0
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._step(1)
        try:
            body = self._app(environ, start_response)
        except BaseException:
            self._step(-1)
            raise
        return ClosingIterator(body, lambda: self._step(-1))

    def wait(self, seconds: float) -> None:
        """Until none is under way, but not for ever."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, seconds)

    def _step(self, by: int) -> None:
        with self._changed:
            self._count += by
            self._changed.notify_all()


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
