"""A tenant with the CRM and one with its demo company; each test's work is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from addons.base.models import User
from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.orm import Env
from kernel.testing import Undo, client, env, query_count, visit
from tests.crm.tenants import open_runtime

__all__ = ["client", "env", "query_count", "visit"]


@pytest.fixture(scope="session")
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    return open_runtime(settings, cluster, pool, control)


@pytest.fixture(scope="session")
def tenant(runtime: Runtime) -> Tenant:
    """An empty CRM."""
    return create_tenant(runtime, "crm-tests", ["crm"])


@pytest.fixture(scope="session")
def demo_tenant(runtime: Runtime) -> Tenant:
    """The demo company."""
    return create_tenant(runtime, "crm-demo", ["crm"], demo=True)


@pytest.fixture
def demo(demo_tenant: Tenant) -> Iterator[Env]:
    """The system's env in the demo company."""
    with suppress(Undo), demo_tenant.env(why="a test") as opened:
        yield opened
        raise Undo


@pytest.fixture
def member(env: Env) -> Callable[[str], Env]:
    """The env of a person in one group, made when first asked for."""

    def member_of(group: str) -> Env:
        values = {"name": group, "login": group, "groups": [env.ref(group).id]}
        found = env[User].search(User.login == group) or env[User].create(values)
        env.flush()
        return env.as_user(found.id)

    return member_of
