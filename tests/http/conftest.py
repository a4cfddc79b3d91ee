"""A served toy shop: one runtime, one tenant per module, an application, and browsers that log in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client, TestResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import drop_database
from kernel.http.app import Application
from kernel.http.passwords import hash_password
from kernel.http.sessions import Caller, open_session

TOYS = Path(__file__).parent / "toys"
PASSWORD = "correct horse"


@dataclass(frozen=True)
class People:
    """Ids of the users every tenant of these tests has."""

    ada: int
    bob: int
    boss: int
    nobody: int


@pytest.fixture(scope="session")
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    own = replace(settings, addons_path=(TOYS,))
    return Runtime(own, cluster, pool, control, Library(own.addon_roots))


@pytest.fixture(scope="session")
def encoded() -> str:
    return hash_password(PASSWORD)


@pytest.fixture(scope="module")
def tenant(runtime: Runtime) -> Iterator[Tenant]:
    made = create_tenant(runtime, "toyshop", ["shop"])
    yield made
    runtime.pool.forget(made.row.dsn)
    drop_database(runtime.cluster, runtime.control, made.row)


@pytest.fixture(scope="module")
def people(tenant: Tenant, encoded: str) -> People:
    rows = [
        ("ada", "Ada", "shop.user"),
        ("bob", "Bob", "shop.user"),
        ("boss", "The boss", "shop.user shop.manager"),
        ("nobody", "Nobody", ""),
    ]
    with tenant.env(why="the people of the tests") as env:
        users = env.model("gate.user")
        ids = [
            users.create({"login": login, "name": name, "teams": teams, "password_hash": encoded}).id
            for login, name, teams in rows
        ]
    return People(*ids)


@pytest.fixture
def app(runtime: Runtime, people: People) -> Application:
    return Application(runtime)


class Browser:
    """A client that keeps cookies, follows no redirect and knows its CSRF token."""

    def __init__(self, app: WSGIApplication, host: str = "toyshop.localhost") -> None:
        self.client = Client(app)
        self.base = f"http://{host}"
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=self.base, buffered=True, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.client.post(path, base_url=self.base, **options)

    def log_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        form = self.get("/login").get_data(as_text=True)
        token = form.split('name="csrf" value="')[1].split('"')[0]
        answer = self.post("/login", data={"login": login, "password": password, "csrf": token})
        if answer.status_code == 303:
            self.token = self.get("/app").get_json()["csrf"]
        return answer

    def rpc(self, model: str, method: str, _status: int = 200, /, **body: Any) -> Any:
        answer = self.post(f"/rpc/{model}/{method}", json=body, headers={"X-CSRF-Token": self.token})
        assert answer.status_code == _status, answer.get_data(as_text=True)
        found = answer.get_json()
        return found["result"] if _status == 200 else found["error"]


@pytest.fixture
def browser(app: Application) -> Browser:
    return Browser(app)


@pytest.fixture
def logged_in(app: Application, tenant: Tenant, people: People) -> Callable[[str], Browser]:
    """Opens a session without the time a password takes."""

    def log_in(login: str) -> Browser:
        opened = Browser(app)
        with tenant.env(why="a session for a test") as env:
            user = getattr(people, login)
            token = open_session(env.tx, user, app.settings, Caller("127.0.0.1", "tests"))
        opened.client.set_cookie("tenon", token, domain="toyshop.localhost")
        opened.token = opened.get("/app").get_json()["csrf"]
        return opened

    return log_in


@pytest.fixture
def ada(logged_in: Callable[[str], Browser]) -> Browser:
    return logged_in("ada")


@pytest.fixture
def boss(logged_in: Callable[[str], Browser]) -> Browser:
    return logged_in("boss")


@pytest.fixture
def clean(tenant: Tenant) -> Iterator[None]:
    """Each test begins and ends without customers and orders."""
    yield
    with tenant.env(why="clean up") as env:
        for table in ("line", '"order"', "customer"):
            env.sql(f"DELETE FROM shop.{table}")


@pytest.fixture
def customers(tenant: Tenant, people: People) -> dict[str, int]:
    """Two of everybody, one of Ada's, one of Bob's."""
    rows: list[dict[str, Any]] = [
        {"name": "Acme", "city": "Porto", "credit": 10, "margin": 5},
        {"name": "Bolt", "city": "Lisbon", "credit": 20, "pin": "1234"},
        {"name": "Ada's", "city": "Porto", "owner": people.ada},
        {"name": "Bob's", "city": "Faro", "owner": people.bob},
    ]
    with tenant.env(why="customers of the tests") as env:
        made = env.model("shop.customer").create(rows)
        return dict(zip((row["name"] for row in rows), made.ids, strict=True))
