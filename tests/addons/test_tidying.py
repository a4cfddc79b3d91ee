"""The worker's hourly look for old transient records: every tenant, and one that fails stops no other."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle import worker as working
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.worker import Worker
from tests.addons.shelf import add_first_revision
from tests.addons.toys import write_addon
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401

MODELS = '''
"""What is needed for a while."""

from kernel.errors import UserError
from kernel.orm import Model, before_delete, fields


class Errand(Model, name="pad.errand", transient=True):
    """An errand."""

    name = fields.Char("Name", required=True)

    @before_delete
    def _keep_stubborn(self) -> None:
        if "stubborn" in self.mapped(Errand.name):
            raise UserError("It stays.")
'''


@pytest.fixture
def tenants(runtime: Runtime, root: Path) -> list[Tenant]:
    """Three tenants with an old errand each and a young one."""
    write_addon(root, "pad", {"models/__init__.py": MODELS})
    add_first_revision(root, "pad")
    made = [create_tenant(runtime, name, ["pad"]) for name in ("one", "two", "three")]
    for tenant in made:
        with tenant.env(why="a test") as env:
            env.model("pad.errand").create([{"name": "old"}, {"name": "young"}])
            env.flush()
            env.sql("UPDATE pad.errand SET updated_at = now() - interval '25 hours' WHERE name = 'old'")
    return made


def names(tenant: Tenant) -> list[str]:
    with tenant.env(why="a test") as env:
        return sorted(env.model("pad.errand").search().mapped("name"))


def test_old_errands_of_every_tenant_go_and_young_ones_stay(runtime: Runtime, tenants: list[Tenant]) -> None:
    assert Worker(runtime).tidy() == 3
    assert [names(tenant) for tenant in tenants] == [["young"]] * 3
    assert Worker(runtime).tidy() == 0


def test_a_tenant_that_fails_is_logged_keeps_all_and_stops_no_other(
    runtime: Runtime, tenants: list[Tenant], caplog: pytest.LogCaptureFixture
) -> None:
    failing = tenants[1]
    with failing.env(why="a test") as env:
        env.model("pad.errand").create({"name": "stubborn"})
        env.flush()
        env.sql("UPDATE pad.errand SET updated_at = now() - interval '25 hours' WHERE name = 'stubborn'")
    with caplog.at_level(logging.ERROR, logger="tenon.worker"):
        assert Worker(runtime).tidy() == 2
    assert [record.getMessage() for record in caplog.records if record.name == "tenon.worker"] == [
        "old records of tenant two were not removed"
    ]
    assert names(failing) == ["old", "stubborn", "young"]
    assert [names(tenants[0]), names(tenants[2])] == [["young"]] * 2


def test_the_worker_tidies_each_time_the_hour_is_over_and_not_before(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    looks: list[float] = []
    stop = threading.Event()
    worker = Worker(runtime)

    class Clock:
        """Ten minutes go by between two looks at the queue."""

        @staticmethod
        def monotonic() -> float:
            return clock[0]

    def drain(_stop: threading.Event | None = None) -> int:
        clock[0] += 600
        if clock[0] > 3 * working.TIDY:
            stop.set()
        return 0

    monkeypatch.setattr(working, "time", Clock)
    monkeypatch.setattr(working, "PAUSE", 0.0)
    monkeypatch.setattr(worker, "drain", drain)
    monkeypatch.setattr(worker, "tidy", lambda: looks.append(clock[0]))
    worker._work(stop)
    assert looks == [3600.0, 7200.0, 10800.0]
