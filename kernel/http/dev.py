"""What `tenon dev` adds to the application: pages that reload by themselves, and faults shown where one looks.

Nothing of this is in a server: pages there have no script but their own, and faults go to the log.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterable, Iterator
from html import escape
from linecache import getline
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Request, Response

from kernel.addons.discovery.catalog import PACKAGE
from kernel.errors import TenonError
from kernel.http.headers import harden, new_nonce
from kernel.http.responses import json_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("tenon.dev")
SCRIPT: Final = "/-/dev.js"
EVENTS: Final = "/-/dev/events"
BEAT: Final = 15.0
"""Seconds between two signs of life to an open page, so that one that was closed is noticed."""
AROUND: Final = 3
"""Lines shown before and after the one at fault."""
_JS: Final = """\
let known;
const events = new EventSource("/-/dev/events");
events.addEventListener("edition", (event) => {
  if (known && known !== event.data) location.reload();
  known = event.data;
});
"""
_TAG: Final = f'<script type="module" src="{SCRIPT}"></script>'.encode()
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 15px/1.5 Inter, system-ui, sans-serif; max-width: 1000px; margin: 48px auto; padding: 0 24px }}
h1 {{ font-size: 20px }} pre {{ font: 13px/1.5 ui-monospace, monospace; overflow: auto; padding: 16px;
  border: 1px solid #8884; border-radius: 8px; white-space: pre-wrap }} .soft {{ opacity: .7 }}
mark {{ background: #f59e0b55; color: inherit; display: block }}
</style></head><body>
<h1>{title}</h1><pre>{text}</pre>{source}<p class="soft">{hint}</p>
</body></html>
"""


class DevPages:
    """An application whose pages reload when another process has taken over."""

    def __init__(self, app: WSGIApplication, edition: str) -> None:
        """`edition`: another text for each state of the files."""
        self._app = app
        self._edition = edition
        self._closing = threading.Event()

    def close(self) -> None:
        """Let go of the open pages; they come back to the next process."""
        self._closing.set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == SCRIPT:
            return _hardened(Response(_JS, content_type="text/javascript"))(environ, start_response)
        if path == EVENTS:
            answer = Response(self._events(), content_type="text/event-stream", direct_passthrough=True)
            return _hardened(answer)(environ, start_response)
        response = Response.from_app(self._app, environ)
        if (response.content_type or "").startswith("text/html") and "Content-Encoding" not in response.headers:
            response.set_data(_with_script(response.get_data()))
        return response(environ, start_response)

    def _events(self) -> Iterator[bytes]:
        yield f"retry: 150\nevent: edition\ndata: {self._edition}\n\n".encode()
        while not self._closing.wait(BEAT):
            yield b": still there\n\n"


class Broken:
    """What is served while the addons cannot be: the fault, at every address."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The page for browsers, the text for programs; 500 both."""
        return _hardened(_told(self._error, Request(environ)))(environ, start_response)


def explain(error: Exception, request: Request) -> Response:
    """The fault of one request, for its author: here, and where the command runs."""
    log.error("%s %s\n%s", request.method, request.path, describe(error)[0])
    return _told(error, request)


def _told(error: Exception, request: Request) -> Response:
    text, hint = describe(error)
    if "text/html" not in request.headers.get("Accept", ""):
        return json_response({"error": {"code": "fault", "text": text, "hint": hint}}, 500)
    title = "This cannot be served yet" if isinstance(error, TenonError) else type(error).__name__
    page = _PAGE.format(title=escape(title), text=escape(text), source=_source(error), hint=escape(hint))
    return Response(page, 500, content_type="text/html; charset=utf-8")


def describe(error: Exception) -> tuple[str, str]:
    """What happened, with file and line, and what to do next."""
    after = "The page reloads by itself when a file is saved."
    if isinstance(error, TenonError):
        return error.text, f"{error.hint} {after}".strip()
    return "".join(traceback.format_exception(error)).rstrip(), after


def _source(error: Exception) -> str:
    """The lines around the place in an addon where it happened; nothing where no addon was on the way."""
    path, line = _place(error.__cause__ or error)
    if not line:
        return ""
    numbers = range(max(line - AROUND, 1), line + AROUND + 1)
    lines = [(number, f"{number:5} {escape(getline(path, number).rstrip())}") for number in numbers]
    shown = "".join(f"<mark>{text}</mark>" if number == line else f"{text}\n" for number, text in lines)
    return f"<p>{escape(path)}:{line}</p><pre>{shown}</pre>"


def _place(error: BaseException) -> tuple[str, int]:
    """The last line in an addon on the way to it; ("", 0) where there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 0
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if PACKAGE in Path(frame.filename).parts and "kernel" not in Path(frame.filename).parts:
            return frame.filename, frame.lineno or 0
    return "", 0


def _with_script(page: bytes) -> bytes:
    """The tag before the end of the body, or at the end: the content policy allows scripts of this server."""
    head, end, rest = page.rpartition(b"</body>")
    return head + _TAG + end + rest if end else page + _TAG


def _hardened(response: Response) -> Response:
    harden(response.headers, nonce=new_nonce(), secure=False)
    return response
