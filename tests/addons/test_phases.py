"""An upgrade in three steps: prepared while the tenant is served, switched, cleaned up; stopped, it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.online import unfinished
from kernel.addons.lifecycle.operation import execute, undo
from kernel.addons.lifecycle.outlook import outlook, outlook_lines
from kernel.addons.lifecycle.plan import plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.db import transaction
from kernel.errors import EditionError, MigrateError
from kernel.orm import Env
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


class OldCode(threading.Thread):
    """The old edition at work: requests add and change cards until it is not let in any more."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self.tenant = tenant
        self.done = 0
        self.refused: Exception | None = None

    def run(self) -> None:
        while self.refused is None:
            try:
                self.tenant.run(self._request, why="a request")
            except EditionError as error:
                self.refused = error
            else:
                self.done += 1

    def _request(self, env: Env) -> None:
        cards = env.model("points.card")
        cards.create({"name": f"new {self.done}", "points": 7})
        cards.browse(self.done + 1).write(points=50_000 + self.done)


def test_from_the_first_to_the_third_release_while_the_old_code_serves(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    old = OldCode(tenant)
    tenant.assembly()
    write_points(root, 3, batch=100)
    later = process(runtime, root)
    plan = plan_upgrade(later, later.tenant("acme"))
    assert [(str(each.revision), each.prepared, each.cleaned) for each in plan.schedule] == [
        ("points@p2", False, False),
        ("points@p3", True, True),
    ]
    at: dict[str, int] = {}
    old.start()
    execute(later, plan, lambda text: at.setdefault(text.split()[0], old.done) and None)
    old.join()
    assert at["prepare"] < at["tables"], "requests were served between the first step and the switch"
    theirs = later.tenant("acme")
    wrong = "score <> CASE WHEN name LIKE 'new %' THEN 70 WHEN id <= {0} THEN (50000 + id - 1) * 10 ELSE id * 10 END"
    query = f"SELECT count(*), count(*) FILTER (WHERE {wrong}), count(*) FILTER (WHERE initial = '') FROM points.card"
    assert owner(theirs, query.format(old.done)) == [(CARDS + old.done, 0, 0)]
    assert owner(theirs, "SELECT name FROM points.tier ORDER BY 1") == [("Gold",), ("Silver",)]
    assert "points" not in columns(theirs)
    assert owner(theirs, "SELECT state, ended_at IS NULL FROM tenon.operation WHERE kind = 'upgrade'") == [
        ("done", False)
    ]
    assert owner(theirs, "SELECT * FROM tenon.step") == []
    assert plan_upgrade(later, theirs).steps == ()


def test_the_way_over_all_releases_gives_the_schema_of_a_fresh_install(runtime: Runtime, root: Path) -> None:
    write_points(root, 3)
    assert migration_faults(runtime.cluster, process(runtime, root).library, "points") == []


def test_what_fails_in_the_second_of_three_leaves_the_first_release_and_the_mended_code_goes_on(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    write_points(root, 3, second=("points.tier (name)", "points.tier (nam)"))
    with pytest.raises(MigrateError, match=r"points@p2 \(0002_second.py\) failed"):
        upgrade(runtime, root)
    assert tenant.run(lambda env: env.model("points.card").browse(2).points, why="a request") == 2
    assert owner(tenant, "SELECT revision FROM tenon.addon") == [("p1",)]
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        assert len([*unfinished(tx)]) == 5
    told: list[str] = []
    write_points(root, 3)
    theirs = upgrade(runtime, root, told.append)
    assert not [text for text in told if text.startswith("prepare")], "what was prepared is not done again"
    assert owner(theirs, f"SELECT count(*) FROM points.card WHERE score = id * 10 AND id <= {CARDS}") == [(CARDS,)]


def test_a_step_of_prepare_that_fails_is_gone_on_with_when_it_is_mended(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    write_points(root, 3, third=("points * 10", "points / (id - 1200)"))
    with pytest.raises(MigrateError, match="division by zero") as caught:
        upgrade(runtime, root)
    assert "served as before" in caught.value.hint
    assert owner(tenant, "SELECT bookmark FROM tenon.step WHERE position = 2") == [(1000,)]
    tenant.run(lambda env: env.model("points.card").create({"points": 1}), why="the old code goes on")
    write_points(root, 3)
    theirs = upgrade(runtime, root)
    assert owner(
        theirs,
        "SELECT count(*) FROM points.card WHERE score IS DISTINCT FROM CASE name WHEN '' THEN 10 ELSE id * 10 END",
    ) == [(0,)]


def test_a_fill_that_was_stopped_goes_on_at_its_bookmark(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    slow = ("points * 10", "points * 10 + 0 * (SELECT count(*) FROM points.card c WHERE c.id = t.id AND c.points < 0)")
    write_points(root, 3, third=slow)

    def stop(text: str) -> None:
        if "by initial" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade(runtime, root, stop)
    before = owner(tenant, "SELECT xmin::text, id FROM points.card ORDER BY id")
    told: list[str] = []
    upgrade(runtime, root, told.append)
    assert [text.split(":")[0] for text in told if text.startswith("prepare")] == [
        "prepare points@p3 4",
        "prepare points@p3 5",
    ]
    assert len(before) == CARDS


def test_an_index_that_was_left_invalid_is_built_again(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    unique = ("CREATE INDEX CONCURRENTLY", "CREATE UNIQUE INDEX CONCURRENTLY")
    owner(tenant, "UPDATE points.card SET points = 1 WHERE id = 2")
    write_points(root, 3, third=unique)
    with pytest.raises(MigrateError, match="card_score_idx"):
        upgrade(runtime, root)
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'points.card_score_idx'::regclass"
    assert owner(tenant, valid) == [(False,)]
    owner(tenant, "UPDATE points.card SET points = 2, score = 20 WHERE id = 2")
    theirs = upgrade(runtime, root)
    assert owner(theirs, valid) == [(True,)]


def test_what_other_code_had_prepared_is_taken_back(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    write_points(root, 3, second=("points.tier (name)", "points.tier (nam)"))
    with pytest.raises(MigrateError):
        upgrade(runtime, root)
    assert columns(tenant) >= {"score", "initial"}
    write_points(root, 1)
    later = process(runtime, root)
    plan = plan_upgrade(later, later.tenant("acme"))
    assert [str(step) for step in plan.steps] == ["take back what was prepared for another version of points"]
    generation = owner(tenant, "SELECT generation FROM tenon.state")
    execute(later, plan)
    assert not columns(tenant) & {"score", "initial"}
    assert owner(tenant, "SELECT generation FROM tenon.state") == generation, "nobody has to notice"
    assert plan_upgrade(later, later.tenant("acme")).steps == ()


def test_what_was_prepared_can_be_taken_back_and_goes_with_its_addon(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    write_points(root, 3, second=("points.tier (name)", "points.tier (nam)"))
    with pytest.raises(MigrateError):
        upgrade(runtime, root)
    later = process(runtime, root)
    assert len(undo(later, later.tenant("acme"))) == 5
    assert not columns(tenant) & {"score", "initial"}
    with pytest.raises(MigrateError):
        upgrade(runtime, root)
    execute_uninstall(later, plan_uninstall(later, later.tenant("acme"), ["points"]))
    write_points(root, 3)
    last = process(runtime, root)
    execute(last, plan_install(last, last.tenant("acme"), ["points"]))
    assert owner(tenant, f"SELECT count(*) FROM points.card WHERE score = id * 10 AND id <= {CARDS}") == [(CARDS,)]


def test_what_is_left_to_clean_up_is_done_by_the_next_run(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    write_points(root, 3, third=("DROP COLUMN points", "DROP COLUMN point"))
    with pytest.raises(MigrateError, match='column "point"') as caught:
        upgrade(runtime, root)
    assert "is upgraded and served" in caught.value.hint
    later = process(runtime, root)
    theirs = later.tenant("acme")
    assert theirs.run(lambda env: env.model("points.card").browse(3).score, why="the new code serves") == 30
    write_points(root, 3)
    later = process(runtime, root)
    plan = plan_upgrade(later, later.tenant("acme"))
    assert [str(step) for step in plan.steps] == ["clean up after the upgrade of points"]
    told: list[str] = []
    execute(later, plan, told.append)
    assert [text.split(":")[0] for text in told] == ["clean points@p3 4"]
    assert "points" not in columns(theirs)


def test_the_outlook_tells_when_which_statements_run_and_who_waits(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    owner(tenant, "ANALYZE points.card")
    write_points(root, 3)
    later = process(runtime, root)
    theirs = later.tenant("acme")
    found = outlook(later, theirs, plan_upgrade(later, theirs))
    assert [(each.when, each.revision, len(each.steps)) for each in found] == [
        ("before", "points@p3", 5),
        ("switch", "points@p2", 4),
        ("switch", "points@p3", 3),
        ("after", "points@p3", 4),
    ]
    short = list(outlook_lines(found, sql=False))
    assert short[:2] == [
        "before, while the tenant is served:",
        "  points@p3 Points become a score. 5 steps; points.card, about 3,000 rows",
    ]
    whole = list(outlook_lines(found, sql=True))
    place = whole.index("    CREATE INDEX CONCURRENTLY card_score_idx ON points.card (score)")
    assert whole[place + 1] == "      (nobody waits)"
    assert columns(tenant) >= {"points"}, "nothing was done"


def test_what_comes_after_a_change_of_the_same_table_waits_for_the_switch(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    write_points(root, 3, second=('@touching("points.tier")', '@touching("points.tier", "points.card")'))
    later = process(runtime, root)
    plan = plan_upgrade(later, later.tenant("acme"))
    assert [each.prepared for each in plan.schedule] == [False, False]
    assert plan.schedule[1].why == "PREPARE comes after points@p2, which is to change the same tables first"
    execute(later, plan)
    assert owner(tenant, f"SELECT count(*) FROM points.card WHERE score = id * 10 AND id <= {CARDS}") == [(CARDS,)]
