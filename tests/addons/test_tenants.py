"""Tenants: admission, sessions on the way, values kept per tenant, templates."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.tenant_info import TenantView
from kernel.db import transaction
from kernel.errors import ConflictError, LoadError, MissingError, UserError
from kernel.orm import Env
from tests.addons.shelf import write_rating, write_shelf
from tests.addons.toys import write_addon


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    return create_tenant(runtime, "acme", ["shelf"])


def view(env: Env) -> TenantView:
    return cast(TenantView, env.tenant)


def test_a_transaction_begins_with_one_statement(tenant: Tenant) -> None:
    tenant.assembly()
    with tenant.visit() as visit:
        assert visit.tx.statements == 1
        assert (view(visit.env(why="a test")).name, view(visit.env(why="a test")).uuid) == ("acme", tenant.uuid)


def test_the_session_is_read_by_the_same_statement(tenant: Tenant) -> None:
    with tenant.visit() as visit:
        insert = (
            "INSERT INTO tenon.session (token_hash, user_id, expires_at, seen_at) VALUES"
            " (%s, %s, now() + %s::interval, now() - %s::interval)"
        )
        for token, user, left, idle in (
            ("good", 1, "1 day", "0"),
            ("old", 2, "-1 s", "0"),
            ("idle", 3, "1 day", "2 h"),
            ("used", 4, "1 day", "5 min"),
        ):
            visit.tx.execute(insert, (token, user, left, idle))
    found = {}
    for token in ("good", "old", "idle", "used", "unknown"):
        with tenant.visit(token_hash=token, idle=3600) as visit:
            assert visit.tx.statements == 1
            session = visit.session
            found[token] = (session.user, session.stale) if session else None
    assert found == {"good": (1, False), "old": None, "idle": None, "used": (4, True), "unknown": None}


def test_a_kept_value_is_shared_until_the_tenants_data_moves(tenant: Tenant) -> None:
    built: list[int] = []

    def build() -> int:
        built.append(1)
        return len(built)

    def ask(env: Env) -> int:
        return view(env).cached("rights", build)

    assert [tenant.run(ask, why="a test") for _ in range(3)] == [1, 1, 1]

    def change(env: Env) -> tuple[int, int]:
        before = ask(env)
        view(env).changed()
        return before, ask(env)

    assert tenant.run(change, why="a test") == (1, 2)
    assert tenant.run(ask, why="a test") == 3
    assert tenant.run(ask, why="a test") == 3


def test_a_change_that_is_rolled_back_leaves_what_others_have_kept(tenant: Tenant) -> None:
    values = iter(range(10))

    def ask(env: Env) -> int:
        return view(env).cached("x", lambda: next(values))

    assert tenant.run(ask, why="a test") == 0
    with pytest.raises(ZeroDivisionError), tenant.env(why="a test") as env:
        view(env).changed()
        assert ask(env) == 1
        raise ZeroDivisionError
    assert tenant.run(ask, why="a test") == 0


def test_a_transaction_that_is_behind_keeps_its_values_to_itself(tenant: Tenant) -> None:
    with tenant.env(why="an old snapshot") as old:
        old.tx.rows("SELECT 1")
        tenant.run(lambda env: view(env).changed(), why="a test")
        assert tenant.run(lambda env: view(env).cached("x", lambda: "new"), why="a test") == "new"
        behind = TenantView("acme", tenant.uuid, old.tx, tenant.cache, 1)
        assert behind.cached("x", lambda: "old") == "old"
    assert tenant.run(lambda env: view(env).cached("x", lambda: "never"), why="a test") == "new"


def test_an_install_drops_what_is_kept(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    write_rating(root)
    tenant.run(lambda env: view(env).cached("x", lambda: "old"), why="a test")
    execute(runtime, plan_install(runtime, tenant, ["rating"]))
    assert tenant.run(lambda env: view(env).cached("x", lambda: "new"), why="a test") == "new"


def test_tenants_do_not_share_what_is_kept(runtime: Runtime, tenant: Tenant) -> None:
    other = create_tenant(runtime, "other", ["shelf"])

    def ask(env: Env) -> str:
        return view(env).cached("x", lambda: view(env).name)

    assert [one.run(ask, why="a test") for one in (tenant, other)] == ["acme", "other"]


def test_work_that_conflicts_is_done_again_as_a_whole(tenant: Tenant) -> None:
    attempts: list[int] = []

    def work(env: Env) -> int:
        attempts.append(1)
        book = env.model("shelf.book").search()
        pages: int = book.pages  # type: ignore[attr-defined]
        if len(attempts) == 1:
            tenant.run(lambda other: other.model("shelf.book").search().write(pages=pages + 1), why="another")
        book.write(pages=pages + 1)
        return pages + 1

    assert tenant.run(work, why="a test") == 602
    assert len(attempts) == 2


def test_work_that_always_conflicts_is_given_up(tenant: Tenant) -> None:
    def work(env: Env) -> None:
        book = env.model("shelf.book").search()
        tenant.run(lambda other: other.model("shelf.book").search().write(pages=book.pages + 1), why="x")  # type: ignore[attr-defined]
        book.write(pages=0)

    with pytest.raises(ConflictError):
        tenant.run(work, why="a test")


def test_a_template_is_built_once_and_holds_no_identity(runtime: Runtime, tenant: Tenant) -> None:
    told: list[str] = []
    second = create_tenant(runtime, "second", ["shelf"], report=told.append)
    assert told == ["database of second"]
    uuids = set()
    for one in (tenant, second):
        with transaction(runtime.pool, one.row.dsn) as tx:
            uuids.add(str(tx.rows("SELECT uuid FROM tenon.state")[0][0]))
    assert uuids == {tenant.uuid, second.uuid}


def test_demo_records_come_only_where_they_are_asked_for(runtime: Runtime, root: Path) -> None:
    hooks = (
        "from kernel.addons import hookimpl\n@hookimpl\ndef demo_data(env, addon):\n"
        "    if addon == 'demos':\n        env.model('shelf.book').create({'title': 'Made in code'})\n"
    )
    demo = '[["shelf.book"]]\nid = "extra"\ntitle = "Extra"\nauthor = "shelf.herbert"\n'
    write_shelf(root)
    write_addon(root, "demos", {"data/demo/books.toml": demo, "hooks.py": hooks}, more='depends = ["shelf"]')
    plain = create_tenant(runtime, "plain", ["demos"])
    lively = create_tenant(runtime, "lively", ["demos"], demo=True)
    later = create_tenant(runtime, "later", ["shelf"])
    execute(runtime, plan_install(runtime, later, ["demos"], demo=True))
    counts = [one.run(lambda env: env.model("shelf.book").count(), why="a test") for one in (plain, lively, later)]
    assert counts == [1, 3, 3]


def test_a_tenant_whose_demo_data_fails_does_not_exist(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    demo = '[["shelf.book"]]\nid = "extra"\ntitle = "Extra"\nauthor = "shelf.nobody"\n'
    write_addon(root, "demos", {"data/demo/books.toml": demo}, more='depends = ["shelf"]')
    with pytest.raises(LoadError, match=r'there is no record "shelf\.nobody"'):
        create_tenant(runtime, "acme", ["demos"], demo=True)
    assert runtime.control.find("acme") is None


def test_a_second_tenant_of_one_name_and_an_unknown_tenant(runtime: Runtime, tenant: Tenant) -> None:
    with pytest.raises(UserError, match="There is a tenant"):
        create_tenant(runtime, tenant.name, ["shelf"])
    with pytest.raises(MissingError, match='Did you mean "acme"'):
        runtime.tenant("acmee")
    with pytest.raises(MissingError, match=r'No tenant answers at "nobody\.localhost'):
        runtime.tenant_by_host("nobody.localhost:8080")


def test_a_tenant_answers_at_its_host_name(runtime: Runtime, tenant: Tenant) -> None:
    assert runtime.tenant_by_host("acme.localhost:8080") is tenant
