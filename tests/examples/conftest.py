"""Tenants with the example addons; each test's work is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
def examples_tenant(runtime: Runtime) -> Tenant:
    return create_tenant(runtime, "examples", ["loyalty", "crm_vip"])


@pytest.fixture
def env(examples_tenant: Tenant) -> Iterator[Env]:
    """The system's env of a tenant with all examples."""
    yield from undone(examples_tenant)
