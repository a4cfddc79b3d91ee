"""A browser in the transaction of a test: requests go through the whole application, and are undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from werkzeug.test import Client, TestResponse

from kernel.addons import Assembly, Tenant, Visit
from kernel.addons.runtime import SessionRow
from kernel.db import Transaction
from kernel.http import csrf
from kernel.http.app import Application
from kernel.http.keys import derive
from kernel.http.sessions import Caller, open_session
from kernel.orm import Env, Model

T = TypeVar("T")


def id_of(user: Model | int) -> int:
    """The id of a user given as record or id."""
    return user if isinstance(user, int) else int(user.ensure_one().id)


class SharedDoor:
    """Lets the requests of a test into the test's own transaction, each in a savepoint."""

    def __init__(self, visit: Visit, env: Env) -> None:
        self._visit = visit
        self._env = env

    def assembly(self, tenant: Tenant) -> Assembly:
        """That of the test's transaction."""
        del tenant
        return self._visit.assembly

    def moved(self, tenant: Tenant, assembly: Assembly) -> None:
        """Within one transaction nothing moves."""

    @contextmanager
    def enter(self, tenant: Tenant, isolation: str, token_hash: str) -> Iterator[Visit]:
        """A visit on the test's transaction; what fails is undone, what succeeds the test sees."""
        del tenant, isolation
        outer = self._visit
        self._env.flush()
        try:
            with outer.tx.savepoint():
                inner = Visit(outer.tx, outer.assembly, outer.view, _session(outer.tx, token_hash))
                yield inner
                inner.flush()
        finally:
            self._env.invalidate()

    def attempt(self, work: Callable[[], T]) -> T:
        """Once: nobody else is there to conflict with."""
        return work()

    def touch(self, tenant: Tenant, session: int) -> None:
        """Nobody looks at when a test used its session."""


def _session(tx: Transaction, token_hash: str) -> SessionRow | None:
    query = "SELECT id, user_id FROM tenon.session WHERE token_hash = %s AND expires_at > now()"
    rows = tx.rows(query, (token_hash,)) if token_hash else []
    return SessionRow(rows[0][0], rows[0][1], False) if rows else None


class RpcError(AssertionError):
    """A call was refused: `status`, and `error` as the client gets it."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error.get('code')}: {error.get('text')} {error.get('hint', '')}".strip())
        self.status = status
        self.error = error


@dataclass(frozen=True)
class Web:
    """A browser of a test."""

    browser: Client
    base: str
    csrf: str

    @classmethod
    def open(cls, app: Application, tenant: Tenant, tx: Transaction, user: Model | int | None) -> Web:
        """With a session of `user`, if there is one."""
        host = f"{tenant.name}.{app.settings.base_domain}"
        browser = Client(app)
        if user is None:
            return cls(browser, f"http://{host}", "")
        token = open_session(tx, id_of(user), app.settings, Caller("127.0.0.1", "tests"))
        browser.set_cookie("tenon", token, domain=host)
        key = derive(app.settings.master_key, tenant.uuid, "csrf")
        return cls(browser, f"http://{host}", csrf.token_for(key, token))

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET a page."""
        return self.browser.get(path, base_url=self.base, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """POST, with the session's CSRF token."""
        headers = {csrf.HEADER: self.csrf, **options.pop("headers", {})}
        return self.browser.post(path, base_url=self.base, headers=headers, **options)

    def rpc(self, model: str, method: str, /, **body: Any) -> Any:
        """The result of a call of the client's RPC; RpcError where it is refused."""
        answer = self.post(f"/rpc/{model}/{method}", json=body)
        told = answer.get_json()
        if answer.status_code != 200:
            raise RpcError(answer.status_code, told["error"])
        return told["result"]
