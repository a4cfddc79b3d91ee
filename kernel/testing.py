"""A pytest plugin for authors of addons: a tenant with their addon, and tests that undo what they do.

    def test_a_partner_shows_its_points(env, query_count):
        partner = env[Partner].create({"name": "Ada"})
        with query_count(1):
            env.flush()

    def test_the_client_sees_them(env, client):
        ada = env.ref("base.admin")
        assert client(ada).rpc("contacts.partner", "search_read", spec={"points": {}})["records"] == []

The tenant has the addon whose folder the test is in, and all it depends on; a module that wants other
addons overrides the fixture `addons`. It is made once per run and set of addons. `env` is the system's, in
a transaction that is rolled back after the test; `as_user` and `client` work in the same transaction.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from werkzeug.test import Client, TestResponse

from kernel.addons import Assembly, Library, Runtime, Tenant, Visit
from kernel.addons.discovery.catalog import make_importable
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.runtime import SessionRow
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool, TenantRow, Transaction
from kernel.db.tenants import drop_database
from kernel.http import csrf
from kernel.http.app import Application
from kernel.http.keys import derive
from kernel.http.sessions import Caller, open_session
from kernel.orm import Env, Model

T = TypeVar("T")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Nobody needs the data after a power cut."""
_OWN: Final = re.compile(r"test-\d+-(\d+)")
QueryCount = Callable[..., AbstractContextManager[None]]


class Undo(Exception):
    """Ends the transaction of a test."""


def pytest_configure(config: pytest.Config) -> None:
    """Test files import their addon when they are collected, before any fixture runs."""
    make_importable(_roots(config))


def _roots(config: pytest.Config) -> tuple[Path, ...]:
    """The project under test, which contains `addons/`, and the folders of TENON_ADDONS_PATH."""
    places = (config.invocation_params.dir, config.rootpath, *config.rootpath.parents)
    own = [place for place in places if (place / "addons").is_dir()][:1]
    known = [Path(part) for part in os.environ.get("TENON_ADDONS_PATH", "").split(os.pathsep) if part]
    return tuple(root for root in (*own, *known) if root != SOURCE_ROOT)


# -- one cluster and its tenants for the whole run -------------------------------------------------------
@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A folder that every account can reach, as PostgreSQL is never root; that of TENON_TEST_DATA_DIR is kept."""
    if kept := os.environ.get("TENON_TEST_DATA_DIR"):
        yield Path(kept)
        return
    folder = Path(tempfile.mkdtemp(prefix="tenon-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(data_dir: Path, pytestconfig: pytest.Config) -> Settings:
    """A private cluster, or the server of TENON_TEST_DATABASE_URL; addons of the project under test."""
    url = os.environ.get("TENON_TEST_DATABASE_URL", "")
    return Settings(data_dir=data_dir, database_url=url, addons_path=_roots(pytestconfig))


@pytest.fixture(scope="session")
def cluster(settings: Settings) -> Iterator[Cluster]:
    """The PostgreSQL server of the run."""
    with Cluster.open(settings, options=FAST) as opened:
        yield opened


@pytest.fixture(scope="session")
def pool(cluster: Cluster) -> Iterator[Pool]:
    """Connections to all tenants of the run."""
    del cluster
    opened = Pool(8)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def control(cluster: Cluster, pool: Pool) -> Control:
    """The directory of the run's tenants."""
    return Control.open(cluster, pool)


@pytest.fixture(scope="session")
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    """A process that serves the run's tenants."""
    return Runtime(settings, cluster, pool, control, Library(settings.addon_roots))


@pytest.fixture(scope="session")
def tenants(runtime: Runtime) -> Iterator[Callable[[tuple[str, ...]], Tenant]]:
    """Makes the tenant of a set of addons, once per run, from a template; they are dropped at the end."""
    made: dict[tuple[str, ...], Tenant] = {}

    def tenant_with(names: tuple[str, ...]) -> Tenant:
        if names not in made:
            made[names] = create_tenant(runtime, f"test-{len(made) + 1}-{os.getpid()}", names)
        return made[names]

    _drop_stale(runtime)
    yield tenant_with
    for tenant in made.values():
        _drop(runtime, tenant.row)


def _drop_stale(runtime: Runtime) -> None:
    """Tenants of runs that were killed: the number in their name is that of a process which is gone."""
    for row in runtime.control.tenants():
        found = _OWN.fullmatch(row.name)
        if found and not _lives(int(found[1])):
            _drop(runtime, row)


def _drop(runtime: Runtime, row: TenantRow) -> None:
    runtime.pool.forget(row.dsn)
    drop_database(runtime.cluster, runtime.control, row)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@pytest.fixture(scope="module")
def addons(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The addons of the module's tenant: the one in whose folder the test lies; override it for others."""
    parts = request.path.parts
    if "addons" not in parts[:-1]:
        pytest.fail(f"{request.path} lies in no addon: override the fixture `addons` to say which to install.")
    place = len(parts) - 1 - parts[::-1].index("addons")
    return (parts[place + 1],)


@pytest.fixture(scope="module")
def tenant(addons: tuple[str, ...], tenants: Callable[[tuple[str, ...]], Tenant]) -> Tenant:
    """A tenant with `addons` and all they need."""
    return tenants(addons)


# -- one transaction per test ------------------------------------------------------------------------------
@pytest.fixture
def visit(tenant: Tenant) -> Iterator[Visit]:
    """The transaction of the test; rolled back at its end."""
    with suppress(Undo), tenant.visit() as opened:
        yield opened
        raise Undo


@pytest.fixture
def env(visit: Visit) -> Env:
    """The system's env."""
    return visit.env(why="a test")


@pytest.fixture
def as_user(env: Env) -> Callable[[Model | int], Env]:
    """The env of a user, with that user's rights: `as_user(ada)[Partner].search()`."""
    return lambda user: env.as_user(id_of(user))


@pytest.fixture
def query_count(visit: Visit) -> QueryCount:
    """Counts statements: `with query_count(2): ...` fails, and prints them all, where it was not two."""
    return lambda expected: counting(visit.tx, expected)


@pytest.fixture
def client(runtime: Runtime, tenant: Tenant, visit: Visit, env: Env) -> Callable[[Model | int | None], Web]:
    """A browser in the transaction of the test: `client(ada)` is logged in, `client(None)` a visitor."""
    app = Application(runtime, door=SharedDoor(visit, env))
    return lambda user: Web.open(app, tenant, visit.tx, user)


def id_of(user: Model | int) -> int:
    """The id of a user given as record or id."""
    return user if isinstance(user, int) else int(user.ensure_one().id)


@contextmanager
def counting(tx: Transaction, expected: int) -> Iterator[None]:
    """Fail unless exactly `expected` statements are sent inside."""
    outer, tx.log = tx.log, []
    try:
        yield
        found = tx.log
    finally:
        inner, tx.log = tx.log, outer
        if outer is not None:
            outer.extend(inner)
    if len(found) != expected:
        pytest.fail(_recount(found, expected))


def _recount(found: list[str], expected: int) -> str:
    shown = "\n".join(f"  {number}. {' '.join(text.split())}" for number, text in enumerate(found, 1))
    advice = (
        "More statements than before are a performance regression: look for a read inside a loop."
        if len(found) > expected
        else "Fewer are an improvement: lower the number in the test."
    )
    return f"{len(found)} statements were sent, {expected} were expected. {advice}\n{shown or '  (none)'}"


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
