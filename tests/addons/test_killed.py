"""Killed anywhere, a tenant is in the old or in the new state, and serves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import SOURCE_ROOT
from kernel.db import transaction
from tests.addons.shelf import write_rating, write_shelf

HOOKS = """
import os, signal
from kernel.addons import hookimpl

@hookimpl
def addon_installed(env, addon):
    if addon == "rating" and os.environ.get("KILL") == "before commit":
        env.flush()
        os.kill(os.getpid(), signal.SIGKILL)
"""

SCRIPT = """
import os, signal, sys
from pathlib import Path
from kernel.addons import Library, Runtime
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool

root, data_dir, url = sys.argv[1:]
settings = Settings(data_dir=Path(data_dir), database_url=url)
cluster = Cluster.open(settings)
pool = Pool(4)
runtime = Runtime(settings, cluster, pool, Control.open(cluster, pool), Library([Path(root)]))
if os.environ["KILL"] == "after commit":
    runtime.control.set_addons = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
execute(runtime, plan_install(runtime, runtime.tenant("acme"), ["rating"]))
"""


def install_and_die(runtime: Runtime, root: Path, when: str) -> None:
    command = [sys.executable, "-c", SCRIPT, root, runtime.settings.data_dir, runtime.settings.database_url]
    environ = {**os.environ, "KILL": when, "PYTHONPATH": str(SOURCE_ROOT)}
    died = subprocess.run([str(part) for part in command], env=environ, capture_output=True, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    write_rating(root, hooks=HOOKS)
    return create_tenant(runtime, "acme", ["shelf"])


def columns(tenant: Tenant) -> set[str]:
    with transaction(tenant.runtime.pool, tenant.row.dsn) as tx:
        query = "SELECT attname FROM pg_attribute WHERE attrelid = 'shelf.book'::regclass AND attnum > 0"
        return {str(row[0]) for row in tx.rows(query)}


def test_killed_before_the_commit_the_tenant_is_as_it_was(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    install_and_die(runtime, root, "before commit")
    assert tenant.assembly().names == ("shelf",)
    assert not {"stars", "good"} & columns(tenant)
    assert tenant.run(lambda env: env.model("shelf.book").count(), why="a test") == 1
    execute(runtime, plan_install(runtime, tenant, ["rating"]))
    assert tenant.assembly().names == ("shelf", "rating")


def test_killed_after_the_commit_the_tenant_has_the_addon(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    install_and_die(runtime, root, "after commit")
    assert tenant.assembly().names == ("shelf", "rating")
    assert {"stars", "good"} <= columns(tenant)
    assert tenant.run(lambda env: env.model("shelf.book").count(), why="a test") == 1
