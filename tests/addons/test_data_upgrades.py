"""Data files from version to version: what people changed or deleted is respected, and the upgrade says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import Plan, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from tests.addons.points import process
from tests.addons.shelf import DATA, write_shelf
from tests.addons.toys import forget_addons

NEWER = DATA.replace('title = "Dune"', 'title = "Dune (new edition)"').replace("Kevin Anderson", "K. J. Anderson")
FEWER = (
    NEWER.replace('editor = "anderson"', "").split('[["shelf.author"]]\nid = "anderson"')[0].replace(', "anderson"', "")
)


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    return create_tenant(runtime, "acme", ["shelf"])


def planned(runtime: Runtime, root: Path, data: str) -> tuple[Plan, Callable[[], tuple[str, ...]]]:
    """The plan of an upgrade to a version with other data, and what carries it out."""
    forget_addons(root)
    write_shelf(root, revision=False, version="1.1.0", files={"data/books.toml": data})
    later = process(runtime, root)
    plan = plan_upgrade(later, later.tenant("acme"))
    return plan, lambda: execute(later, plan)


def titles(tenant: Tenant, runtime: Runtime, root: Path) -> list[str]:
    theirs = process(runtime, root).tenant("acme")
    return theirs.run(lambda env: [book.title for book in env.model("shelf.book").search()], why="a test")


def test_what_a_user_changed_is_kept_and_listed_before_and_after(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    tenant.run(lambda env: env.ref("shelf.dune").write(pages=601), why="a user's change")
    plan, carry_out = planned(runtime, root, NEWER)
    assert plan.lines()[-1] == "  (kept as it was changed here: shelf.dune)"
    assert plan.as_json()["records"] == {"shelf": {"kept": ("shelf.dune",), "deleted": (), "orphaned": ()}}
    assert carry_out() == ("kept as it was changed here: shelf.dune",)
    assert titles(tenant, runtime, root) == ["Dune"]


def test_nothing_is_listed_where_nobody_changed_anything(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    plan, carry_out = planned(runtime, root, NEWER)
    assert carry_out() == ()
    assert len(plan.lines()) == 2
    assert titles(tenant, runtime, root) == ["Dune (new edition)"]


def test_a_record_that_is_no_longer_shipped_stays_and_is_listed(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    plan, carry_out = planned(runtime, root, FEWER)
    assert plan.records["shelf"].orphaned == ("shelf.anderson",)
    assert carry_out() == ("no longer shipped, and kept: shelf.anderson",)
    theirs = process(runtime, root).tenant("acme")
    assert theirs.run(lambda env: env.ref("shelf.anderson").name, why="a test") == "Kevin Anderson"


def test_a_record_that_its_file_deletes_goes_and_never_comes_back(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    plan, carry_out = planned(runtime, root, '_delete = ["anderson"]\n' + FEWER)
    assert plan.records["shelf"].deleted == ("shelf.anderson",)
    assert carry_out() == ("deleted, as its file says: shelf.anderson",)
    forget_addons(root)
    write_shelf(
        root,
        revision=False,
        version="1.2.0",
        files={"data/books.toml": FEWER + '[["shelf.author"]]\nid = "anderson"\nname = "A"\n'},
    )
    later = process(runtime, root)
    execute(later, plan_upgrade(later, later.tenant("acme")))
    theirs = later.tenant("acme")
    names = theirs.run(lambda env: [each.name for each in env.model("shelf.author").search()], why="a test")
    assert names == ["Frank Herbert"]


def test_a_record_that_its_file_deletes_and_a_user_changed_is_kept(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    tenant.run(lambda env: env.ref("shelf.anderson").write(name="Mine"), why="a user's change")
    _, carry_out = planned(runtime, root, '_delete = ["anderson"]\n' + FEWER)
    assert carry_out() == ("kept as it was changed here: shelf.anderson",)


def test_a_record_that_others_need_is_kept_and_said_so(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    plan, carry_out = planned(runtime, root, '_delete = ["herbert"]\n[["shelf.book"]]\nid = "dune"\ntitle = "Dune"\n')
    assert plan.records["shelf"].deleted == ("shelf.herbert",)
    notes = carry_out()
    assert notes[-1].startswith("could not be deleted, and kept: shelf.herbert: ")
    theirs = process(runtime, root).tenant("acme")
    assert theirs.run(lambda env: env.ref("shelf.herbert").name, why="a test") == "Frank Herbert"


def test_a_record_that_a_user_deleted_is_a_tombstone(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    tenant.run(lambda env: env.ref("shelf.dune").delete(), why="a user deletes")
    plan, carry_out = planned(runtime, root, NEWER)
    assert plan.records["shelf"].kept == ()
    carry_out()
    assert titles(tenant, runtime, root) == []
