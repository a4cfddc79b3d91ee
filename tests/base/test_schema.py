"""Migrating from the first revision gives what a fresh install gives."""

from __future__ import annotations

import pytest

from kernel.addons import Runtime
from kernel.addons.migrations.autogenerate import migration_faults


@pytest.mark.parametrize("addon", ["base", "web"])
def test_migrations_give_the_schema_of_a_fresh_install(runtime: Runtime, addon: str) -> None:
    assert migration_faults(runtime.cluster, runtime.library, addon) == []
