"""A tenant with the CRM and one with its demo company; each test's work is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from addons.base.models import Group, User
from kernel.addons import Runtime, Tenant
from kernel.addons.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.orm import Env
from tests.crm.undo import open_runtime, undone


@pytest.fixture(scope="session")
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    return open_runtime(settings, cluster, pool, control)


@pytest.fixture(scope="session")
def crm_tenant(runtime: Runtime) -> Tenant:
    return create_tenant(runtime, "crm-tests", ["crm"])


@pytest.fixture(scope="session")
def demo_tenant(runtime: Runtime) -> Tenant:
    return create_tenant(runtime, "crm-demo", ["crm"], demo=True)


@pytest.fixture
def env(crm_tenant: Tenant) -> Iterator[Env]:
    """The system's env in an empty CRM."""
    yield from undone(crm_tenant)


@pytest.fixture
def demo(demo_tenant: Tenant) -> Iterator[Env]:
    """The system's env in the demo company."""
    yield from undone(demo_tenant)


def _member(env: Env, group: str) -> Env:
    values = {"name": group, "login": group, "groups": env[Group].search(Group.key == group).ids}
    found = env[User].search(User.login == group) or env[User].create(values)
    env.flush()
    return env.as_user(found.id)


@pytest.fixture
def member(env: Env) -> Callable[[str], Env]:
    """The env of a person in one group, made when first asked for."""
    return lambda group: _member(env, group)


@pytest.fixture
def user(demo: Env) -> Env:
    """A CRM user of the demo company."""
    return _member(demo, "crm.user")
