"""The request an addon's route gets: Werkzeug's, with the tenant, the actor's env, session and tokens."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug import wrappers
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Response

from kernel.addons import Assembly, Tenant, Visit
from kernel.config import Settings
from kernel.db import Transaction
from kernel.errors import DeveloperError, MissingError
from kernel.http import csrf, headers, limits
from kernel.http.keys import derive
from kernel.http.responses import page
from kernel.http.sessions import Caller, Session
from kernel.http.templates import Templates
from kernel.log import RequestLog
from kernel.orm import Env

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from kernel.http.app import Application

access_log = logging.getLogger("tenon.http")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(slots=True)
class Outgoing:
    """What the handler decided about cookies; goes out with the response if the transaction commits."""

    session: str | None = None
    """A new session's token; "" ends the session; None leaves it."""
    visitor: str | None = None


class Request(wrappers.Request):
    """One request of one tenant."""

    max_content_length = limits.BODY
    max_form_memory_size = limits.FORM
    max_form_parts = limits.PARTS

    tenant: Tenant
    assembly: Assembly

    def __init__(self, environ: WSGIEnvironment, app: Application) -> None:
        super().__init__(environ)
        self.app = app
        self.settings: Settings = app.settings
        self.started = perf_counter()
        self.id = self._given_id() or secrets.token_hex(8)
        self.log = RequestLog(access_log, {"request_id": self.id})
        self.session: Session | None = None
        self.outgoing = Outgoing()
        self.statements = 0
        """SQL statements sent for this request."""
        self.sql_seconds = 0.0
        self.passed_on = False
        """True where another generation of workers has answered."""
        self._env: Env | None = None

    def _given_id(self) -> str:
        """The id that a trusted proxy gave, or a neighbour, so that their logs and ours can be read together."""
        if "tenon.request_id" in self.environ:
            return str(self.environ["tenon.request_id"])
        given = self.headers.get("X-Request-Id", "") if self.settings.trusted_proxies else ""
        return given if REQUEST_ID.fullmatch(given) else ""

    @property
    def env(self) -> Env:
        """The env of the actor: the session's user, or the public user."""
        if self._env is None:
            raise DeveloperError(
                f"{self.path}: this route has no env.", hint='Give the route auth="user" or auth="public".'
            )
        return self._env

    def enter(self, visit: Visit, token: str) -> None:
        """Begin an attempt in a transaction: a retried request starts with clean hands."""
        self.outgoing = Outgoing()
        self.session, self._env = None, visitor_env(visit)
        row = visit.session
        if row is None:
            return
        env = visit.env(row.user)
        try:
            self.log.bind(user=env.user.id)
        except MissingError:  # archived or deleted since: the session is worth nothing
            return
        self.session, self._env = Session(row.id, row.user, token, row.stale), env

    def count(self, tx: Transaction) -> None:
        """Add what a transaction has cost to what the log line tells."""
        self.statements += tx.statements
        self.sql_seconds += tx.seconds

    @cached_property
    def nonce(self) -> str:
        """What `<script nonce="...">` of this page must say."""
        return headers.new_nonce()

    @cached_property
    def secure(self) -> bool:
        """True where the browser uses https."""
        return self.settings.secure_cookies or self.is_secure

    def cookie_name(self, name: str) -> str:
        """A cookie that no sibling domain can set, where https allows it."""
        return f"__Host-{name}" if self.secure else name

    @property
    def session_cookie(self) -> str:
        """The session token that the browser sent, or ""."""
        return self.cookies.get(self.cookie_name("tenon"), "")

    @property
    def csrf_token(self) -> str:
        """What forms (field `csrf`) and scripts (header `X-CSRF-Token`) of this page must send back."""
        seed = self._csrf_seed
        if not seed:
            seed = self.outgoing.visitor = csrf.new_seed()
        return csrf.token_for(self._csrf_key, seed)

    def check_csrf(self) -> None:
        """Raise CsrfError unless the request comes from a page of this site."""
        scheme = "https" if self.secure else self.scheme
        csrf.check_source(self.host, scheme, self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site"))
        given = self.headers.get(csrf.HEADER) or ("" if self.is_json else self.form.get(csrf.FIELD, ""))
        csrf.check_token(self._csrf_key, self._csrf_seed, given)

    @property
    def _csrf_seed(self) -> str:
        if self.outgoing.session:
            return self.outgoing.session
        if self.session is not None and self.outgoing.session is None:
            return self.session.token
        return self.outgoing.visitor or self.cookies.get(self.cookie_name("tenon-visitor"), "")

    @property
    def _csrf_key(self) -> bytes:
        return derive(self.app.master_key, self.tenant.uuid, "csrf")

    @property
    def json(self) -> Any:
        """The body, read as JSON; 415 where it is said to be something else, 400 where it is none."""
        if not self.is_json:
            raise UnsupportedMediaType
        try:
            return orjson.loads(self.get_data())
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body is not JSON: {error}") from None

    @property
    def wants_json(self) -> bool:
        """True for programs; a browser that opens a page gets a page."""
        if self.path.startswith("/rpc/") or self.is_json:
            return True
        return "text/html" not in self.headers.get("Accept", "")

    @property
    def caller(self) -> Caller:
        """Where the request comes from."""
        return Caller(self.remote_addr or "", self.headers.get("User-Agent", ""))

    def static(self, addon: str, path: str) -> str:
        """The address of a static file of an addon."""
        return self.app.static.url(self.assembly.addon(addon).path, path)

    def render(self, template: str, values: Mapping[str, object] | None = None, status: int = 200) -> Response:
        """A page from an addon's template; `request`, `csrf_token`, `nonce` and `static` are known there."""
        known: dict[str, object] = {
            "request": self,
            "csrf_token": self.csrf_token,
            "nonce": self.nonce,
            "static": self.static,
        }
        templates = templates_of(self.assembly)
        language = self._env.language if self._env is not None else "en"
        return page(templates.render(template, language, {**known, **(values or {})}), status)


def visitor_env(visit: Visit) -> Env:
    """The env of somebody who is not logged in: no user, no groups, so no rights."""
    return visit.env(why="finding out who visits").as_user(None)


def templates_of(assembly: Assembly) -> Templates:
    """The templates of all addons of an assembly."""
    folders = {addon.name: addon.path for addon in assembly.addons}
    return assembly.extra("http.templates", lambda: Templates(folders))  # noqa: S610
