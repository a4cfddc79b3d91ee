"""Routes: what `@route` notes on a function of an addon, and the URL map of one assembly made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Response

from kernel.addons import Assembly
from kernel.errors import RegistryError

Auth = Literal["user", "public", "none"]
Isolation = Literal["repeatable read", "read committed"]
IsolationOf = Callable[[Assembly, Mapping[str, Any]], Isolation]
Handler = Callable[..., Response]
H = TypeVar("H", bound=Handler)

MARK = "__tenon_routes__"


@dataclass(frozen=True, slots=True)
class Route:
    """One path and who may call it.

    `auth` is "user" (a session is needed), "public" (anyone; the env is the public user's where there is
    no session) or "none" (no session is read and no transaction opened). `csrf=False` is for callers that
    are no browsers: then a session cookie is not looked at.
    """

    path: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)
    auth: Auth = "user"
    csrf: bool = True
    isolation: Isolation | IsolationOf = "repeatable read"
    max_body: int | None = None

    def isolation_in(self, assembly: Assembly, values: Mapping[str, Any]) -> Isolation:
        """The isolation of one call: a route that calls different things may depend on the path's values."""
        return self.isolation(assembly, values) if callable(self.isolation) else self.isolation

    @property
    def place(self) -> str:
        """`file:line` of the function."""
        code = getattr(self.handler, "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(self.handler)


def route(
    path: str,
    *,
    methods: Sequence[str] = ("GET",),
    auth: Auth = "user",
    csrf: bool = True,
    isolation: Isolation | IsolationOf = "repeatable read",
    max_body: int | None = None,
) -> Callable[[H], H]:
    """Declare that a function answers `path`; the loader collects it, nothing registers on import.

    The path is Werkzeug's: `/loyalty/card/<int:id>`. The function gets the request and the path's values.
    """
    upper = tuple(method.upper() for method in methods)

    def note(handler: H) -> H:
        declared = Route(path, handler, upper, auth, csrf, isolation, max_body)
        setattr(handler, MARK, (*routes_of(handler), declared))
        return handler

    return note


def routes_of(thing: object) -> tuple[Route, ...]:
    """The routes noted on a function; empty for anything else."""
    found = getattr(thing, MARK, ())
    return found if isinstance(found, tuple) else ()


class UrlMap:
    """The routes of one assembly, ready to be matched. Two routes for one request are an error."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        _refuse_duplicates(self.routes)
        rules = [Rule(r.path, methods=r.methods, endpoint=r) for r in self.routes]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False)
        self._adapter: MapAdapter = self._map.bind("tenant")

    def match(self, path: str, method: str) -> tuple[Route, dict[str, Any]]:
        """The route and the path's values; raises werkzeug's NotFound or MethodNotAllowed."""
        endpoint, values = self._adapter.match(path, method)
        return endpoint, dict(values)


def _refuse_duplicates(routes: Sequence[Route]) -> None:
    seen: dict[tuple[str, str], Route] = {}
    for declared in routes:
        shape = re.sub(r"<([^:>]*:)?[^>]*>", r"<\1>", declared.path.rstrip("/"))
        for method in declared.methods:
            other = seen.setdefault((shape, method), declared)
            if other is not declared:
                raise RegistryError(
                    f"Two routes answer {method} {declared.path}:\n  {other.place}\n  {declared.place}",
                    hint="Begin a route's path with the addon's name.",
                )
