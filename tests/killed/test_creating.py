"""The making of a tenant, killed with -9 at any time while others work: there is one or there is none."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from kernel.addons import Library, Runtime
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import TEMPLATE, drop_database, drop_raw
from tests.addons.test_killed_anywhere import heal
from tests.addons.toys import forget_addons
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401
from tests.killed.scene import Scene, scene
from tests.processes import get, stop

MOMENTS: Final = 50 if os.environ.get("TENON_SOAK") else 5


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, cluster: Cluster, control: Control, pool: Pool
) -> Iterator[Scene]:
    root = tmp_path_factory.mktemp("root")
    (root / "addons").mkdir()
    with scene(root, settings, cluster, control, pool) as made:
        yield made
    forget_addons(root)


def test_a_tenant_is_made_or_not_while_others_work(place: Scene, settings: Settings, pool: Pool) -> None:
    seed = os.environ.get("TENON_SEED") or str(random.randrange(10**9))
    print(f"TENON_SEED={seed}")  # noqa: T201 - shown where the test fails
    chance, ends = random.Random(seed), Counter[str]()
    runtime = Runtime(settings, place.cluster, pool, place.control, Library([place.root, SOURCE_ROOT]))
    lasted = {True: 2.0, False: 1.0}
    for moment in range(MOMENTS):
        name, with_template = f"young-{moment}", moment % 2 == 0
        if not with_template:
            drop_templates(place)
        dead = kill(place, name, chance.random() * 1.1 * lasted[not with_template])
        there = exists(place, name)
        ends[("there" if there else "not there") + ("" if dead else ", too late")] += 1
        started = time.monotonic()
        again = place.tenon("tenant", "create", name, "desk")
        if there:
            assert (again.returncode, f'There is a tenant "{name}" already' in again.stderr) == (1, True)
        else:
            assert again.returncode == 0, again.stderr
            lasted[not with_template] = time.monotonic() - started
        wait_until_served(place, name)
        assert runtime.tenant(name).assembly().names == ("base", "web", "desk")
        drop_database(place.cluster, place.control, place.control.get(name))
        heal(runtime)
        place.nothing_lost()
    slowest = {name: f"{client.seen.slowest:.2f} s" for name, client in place.clients.items()}
    print(dict(ends), slowest)  # noqa: T201 - figures of a soak


def kill(place: Scene, name: str, seconds: float) -> bool:
    """Begin to make the tenant and be killed; False where it was made before."""
    process = place.start("tenant", "create", name, "desk")
    try:
        process.communicate(timeout=max(seconds, 0.001))
    except subprocess.TimeoutExpired:
        stop(process, signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def exists(place: Scene, name: str) -> bool:
    """Whether the directory has it; it then is whole, else it is not served."""
    row = place.control.find(name)
    if row is not None and row.state == "active":
        return True
    assert get(place.port, "/login", f"{name}.localhost")[0] in (404, 503)
    return False


def wait_until_served(place: Scene, name: str) -> None:
    """The server's memory of names that it does not know is short."""
    deadline = time.monotonic() + 15
    while (status := get(place.port, "/login", f"{name}.localhost")[0]) != 200:
        assert time.monotonic() < deadline, status
        time.sleep(0.1)


def drop_templates(place: Scene) -> None:
    """So that one is made, too."""
    for (name,) in place.control.run(lambda tx: tx.rows("DELETE FROM control.template RETURNING name")):
        drop_raw(place.cluster, f"{TEMPLATE}{name}")
