"""The kernel names no addon: it can be imported, assembled and used without any."""

from __future__ import annotations

import subprocess
import sys

from kernel.addons import Library, Runtime
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import drop_database

SCRIPT = """
import importlib, pkgutil, sys, kernel
for info in pkgutil.walk_packages(kernel.__path__, "kernel."):
    if ".migrations" not in info.name:
        importlib.import_module(info.name)
print([name for name in sys.modules if name.startswith("addons.")])
"""


def test_importing_the_whole_kernel_imports_no_addon() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=SOURCE_ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_a_tenant_without_addons_can_be_entered(
    settings: Settings, cluster: Cluster, pool: Pool, control: Control
) -> None:
    runtime = Runtime(settings, cluster, pool, control, Library([]))
    tenant = create_tenant(runtime, "bare", [])
    try:
        with tenant.env(why="a test") as env:
            assert not env.registry.models
            assert env.sql("SELECT count(*) FROM tenon.addon") == [(0,)]
    finally:
        drop_database(cluster, control, tenant.row)
