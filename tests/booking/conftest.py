"""A tenant with booking; each test's work is undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addons.base.models import User
from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.orm import Env
from kernel.testing import client, env, query_count, visit

__all__ = ["client", "env", "query_count", "visit"]


@pytest.fixture(scope="session")
def tenant(runtime: Runtime) -> Tenant:
    """An empty spa."""
    return create_tenant(runtime, "booking-tests", ["booking"])


@pytest.fixture
def member(env: Env) -> Callable[[str], Env]:
    """The env of a person in one group, made when first asked for."""

    def member_of(group: str) -> Env:
        values = {"name": group, "login": group, "groups": [env.ref(group).id]}
        found = env[User].search(User.login == group) or env[User].create(values)
        env.flush()
        return env.as_user(found.id)

    return member_of
