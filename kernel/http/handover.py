"""Passing on a request that another generation of workers has the right code for.

While an upgrade goes from tenant to tenant, two editions of the code take requests at one address. A worker learns
from the tenant's database, before anything is executed, that it has not the right code. It then sends the request,
body and all, to the socket of a generation that has it, and sends back what that answers: neither the client nor a
balancer in front notices. A signed header says where the request came from and how often it was passed on.
"""

from __future__ import annotations

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from kernel.config import Settings
from kernel.editions import SERVING, STARTING, Edition, read_editions
from kernel.errors import BusyError, EditionError
from kernel.http.keys import derive

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from kernel.http.request import Request

log = logging.getLogger("tenon.http")
HEADER: Final = "X-Tenon-Passed-On"
MOST_HOPS: Final = 4
"""A tenant may be upgraded between two looks at it, so a request may come back; but not for ever."""
TIMEOUT: Final = 600.0
"""Seconds without a byte after which the other generation is given up."""
CHUNK: Final = 64 * 1024
PAUSE: Final = 0.1
KEPT: Final = 1024 * 1024
"""Bytes of a body that are remembered, so that a request that was tried here can still be passed on."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_HOP_BY_HOP: Final = frozenset(
    {"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)
_OWN: Final = frozenset({"date", "server"})
"""Headers of an answer that this server sets again."""


class Handover:
    """Who the neighbours are, and how to pass on to them. One per generation, used by all its workers."""

    def __init__(self, editions: Path, name: str, settings: Settings) -> None:
        """`name`: the generation of this process in the file `editions`."""
        self._path = editions
        self._name = name
        self._signer = URLSafeSerializer(derive(settings.master_key, "", "passed on"))
        self._waiting = threading.Semaphore(max(settings.threads // 2, 1))

    def receive(self, environ: WSGIEnvironment) -> None:
        """Take in a request: whose it is, if a neighbour passes it on; what is read of its body is remembered."""
        environ["tenon.hops"] = 0
        given = environ.pop(_KEY, None)
        if given is not None:
            try:
                environ.update(self._signer.loads(given))
            except BadSignature:
                log.warning("a client sent the header %s", HEADER)
        if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
            environ["wsgi.input"] = Remembering(environ["wsgi.input"])

    def pass_on(self, request: Request, error: EditionError) -> Response | None:
        """The answer of a generation that fits; None where there is none, or it cannot be asked any more."""
        if request.environ["tenon.hops"] >= MOST_HOPS:
            return None
        for edition in reversed(read_editions(self._path)):
            if edition.name == self._name or edition.state != SERVING or not edition.fits(error.revisions):
                continue
            body = _body(request.environ)
            if body is None:
                return None
            response = self._ask(edition, request, body)
            if response is not None:
                request.log.bind(generation=edition.name)
                return response
        return None

    def wait(self, deadline: float) -> bool:
        """Wait a moment for a generation that is starting; False where none is, or it is no use to wait longer.

        Half of the threads at most wait; the others are left for who can be served.
        """
        starting = any(one.state == STARTING and one.name != self._name for one in read_editions(self._path))
        if not starting or time.monotonic() > deadline or not self._waiting.acquire(blocking=False):
            return False
        time.sleep(PAUSE)
        self._waiting.release()
        return True

    def _ask(self, edition: Edition, request: Request, body: Iterator[bytes]) -> Response | None:
        """The answer; None where nobody listens at the address, so that nothing was sent."""
        connection = UnixConnection(edition.address)
        try:
            connection.connect()
        except OSError:
            connection.close()
            return None
        try:
            chunked = "HTTP_TRANSFER_ENCODING" in request.environ
            self._send_head(connection, request, chunked=chunked)
            with suppress(BrokenPipeError, ConnectionResetError):  # it answers without reading all: too large, perhaps
                connection.endheaders(body, encode_chunked=chunked)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if request.method in SAFE:
                return None
            raise BusyError(
                "The process that worked on this ended in the middle.",
                hint="It is not known whether it was done: look before you try again.",
            ) from error
        return _response(request.method, answer, connection)

    def _send_head(self, connection: http.client.HTTPConnection, request: Request, *, chunked: bool) -> None:
        environ = request.environ
        target = environ.get("RAW_URI") or environ["REQUEST_URI"]
        connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        dropped = _HOP_BY_HOP | {name.strip().lower() for name in environ.get("HTTP_CONNECTION", "").split(",")}
        for name, value in request.headers.items():
            if name.lower() not in dropped:
                connection.putheader(name, value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        connection.putheader(HEADER, self._signer.dumps(_told(request)))


_SEEN: Final = ("REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme")
_KEY: Final = f"HTTP_{HEADER.upper().replace('-', '_')}"


def _told(request: Request) -> dict[str, Any]:
    """What the next one cannot see by itself: it is put into its environ."""
    environ = request.environ
    known: dict[str, Any] = {name: environ[name] for name in _SEEN if name in environ}
    return {**known, "tenon.hops": environ["tenon.hops"] + 1, "tenon.request_id": request.id}


def _response(method: str, answer: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> Response:
    """The answer as it comes in, without what holds for one connection only."""
    more = {name.strip().lower() for name in (answer.headers.get("Connection") or "").split(",")}
    dropped = _HOP_BY_HOP | _OWN | more
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in dropped]
    body = _chunks(answer, connection)
    if method == "HEAD" or answer.status in (204, 304):
        connection.close()
        body = iter(())
    response = Response(body, f"{answer.status} {answer.reason}", direct_passthrough=True)
    response.headers.clear()
    response.headers.extend(headers)
    return response


def _chunks(answer: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> Iterator[bytes]:
    with closing(connection), closing(answer):
        while chunk := answer.read1(CHUNK):
            yield chunk


def _body(environ: WSGIEnvironment) -> Iterator[bytes] | None:
    """The whole body; None if a part of it was read here and is not remembered."""
    source: Any = environ["wsgi.input"]
    return source.again() if isinstance(source, Remembering) else iter(())


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        """Called by the base; OSError where nobody listens."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Remembering:
    """A body (`wsgi.input`) that remembers what was read of it, up to KEPT bytes."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._read: list[bytes] | None = []
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        """As of a file; -1: to the end."""
        return self._note(self._source.read(size) if size is not None and size >= 0 else self._source.read())

    def readline(self, size: int = -1) -> bytes:
        """As of a file."""
        return self._note(self._source.readline(size) if size is not None and size >= 0 else self._source.readline())

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def again(self) -> Iterator[bytes] | None:
        """The body from its beginning, what was not read yet as it comes in; None where the beginning is lost."""
        return None if self._read is None else self._from_the_beginning(self._read)

    def _from_the_beginning(self, known: list[bytes]) -> Iterator[bytes]:
        yield from list(known)
        while chunk := self.read(CHUNK):
            yield chunk

    def _note(self, chunk: bytes) -> bytes:
        if self._read is not None and chunk:
            self._size += len(chunk)
            if self._size <= KEPT:
                self._read.append(chunk)
            else:
                self._read = None
        return chunk
