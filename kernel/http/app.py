"""The WSGI application: finds the tenant by its host name, enters it, calls the route, answers.

The path of a request: host name -> tenant (cached directory) -> route (URL map of the tenant's addons) ->
one transaction, whose first statement reads session and generations -> the route's function -> response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from kernel.addons import Assembly, Runtime, Tenant
from kernel.addons.runtime import SWITCH_WAIT
from kernel.errors import EditionError
from kernel.http import csrf
from kernel.http.door import Door, MovedError, PooledDoor
from kernel.http.error_page import error_page
from kernel.http.failures import Failure, SessionError, failure_of
from kernel.http.files import download, upload
from kernel.http.handover import Handover
from kernel.http.headers import harden
from kernel.http.health import Health
from kernel.http.limits import VISITORS, RateLimit
from kernel.http.login import LoginGuard
from kernel.http.request import Request
from kernel.http.responses import json_response, page, redirect
from kernel.http.routes import MARK, Route, UrlMap, routes_of
from kernel.http.rpc import rpc
from kernel.http.sessions import hash_token
from kernel.http.static import StaticFiles

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Application:
    """One per process; holds nothing of a tenant but what the runtime caches."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        door: Door | None = None,
        guard: LoginGuard | None = None,
        handover: Handover | None = None,
        explain: Callable[[Exception, Request], Response] | None = None,
    ) -> None:
        """`handover`: how to reach other generations of workers, where there may be some.

        `explain`: what a fault of the server is shown as to its author, who alone sees this server.
        """
        self.runtime = runtime
        self.settings = runtime.settings
        self.master_key = runtime.settings.master_key  # read once: it may be a file
        self.door: Door = door or PooledDoor(runtime.settings.session_idle)
        self.guard = guard or LoginGuard()
        self.handover = handover
        self.explain = explain
        self.visitors = RateLimit(VISITORS)
        self.static = StaticFiles()
        self.health = Health({"database": self._check_cluster}, {"directory": self._check_control})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if self.handover is not None:
            self.handover.receive(environ)
        request = Request(environ, self)
        try:
            response = self._answer(request) if self.handover is None else self._answer_or_pass_on(request)
        except Exception as error:
            response = self._refuse(request, error)
        self._finish(request, response)
        return response(environ, start_response)

    def _answer_or_pass_on(self, request: Request) -> Response:
        """The answer of this process; of another generation, if the tenant is at the edition of that one.

        A generation that is just starting is waited for.
        """
        assert self.handover is not None
        deadline = monotonic() + SWITCH_WAIT
        while True:
            try:
                return self._answer(request)
            except EditionError as error:
                response = self.handover.pass_on(request, error)
                if response is not None:
                    request.passed_on = True
                    return response
                if not self.handover.wait(deadline):
                    raise

    def _answer(self, request: Request) -> Response:
        path = request.path
        if path.startswith("/health/"):
            return self.health.respond(path)
        request.tenant = self.runtime.tenant_by_host(request.host)
        request.log.bind(tenant=request.tenant.name)
        parts = path.split("/", 4)
        if len(parts) == 5 and parts[2] == "static" and request.method in ("GET", "HEAD"):
            return self._static(request, parts[1], parts[3], parts[4])
        return self._route(request)

    def _route(self, request: Request) -> Response:
        """Match and call; again where the tenant turned out to have other addons than a moment ago."""
        while True:
            request.assembly = self.door.assembly(request.tenant)
            try:
                found, values = url_map(request.assembly).match(request.path, request.method)
            except HTTPException:
                if self._look_again(request.tenant) is request.assembly:
                    raise
                continue  # the address came with an addon
            if found.max_body is not None:
                request.max_content_length = found.max_body
            if found.auth == "none":
                return found.handler(request, **values)
            try:
                return self._call(request, found, values)
            except MovedError:
                continue

    def _call(self, request: Request, found: Route, values: dict[str, Any]) -> Response:
        token = request.session_cookie if found.csrf else ""
        token_hash = hash_token(token) if token else ""
        isolation = found.isolation_in(request.assembly, values)

        def attempt() -> Response:
            with self.door.enter(request.tenant, isolation, token_hash) as visit:
                if visit.assembly is not request.assembly:
                    self.door.moved(request.tenant, visit.assembly)
                    raise MovedError
                request.enter(visit, token)
                try:
                    self._admit(request, found)
                    response = found.handler(request, **values)
                    visit.flush()
                    return response
                finally:
                    request.count(visit.tx)

        response = self.door.attempt(attempt)
        self._touch(request)
        return response

    def _admit(self, request: Request, found: Route) -> None:
        """Raise unless the request may call the route."""
        visitor = request.session is None
        if found.auth == "user" and visitor:
            raise SessionError("Log in first.", hint="The session has ended, or there was none.")
        if request.method in csrf.SAFE_METHODS:
            return
        if found.csrf and not (visitor and request.is_json):  # then no cookie authenticates it
            request.check_csrf()
        if visitor:
            self.visitors.hit(request.tenant.uuid, request.remote_addr or "")

    def _touch(self, request: Request) -> None:
        if request.session is None or not request.session.stale:
            return
        try:
            self.door.touch(request.tenant, request.session.id)
        except Exception as error:
            request.log.warning("the session's use could not be noted", exc_info=error)

    def _refuse(self, request: Request, error: Exception) -> Response:
        failure = failure_of(error)
        if failure.ours:
            if self.explain is not None:
                return self.explain(error, request)
            request.log.error("request failed", exc_info=error)
        elif failure.status >= 500:
            request.log.warning("request refused: %s", error)
        wants_login = isinstance(error, SessionError) and request.method in csrf.SAFE_METHODS
        if wants_login and not request.wants_json:
            return redirect(f"/login?{urlencode({'next': request.full_path.rstrip('?')})}")
        return error_response(request, failure)

    def _finish(self, request: Request, response: Response) -> None:
        """Cookies, headers, the line in the log."""
        if not request.passed_on:  # else they are there
            set_cookies(request, response)
            harden(response.headers, nonce=request.nonce, secure=request.secure)
            response.headers["X-Request-Id"] = request.id
        request.log.info(
            "%s %s",
            request.method,
            request.path,
            extra={
                "status": response.status_code,
                "ms": round((perf_counter() - request.started) * 1000, 1),
                "sql": request.statements,
                "sql_ms": round(request.sql_seconds * 1000, 1),
            },
        )

    def _static(self, request: Request, addon: str, given_hash: str, path: str) -> Response:
        """A file of an addon. Another worker may have installed it, or another edition of it, a moment ago."""
        assembly = self.door.assembly(request.tenant)
        if addon not in assembly.names or self.static.hash(assembly.addon(addon).path) != given_hash:
            assembly = self._look_again(request.tenant)
        if addon not in assembly.names:
            raise NotFound
        return self.static.respond(request, assembly.addon(addon).path, given_hash, path)

    def _look_again(self, tenant: Tenant) -> Assembly:
        """What the tenant has at this moment; EditionError where that is not for this process to serve."""
        assembly = tenant.assembly()
        self.door.moved(tenant, assembly)
        return assembly

    def _check_cluster(self) -> None:
        with self.runtime.cluster.connect() as connection:
            connection.execute("SELECT 1")

    def _check_control(self) -> None:
        self.runtime.control.run(lambda tx: tx.rows("SELECT 1"))


