"""An upgrade in three steps: prepared while the tenant is served, switched, cleaned up; stopped anywhere, it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.online import unfinished
from kernel.addons.lifecycle.operation import execute, undo
from kernel.addons.lifecycle.plan import plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.db import transaction
from kernel.errors import MigrateError
from tests.addons.points import process, write_points

CARDS = 3000


def owner(tenant: Tenant, query: str) -> list[tuple[Any, ...]]:
    """Ask the database as its owner; a statement without an answer gives none."""
    with transaction(tenant.runtime.pool, tenant.runtime.cluster.owner_dsn(tenant.row.database)) as tx:
        cursor = tx.script(query)
        return cursor.fetchall() if cursor.description else []


def columns(tenant: Tenant) -> set[str]:
    query = (
        "SELECT attname::text FROM pg_attribute WHERE attrelid = 'points.card'::regclass AND attnum > 0"
        " AND NOT attisdropped"
    )
    return {row[0] for row in owner(tenant, query)}


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    """A tenant at the first release, with cards."""
    write_points(root, 1)
    made = create_tenant(process(runtime, root), "acme", ["points"])
    owner(made, f"INSERT INTO points.card (name, points) SELECT 'c' || n, n FROM generate_series(1, {CARDS}) n")
    return made


def upgrade(runtime: Runtime, root: Path, report: Callable[[str], None] | None = None) -> Tenant:
    later = process(runtime, root)
    theirs = later.tenant("acme")
    execute(later, plan_upgrade(later, theirs), report)
    return theirs


@contextmanager
def inserting(tenant: Tenant) -> Iterator[list[int]]:
    """The old code at work: cards are added and changed all the time, by requests."""
    added: list[int] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            number = len(added)
            tenant.run(lambda env: _add(env, number), why="a request")
            added.append(number)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield added
    finally:
        stop.set()
        thread.join()


def _add(env: Any, number: int) -> None:
    model = env.model("points.card")
    model.create({"name": f"new {number}", "points": 7})
    env.flush()
    first = model.search([("name", "=", f"c{number + 1}")])
    first.points = 50_000 + number
    env.flush()


def test_from_the_first_to_the_third_release_while_the_old_code_serves(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    write_points(root, 3, batch=100)
    told: list[str] = []
    with inserting(tenant) as added:

        def report(text: str) -> None:
            told.append(text)
            if text.startswith("tables of"):
                stopped.set()

        stopped = threading.Event()
        before = len(added)
        later = process(runtime, root)
        theirs = later.tenant("acme")
        plan = plan_upgrade(later, theirs)
        assert [(str(each.revision), each.prepared, each.cleaned) for each in plan.schedule] == [
            ("points@p2", False, False),
            ("points@p3", True, True),
        ]
        try:
            execute(later, plan, report)
        finally:
            pass
        assert len(added) > before
    rows = owner(theirs, "SELECT count(*), count(*) FILTER (WHERE initial = '') FROM points.card")
    assert rows[0][0] >= CARDS
    assert rows[0][1] == 0
