"""Killed with -9 in the middle of a fill: the tenant serves as before, and the next run goes on at the bookmark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from kernel.addons import Runtime
from kernel.addons.doctor.examine import examine
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import SOURCE_ROOT
from kernel.db import transaction
from tests.addons.points import process, write_points

CARDS, BATCH, PAGE = 2000, 100, 7
"""Killed in the seventh page of the second fill: its rows are written, and not committed."""

SCRIPT = """
import os, signal, sys
from pathlib import Path
from kernel.addons import Library, Runtime
from kernel.addons.lifecycle import online
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_upgrade
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.addons import FillInPython

root, data_dir, url, page = sys.argv[1:]
settings = Settings(data_dir=Path(data_dir), database_url=url)
cluster = Cluster.open(settings)
pool = Pool(4)
runtime = Runtime(settings, cluster, pool, Control.open(cluster, pool), Library([Path(root)]))
count, plain = 0, online.fill_page

def fill_or_die(tx, fill, after):
    global count
    answer = plain(tx, fill, after)
    count += isinstance(fill, FillInPython)
    if count == int(page):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

online.fill_page = fill_or_die
execute(runtime, plan_upgrade(runtime, runtime.tenant("acme")))
"""


def test_no_row_that_is_done_is_computed_again(runtime: Runtime, root: Path, tmp_path: Path) -> None:
    write_points(root, 1)
    tenant = create_tenant(process(runtime, root), "acme", ["points"])
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        tx.execute(f"INSERT INTO points.card (name, points) SELECT 'c' || n, n FROM generate_series(1, {CARDS}) n")
    log = tmp_path / "computed"
    tell = f'with open("{log}", "a") as file:\n            file.write(name + "\\n")\n        '
    write_points(root, 3, batch=BATCH, third=("return {", f"{tell}return {{"))
    command = [sys.executable, "-c", SCRIPT, root, runtime.settings.data_dir, runtime.settings.database_url, PAGE]
    environ = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT)}
    died = subprocess.run(list(map(str, command)), env=environ, capture_output=True, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert len(log.read_text().split()) == PAGE * BATCH

    assert tenant.run(lambda env: env.model("points.card").browse(5).points, why="the old code serves") == 5
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        assert tx.rows("SELECT bookmark, written FROM tenon.step WHERE done_at IS NULL") == [
            ((PAGE - 1) * BATCH, (PAGE - 1) * BATCH)
        ]
        state, step = tx.rows("SELECT state, step FROM tenon.operation ORDER BY id DESC LIMIT 1")[0]
        assert (state, step[:20]) == ("prepare", "prepare points@p3 4:")
    later = process(runtime, root)
    said = [trouble.text for trouble in examine(later)]
    assert any('The upgrade of "acme" was stopped: prepare points@p3 4' in text for text in said), said

    execute(later, plan_upgrade(later, later.tenant("acme")))
    computed = Counter(log.read_text().split())
    twice = {name for name, count in computed.items() if count > 1}
    assert twice == {f"c{n}" for n in range((PAGE - 1) * BATCH + 1, PAGE * BATCH + 1)}, "those that were rolled back"
    assert len(computed) == CARDS
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        assert tx.rows("SELECT count(*) FROM points.card WHERE initial = 'C' AND score = id * 10") == [(CARDS,)]
    assert not [trouble.text for trouble in examine(later) if "was stopped" in trouble.text]
