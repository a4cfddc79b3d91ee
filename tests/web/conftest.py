"""Fixtures of the tests of web: view files on disk, and a browser's way into a tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from addons.base.models import User
from kernel.addons import Runtime, Tenant
from kernel.http.app import Application
from kernel.http.login import LoginGuard
from tests.base.conftest import hashed, runtime, tenant
from tests.web.toys import Files

__all__ = ["hashed", "runtime", "tenant"]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """View files of the addons `toy` and `more` below a temporary folder."""
    return Files(tmp_path)


KNOWN = "correct horse"


@dataclass
class Browser:
    """A browser without JavaScript, with just enough of it for the RPC."""

    client: Client
    base: str
    csrf: str = field(default="")

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=self.base, headers={"Accept": "text/html"}, **options)

    def submit(self, path: str, **data: str) -> TestResponse:
        """Send the form of a page, with the token that is on it."""
        page = self.get(path).text
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        return self.client.post(path, base_url=self.base, data={"csrf": token[1], **data})

    def log_in(self, login: str, password: str = KNOWN, **data: str) -> TestResponse:
        response = self.submit("/login", login=login, password=password, **data)
        if response.status_code == 303:
            self.csrf = self.boot()["csrf"]
        return response

    def boot(self) -> dict[str, Any]:
        response = self.client.get("/web/boot", base_url=self.base)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json or {}
        return answer

    def rpc(self, path: str, body: Any = None) -> TestResponse:
        return self.client.post(
            f"/rpc/{path}", base_url=self.base, json=body or {}, headers={"X-CSRF-Token": self.csrf}
        )


@pytest.fixture
def browser(runtime: Runtime, tenant: Tenant) -> Browser:
    """A browser that nobody has logged in with."""
    app = Application(runtime, guard=LoginGuard())
    return Browser(Client(app), f"http://{tenant.name}.localhost")


@pytest.fixture
def people(tenant: Tenant, hashed: str) -> Iterator[dict[str, int]]:
    """Ada, an administrator, and Bob, who is only a user."""
    with tenant.env(why="a test") as env:
        manager = [env.ref("base.manager").id]
        made = env[User].create(
            [
                {"name": "Ada", "login": "ada@example.com", "password_hash": hashed, "groups": manager},
                {"name": "Bob", "login": "bob@example.com", "password_hash": hashed},
            ]
        )
        found = {user.name.lower(): user.id for user in made}
    yield found
    with tenant.env(why="a test") as env:
        env[User].browse(list(found.values())).delete()
