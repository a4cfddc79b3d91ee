"""A tenant with base, web and a toy addon, shared by the tests of both; each test undoes what it did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from addons.base.models import User
from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import drop_database
from kernel.http.passwords import hash_password
from kernel.orm import Env

TOYS = Path(__file__).parent / "toys"


class Undo(Exception):
    """Ends a test's transaction."""


@pytest.fixture(scope="session")
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    """A process that knows the addons of this project, and the toy addon `depot`."""
    own = replace(settings, addons_path=(TOYS,))
    return Runtime(own, cluster, pool, control, Library(own.addon_roots))


@pytest.fixture(scope="package")
def tenant(runtime: Runtime, request: pytest.FixtureRequest) -> Iterator[Tenant]:
    """A tenant with base, web and depot."""
    made = create_tenant(runtime, "of-" + request.node.name.rpartition("/")[2].replace("_", "-"), ["depot"])
    yield made
    runtime.pool.forget(made.row.dsn)
    drop_database(runtime.cluster, runtime.control, made.row)


@pytest.fixture(scope="session")
def hashed() -> str:
    """The hash of "correct horse"; made once, because making it is meant to be slow."""
    return hash_password("correct horse")


@pytest.fixture
def env(tenant: Tenant) -> Iterator[Env]:
    """The system's env in a transaction that is undone."""
    with suppress(Undo), tenant.env(why="a test") as env:
        yield env
        raise Undo


@pytest.fixture
def ada(env: Env, hashed: str) -> int:
    """An administrator."""
    groups = [env.ref("base.manager").id]
    made = env[User].create({"name": "Ada", "login": "ada@example.com", "password_hash": hashed, "groups": groups})
    env.flush()
    return made.id


@pytest.fixture
def bob(env: Env, hashed: str) -> int:
    """A user without any further group."""
    made = env[User].create({"name": "Bob", "login": "bob@example.com", "password_hash": hashed})
    env.flush()
    return made.id
