"""Responses: JSON, pages, redirects; made the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from werkzeug.wrappers import Response

JSON = "application/json"


def json_response(value: Any, status: int = 200) -> Response:
    """`value` as JSON."""
    return Response(dump_json(value), status, content_type=JSON)


def dump_json(value: Any) -> bytes:
    """JSON bytes: decimals become texts, sets sorted lists, groups objects; what has no JSON form is a TypeError."""
    return orjson.dumps(value, default=_default)


def script_json(value: Any) -> str:
    """JSON that may stand inside a `<script>` element: no `<`, no `&`, no line separators."""
    text = dump_json(value).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def page(html: str, status: int = 200) -> Response:
    """An HTML page."""
    return Response(html, status, content_type="text/html; charset=utf-8")


def redirect(location: str, status: int = 303) -> Response:
    """Send the browser to another address of this site."""
    response = Response(status=status, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = location
    response.autocorrect_location_header = False
    return response


def local_path(target: str | None, fallback: str) -> str:
    """`target` if it is a path of this site, else `fallback`: a link cannot send a person elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    return fallback if any(ord(char) < 32 for char in target) or "\\" in target else target


def _default(value: object) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, Mapping):  # a group, as `group` gives them
        return dict(value)
    raise TypeError(f"{value!r} has no JSON form")
