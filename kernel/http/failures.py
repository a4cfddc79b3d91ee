"""Failures: which status, code and words an exception becomes. No traceback and no SQL reaches a client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import psycopg
from werkzeug.exceptions import HTTPException

from kernel.errors import BusyError, DeveloperError, TenonError, UserError

RETRY_AFTER = 5
"""Seconds after which a client may try again, where nothing better is known."""


class SessionError(UserError):
    """No session, or one that has ended: log in."""

    code = "session"
    status: ClassVar[int] = 401


@dataclass(frozen=True, slots=True)
class Failure:
    """What the client is told."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> bool:
        """True where the fault is on the server's side: it is logged with its traceback."""
        return self.status == 500


def failure_of(error: BaseException) -> Failure:
    """The failure that an exception is shown as."""
    if isinstance(error, BusyError):
        return _busy(error)
    if isinstance(error, (UserError, DeveloperError)) and error.status < 500:
        return _told(error)
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, psycopg.errors.QueryCanceled):
        return _busy(BusyError("This took too long and was stopped.", hint="Ask for less at once.", code="timeout"))
    if isinstance(error, psycopg.OperationalError):
        return _busy(BusyError("The database does not answer."))
    return _internal()


def _told(error: TenonError) -> Failure:
    wait = error.details.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    return Failure(error.status, error.as_json(), headers)


def _busy(error: BusyError) -> Failure:
    body = error.as_json()
    if error.error_code == BusyError.code and isinstance(error.__cause__, psycopg.Error):  # says where the database is
        body = {"code": error.error_code, "text": "The database does not answer.", "hint": ""}
    body["hint"] = body["hint"] or "Nothing was done. Try again in a moment."
    wait = error.details.get("retry_after", RETRY_AFTER)
    return Failure(error.status, body, {"Retry-After": str(wait)})


def _words(*, code: str, text: str, hint: str = "") -> dict[str, Any]:
    return {"code": code, "text": text, "hint": hint}


_UNREADABLE = _words(code="bad_request", text="The request cannot be understood.")
_HTTP = {
    404: _words(code="not_found", text="There is nothing at this address.", hint="Check the address."),
    405: _words(code="method", text="This address does not take such a request."),
    413: _words(code="too_large", text="The request is too large.", hint="Send less at once."),
    415: _words(
        code="media_type",
        text="The request's content type is not understood.",
        hint="Send application/json.",
    ),
}


def _http(error: HTTPException) -> Failure:
    status = error.code or 500
    if status >= 500:
        return _internal()
    kept = ("Allow", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return Failure(status, _HTTP.get(status, _UNREADABLE), headers)


def _internal() -> Failure:
    text = "Something went wrong on the server; nothing was changed."
    hint = "Try again. If it happens again, tell your administrator the request id."
    return Failure(500, _words(code="internal", text=text, hint=hint))
