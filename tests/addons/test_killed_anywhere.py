"""Killed with -9 at any statement of an operation: the old or the new state, serving; nothing left after the doctor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.doctor.examine import examine
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.config import SOURCE_ROOT
from kernel.db import Control, transaction
from kernel.db.tenants import TEMPLATE, drop_database, drop_raw
from tests.addons.shelf import write_club, write_rating, write_shelf
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401

SCRIPT = """
import os, signal, sys
from pathlib import Path
from kernel.addons import Library, Runtime
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool, Transaction

root, data_dir, url, what, moment = sys.argv[1:]
settings = Settings(data_dir=Path(data_dir), database_url=url)
cluster = Cluster.open(settings)
pool = Pool(4)
runtime = Runtime(settings, cluster, pool, Control.open(cluster, pool), Library([Path(root)]))
if what == "install":
    plan = plan_install(runtime, runtime.tenant("acme"), ["club"])
elif what == "uninstall":
    plan = plan_uninstall(runtime, runtime.tenant("acme"), ["rating"], cascade=True)

count, plain = 0, Transaction.execute

def execute_or_die(self, *args):
    global count
    count += 1
    if count == int(moment):
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(self, *args)

Transaction.execute = execute_or_die
if what == "install":
    execute(runtime, plan)
elif what == "uninstall":
    execute_uninstall(runtime, plan)
else:
    create_tenant(runtime, "other", ["rating"])
print(count)
"""
BEFORE = ("shelf",)
AFTER = ("shelf", "rating", "club")


def moments(total: int) -> Iterator[int]:
    """Five by default; the last is after the commit, when the directory is still to be told."""
    number = 50 if os.environ.get("TENON_SOAK") else 5
    yield from sorted({1 + (total - 2) * step // (number - 1) for step in range(number - 1)} | {total})


def run(runtime: Runtime, root: Path, what: str, moment: int) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        SCRIPT,
        root,
        runtime.settings.data_dir,
        runtime.settings.database_url,
        what,
        moment,
    ]
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "PYTHONPATH": str(SOURCE_ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def statements(runtime: Runtime, root: Path, what: str) -> int:
    """How many statements the operation takes; it is carried out."""
    done = run(runtime, root, what, 0)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def die(runtime: Runtime, root: Path, what: str, moment: int) -> None:
    died = run(runtime, root, what, moment)
    assert died.returncode == -signal.SIGKILL, (moment, died.stdout, died.stderr)


def books(tenant: Tenant) -> list[tuple[object, ...]]:
    """What others have; `rating` writes to it when it is installed, so versions move."""
    with transaction(tenant.runtime.pool, tenant.row.dsn) as tx:
        return tx.rows("SELECT title, pages, worth, author_id FROM shelf.book ORDER BY id")


def heal(runtime: Runtime) -> list[str]:
    """What the doctor found and mended; nothing may remain."""
    found = examine(runtime)
    for trouble in found:
        assert trouble.mend is not None, trouble.text
        trouble.mend()
    assert examine(runtime) == []
    return [trouble.text for trouble in found]


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    write_rating(root)
    write_club(root)
    return create_tenant(runtime, "acme", ["shelf"])


def check_serving(tenant: Tenant, names: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The old or the new set of addons, and the records are there."""
    found = tenant.assembly().names
    assert found in names
    assert tenant.run(lambda env: env.model("shelf.book").search().mapped("title"), why="a test") == ["Dune"]
    assert ("club" in found) == tenant.run(lambda env: env.has("club.club"), why="a test")
    return found


def test_an_install_is_done_or_not(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    before = books(tenant)
    total = statements(runtime, root, "install")
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"], cascade=True, purge=True))
    ends = set()
    for moment in moments(total):
        die(runtime, root, "install", moment)
        found = check_serving(tenant, {BEFORE, AFTER})
        ends.add(found)
        heal(runtime)
        if found == BEFORE:
            execute(runtime, plan_install(runtime, tenant, ["club"]))
        assert tenant.assembly().names == AFTER
        execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"], cascade=True, purge=True))
        assert books(tenant) == before
    assert ends == {BEFORE, AFTER}


def test_a_detach_is_done_or_not(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    before = books(tenant)
    execute(runtime, plan_install(runtime, tenant, ["club"]))
    with tenant.env(why="a test") as env:
        env.model("club.club").create({"name": "Readers"})
        env.ref("shelf.dune").club_note = "kept"
    total = statements(runtime, root, "uninstall")
    ends = set()
    for moment in moments(total):
        execute(runtime, plan_install(runtime, tenant, ["club"]))
        die(runtime, root, "uninstall", moment)
        found = check_serving(tenant, {BEFORE, AFTER})
        ends.add(found)
        heal(runtime)
        if found == AFTER:
            execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"], cascade=True))
        assert tenant.assembly().names == BEFORE
        assert books(tenant) == before
    assert ends == {BEFORE, AFTER}
    execute(runtime, plan_install(runtime, tenant, ["club"]))
    with tenant.env(why="a test") as env:
        assert env.model("club.club").search().mapped("name") == ["Readers"]
        assert env.ref("shelf.dune").club_note == "kept"


def test_a_restore_is_done_or_not(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    execute(runtime, plan_install(runtime, tenant, ["club"]))
    with tenant.env(why="a test") as env:
        env.ref("shelf.dune").club_note = "kept"
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"], cascade=True))
    total = statements(runtime, root, "install")
    for moment in moments(total):
        execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"], cascade=True))
        die(runtime, root, "install", moment)
        found = check_serving(tenant, {BEFORE, AFTER})
        heal(runtime)
        if found == BEFORE:
            execute(runtime, plan_install(runtime, tenant, ["club"]))
        with tenant.env(why="a test") as env:
            assert env.ref("shelf.dune").club_note == "kept"


def drop_templates(runtime: Runtime) -> None:
    """So that one is built, too."""
    for (name,) in runtime.control.run(lambda tx: tx.rows("DELETE FROM control.template RETURNING name")):
        drop_raw(runtime.cluster, f"{TEMPLATE}{name}")


def test_a_tenant_is_made_or_not(runtime: Runtime, root: Path, tenant: Tenant, control: Control) -> None:
    total = statements(runtime, root, "create")
    for moment in moments(total):
        drop_database(runtime.cluster, control, control.get("other"))
        drop_templates(runtime)
        die(runtime, root, "create", moment)
        heal(runtime)
        if control.find("other") is None:
            create_tenant(runtime, "other", ["rating"])
        assert runtime.tenant("other").assembly().names == ("shelf", "rating")
    assert check_serving(tenant, {BEFORE}) == BEFORE
