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
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

import pytest

from kernel.addons import Library, Runtime, Tenant, Visit
from kernel.addons.discovery.catalog import make_importable
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool, TenantRow
from kernel.db.tenants import drop_database
from kernel.http.app import Application
from kernel.orm import Env, Model
from kernel.testing.collecting import pytest_addoption, pytest_collection_modifyitems
from kernel.testing.counting import counting
from kernel.testing.web import RpcError, SharedDoor, Web, id_of

__all__ = ["QueryCount", "RpcError", "Web", "counting", "pytest_addoption", "pytest_collection_modifyitems"]

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


@pytest.fixture(scope="session")
def demo_tenants(runtime: Runtime) -> Iterator[Callable[[str], Tenant]]:
    """Makes a tenant with one addon, all it needs and its demo records, for the generic checks; dropped at the end."""
    made: list[Tenant] = []

    def tenant_of(name: str) -> Tenant:
        made.append(create_tenant(runtime, f"test-{len(made) + 1}01-{os.getpid()}", (name,), demo=True))
        return made[-1]

    _drop_stale(runtime)
    yield tenant_of
    for tenant in made:
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
