"""A tenant with the example addons; each test's work is undone."""

from __future__ import annotations

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.testing import client, env, visit
from tests.crm.tenants import open_runtime

__all__ = ["client", "env", "visit"]


@pytest.fixture(scope="session")
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    return open_runtime(settings, cluster, pool, control)


@pytest.fixture(scope="session")
def tenant(runtime: Runtime) -> Tenant:
    """All examples at once."""
    return create_tenant(runtime, "examples", ["loyalty_gifts", "crm_vip", "crm_contacts"])
