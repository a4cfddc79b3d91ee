"""Installing: one transaction from the old set of addons to the new, seen at the next transaction."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import Plan, plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.db import transaction
from kernel.errors import (
    BusyError,
    ConflictError,
    EditionError,
    GraphError,
    LoadError,
    ManifestError,
    NotInstalledError,
)
from tests.addons.shelf import write_rating, write_shelf
from tests.addons.toys import write_addon


def titles(tenant: Tenant) -> list[str]:
    return tenant.run(lambda env: env.model("shelf.book").search().mapped("title"), why="a test")


def facts(tenant: Tenant, query: str) -> list[tuple[object, ...]]:
    runtime = tenant.runtime
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        return tx.rows(query)


def test_a_tenant_is_made_with_addons_and_used(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    assert titles(tenant) == ["Dune"]
    assert tenant.row.addons == ("shelf",)
    assert facts(tenant, "SELECT name, version, state FROM tenon.addon") == [("shelf", "1.0.0", "installed")]
    assert facts(tenant, "SELECT uuid::text FROM tenon.state") == [(tenant.uuid,)]
    assert facts(tenant, "SELECT kind, addons, ended_at > started_at FROM tenon.operation") == [
        ("install", ["shelf"], True)
    ]


def test_a_second_addon_is_installed_into_a_tenant_in_use(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    assert titles(tenant) == ["Dune"]
    write_rating(root)
    plan = plan_install(runtime, tenant, ["rating"])
    assert plan.lines() == ["tenant acme:", "  install rating 1.0.0"]
    execute(runtime, plan)
    with tenant.env(why="a test") as env:
        book = env.model("shelf.book").search()
        assert (book.stars, book.good) == (5, True)  # type: ignore[attr-defined]
    assert runtime.control.get("acme").addons == ("shelf", "rating")
    owned = 'SELECT schema, "table", "column" FROM tenon.owned WHERE addon = \'rating\' AND "column" <> \'\''
    assert sorted(facts(tenant, owned)) == [("shelf", "book", "good"), ("shelf", "book", "stars")]


def test_another_process_sees_an_install_at_its_next_transaction(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    other = Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, runtime.library)
    theirs = other.tenant("acme")
    assert titles(theirs) == ["Dune"]
    write_rating(root)
    execute(runtime, plan_install(runtime, tenant, ["rating"]))
    with theirs.visit() as visit:
        assert visit.assembly.names == ("shelf", "rating")


def test_tenants_of_one_set_share_one_registry_and_others_do_not(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    first, second = create_tenant(runtime, "first", ["shelf"]), create_tenant(runtime, "second", ["shelf"])
    third = create_tenant(runtime, "third", ["rating"])
    assert first.assembly().registry is second.assembly().registry
    assert first.assembly().registry is not third.assembly().registry
    execute(runtime, plan_install(runtime, first, ["rating"]))
    assert first.assembly().registry is third.assembly().registry
    assert "stars" not in second.assembly().registry.model("shelf.book").fields
    with second.env(why="a test") as env, pytest.raises(NotInstalledError):
        env[runtime.library.addon("rating").classes[0]]


def test_a_tenant_at_another_schema_revision_is_refused(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    with transaction(runtime.pool, runtime.cluster.owner_dsn(tenant.row.database)) as tx:
        tx.execute("UPDATE tenon.addon SET revision = 'later'")
        tx.execute("UPDATE tenon.state SET generation = generation + 1")
    with pytest.raises(EditionError, match='shelf is at revision "later"') as caught:
        titles(tenant)
    assert (caught.value.status, caught.value.error_code) == (503, "edition")


def test_a_tenant_with_an_addon_that_is_not_here_is_refused(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    create_tenant(runtime, "acme", ["shelf"])
    empty = Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, Library([]))
    with pytest.raises(EditionError, match="cannot load"):
        titles(empty.tenant("acme"))


def test_a_hook_that_fails_leaves_the_old_state(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    hooks = "from kernel.addons import hookimpl\n@hookimpl\ndef addon_installed(env):\n    raise ValueError('no')\n"
    write_rating(root, hooks=hooks)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    plan = plan_install(runtime, tenant, ["rating"])
    with pytest.raises(Exception, match=r'"addon_installed" of addon "rating" \(addons/rating/hooks.py:4\) failed'):
        execute(runtime, plan)
    assert titles(tenant) == ["Dune"]
    assert tenant.assembly().names == ("shelf",)
    columns = "SELECT column_name FROM information_schema.columns WHERE column_name = 'stars'"
    assert facts(tenant, columns) == []
    assert facts(tenant, "SELECT count(*) FROM tenon.operation") == [(1,)]


def test_what_is_installed_already_gives_a_plan_with_nothing_to_do(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    plan = plan_install(runtime, tenant, ["shelf"])
    assert (plan.steps, plan.before, plan.after) == ((), ("shelf",), ("shelf",))


def test_an_unknown_addon_and_a_cycle_change_nothing(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_addon(root, "a", more='depends = ["b"]')
    write_addon(root, "b", more='depends = ["a"]')
    tenant = create_tenant(runtime, "acme", ["shelf"])
    with pytest.raises(ManifestError, match='Did you mean "shelf"'):
        plan_install(runtime, tenant, ["shelff"])
    with pytest.raises(GraphError, match="a -> b -> a"):
        plan_install(runtime, tenant, ["a"])
    assert tenant.assembly().names == ("shelf",)


def test_a_plan_that_is_out_of_date_is_refused(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    plan = plan_install(runtime, tenant, ["rating"])
    execute(runtime, plan)
    with pytest.raises(ConflictError, match="changed since the plan"):
        execute(runtime, plan)


def test_all_faults_of_files_are_told_before_the_database_is_touched(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    faulty = {
        "data/x.toml": '[["faulty.nothing"]]\nid = "a"\n[["shelf.book"]]\nid = "b"\ntitel = "B"\n',
        "security/access.csv": "model,group,read,create,write,delete\nshelf.bok,faulty.user,1,1,2,0\n",
        "security/rules.toml": '[[rule]]\nid = "r"\nmodel = "shelf.book"\ndomain = [["pagse", ">", 1]]\n',
        "code.py": '"""Reaches too far."""\nimport addons.rating\n',
    }
    write_addon(root, "rating")
    write_addon(root, "faulty", faulty, more='depends = ["shelf"]')
    tenant = create_tenant(runtime, "acme", ["shelf"])
    with pytest.raises(LoadError) as caught:
        plan_install(runtime, tenant, ["faulty"])
    assert sorted(caught.value.findings) == [
        "addons/faulty/code.py:2 imports addons.rating, which is not in `depends` of addons/faulty/manifest.toml",
        'addons/faulty/data/x.toml:1 faulty.a: no model "faulty.nothing".',
        'addons/faulty/data/x.toml:3 faulty.b: no field "titel" on shelf.book. Did you mean "title"?',
        'addons/faulty/security/access.csv:2 shelf.bok: no group "faulty.user".',
        'addons/faulty/security/access.csv:2 shelf.bok: no model "shelf.bok". Did you mean "shelf.book"?',
        'addons/faulty/security/access.csv:2 write: write 1 or 0, not "2"',
        'addons/faulty/security/rules.toml:1 faulty.r: domain: no field "pagse" on shelf.book. Did you mean "pages"?',
    ]


def test_a_bridge_is_suggested_and_taken_along_when_asked(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    write_addon(root, "both", more='bridges = ["shelf", "rating"]')
    tenant = create_tenant(runtime, "acme", ["shelf"])
    assert plan_install(runtime, tenant, ["rating"]).suggested == ("both",)
    assert plan_install(runtime, tenant, ["rating"], with_bridges=True).new == ("rating", "both")


def test_a_request_waits_while_addons_are_switched(
    runtime: Runtime, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shelf(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    holder = psycopg.connect(runtime.cluster.owner_dsn(tenant.row.database), autocommit=True)
    holder.execute("SELECT pg_advisory_lock(%s)", (0x74656E6F6E,))
    monkeypatch.setattr("kernel.addons.runtime.SWITCH_WAIT", 0.2)
    with pytest.raises(BusyError, match="are being changed"):
        titles(tenant)
    monkeypatch.setattr("kernel.addons.runtime.SWITCH_WAIT", 10.0)
    release = threading.Timer(0.3, holder.close)
    release.start()
    assert titles(tenant) == ["Dune"]
    release.join()


def test_an_install_waits_for_requests_that_are_under_way(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    tenant = create_tenant(runtime, "acme", ["shelf"])
    plan = plan_install(runtime, tenant, ["rating"])
    done = threading.Event()

    def install() -> None:
        execute(runtime, plan)
        done.set()

    worker = threading.Thread(target=install)
    with tenant.env(why="a long request") as env:
        worker.start()
        assert not done.wait(0.5)
        assert env.model("shelf.book").search().mapped("title") == ["Dune"]
    worker.join(20)
    assert done.is_set()
    assert tenant.assembly().names == ("shelf", "rating")


def test_two_installs_at_once_come_one_after_the_other(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    write_addon(root, "paper")
    tenant = create_tenant(runtime, "acme", ["shelf"])
    plans = [plan_install(runtime, tenant, [name]) for name in ("rating", "paper")]
    ended: list[str] = []

    def install(plan: Plan) -> None:
        try:
            execute(runtime, plan)
            ended.append("done")
        except ConflictError:
            ended.append("out of date")

    workers = [threading.Thread(target=install, args=(plan,)) for plan in plans]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(ended) == ["done", "out of date"]
    execute(runtime, plan_install(runtime, tenant, ["rating" if "paper" in tenant.assembly().names else "paper"]))
    assert set(tenant.assembly().names) == {"shelf", "rating", "paper"}


def test_files_changed_after_the_code_was_loaded_are_not_installed(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    folder = write_addon(root, "paper", {"data/x.toml": ""})
    tenant = create_tenant(runtime, "acme", ["shelf"])
    plan_install(runtime, tenant, ["paper"])
    (folder / "data/x.toml").write_text('[["shelf.author"]]\nid = "x"\nname = "X"\n')
    with pytest.raises(LoadError, match="restart the process"):
        plan_install(runtime, tenant, ["paper"])