def url_map(assembly: Assembly) -> UrlMap:
    """The routes of an assembly's addons and the kernel's own; made once per set of addons."""

    def build() -> UrlMap:
        found = [
            item for addon in assembly.addons for function in addon.marked("http", MARK) for item in routes_of(function)
        ]
        return UrlMap([*found, *routes_of(rpc), *routes_of(upload), *routes_of(download)])

    return assembly.extra("http.urls", build)  # noqa: S610 - an assembly is no query


def error_response(request: Request, failure: Failure) -> Response:
    """A page for people, JSON for programs."""
    if request.wants_json:
        response = json_response({"error": failure.body, "request_id": request.id}, failure.status)
    else:
        response = page(error_page(failure, request.id), failure.status)
    response.headers.update(failure.headers)
    return response


def set_cookies(request: Request, response: Response) -> None:
    """The session's cookie and the visitor's, as the handler decided; none of an attempt that failed."""
    outgoing = request.outgoing
    if response.status_code >= 500:
        return
    common: dict[str, Any] = {"secure": request.secure, "httponly": True, "samesite": "Lax", "path": "/"}
    name = request.cookie_name("tenon")
    if outgoing.session:
        response.set_cookie(name, outgoing.session, max_age=request.settings.session_absolute, **common)
    elif outgoing.session == "":
        response.delete_cookie(name, **common)
    if outgoing.visitor:
        response.set_cookie(request.cookie_name("tenon-visitor"), outgoing.visitor, **common)


def wsgi(runtime: Runtime, handover: Handover | None = None) -> WSGIApplication:
    """The application behind the proxies that may set forwarded headers."""
    app: WSGIApplication = Application(runtime, handover=handover)
    hops = runtime.settings.trusted_proxies
    return ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0) if hops else app
