"""A clinic: a tenant with CRM, booking and the bridge; each test's work is undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addons.base.models import User
from addons.crm.models import Contact
from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.orm import Env
from kernel.testing import client, env, query_count, visit
from tests.booking.spa import Spa, open_spa

__all__ = ["client", "env", "query_count", "visit"]


@pytest.fixture(scope="session")
def tenant(runtime: Runtime) -> Tenant:
    """All three."""
    return create_tenant(runtime, "bridge-tests", ["crm_booking_bridge"])


@pytest.fixture
def spa(env: Env) -> Spa:
    return open_spa(env)


@pytest.fixture
def grace(env: Env) -> Contact:
    """A contact who has not booked yet."""
    contact = env[Contact].create({"name": "Grace Hopper", "email": "grace@example.com", "owner": None})
    env.flush()
    return contact


@pytest.fixture
def member(env: Env) -> Callable[..., Env]:
    """The env of a person in some groups."""

    def member_of(*groups: str) -> Env:
        login = "-".join(groups)
        user = env[User].create({"name": login, "login": login, "groups": [env.ref(group).id for group in groups]})
        env.flush()
        return env.as_user(user.id)

    return member_of
