"""Records that data files made in the tables of other addons: detached they stay, purged they go if nobody minds."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.removal import Item
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from tests.addons.shelf import add_first_revision, write_shelf
from tests.addons.toys import write_addon

MODELS = '''
"""Prizes for books."""

from addons.shelf.models import Book
from kernel.orm import Model, fields


class Prize(Model, name="prize.prize", title="name"):
    """A prize."""

    name = fields.Char("Name", required=True)
    book = fields.Many2one(Book, "Book", ondelete="restrict")
'''
DATA = """
[["shelf.author"]]
id = "nobel"
name = "Alfred Nobel"

[["shelf.author"]]
id = "editor"
name = "The editor of prizes"

[["shelf.author"]]
id = "lonely"
name = "Nobody's author"
editor = "editor"

[["shelf.book"]]
id = "rules"
title = "The rules"
author = "nobel"
readers = ["nobel", "shelf.herbert"]

[["prize.prize"]]
id = "first"
name = "First"
book = "rules"
"""


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    """With the addon `prize`, whose files made three authors and a book of `shelf`."""
    write_shelf(root)
    write_addon(root, "prize", {"models/__init__.py": MODELS, "data/prizes.toml": DATA}, more='depends = ["shelf"]')
    add_first_revision(root, "prize")
    return create_tenant(runtime, "acme", ["prize"])


def names(tenant: Tenant) -> tuple[list[str], list[str]]:
    with tenant.env(why="a test") as env:
        return (
            env.model("shelf.author").search(order="name").mapped("name"),
            env.model("shelf.book").search(order="title").mapped("title"),
        )


PLAIN = (["Frank Herbert", "Kevin Anderson"], ["Dune"])
FULL = (
    ["Alfred Nobel", "Frank Herbert", "Kevin Anderson", "Nobody's author", "The editor of prizes"],
    ["Dune", "The rules"],
)


def test_a_detach_leaves_them_where_they_are_and_a_restore_finds_them_again(runtime: Runtime, tenant: Tenant) -> None:
    plan = plan_uninstall(runtime, tenant, ["prize"])
    assert plan.stays == (
        Item("prize", "Author, which it brought along", 3),
        Item("prize", "Book, which it brought along", 1),
    )
    execute_uninstall(runtime, plan)
    assert names(tenant) == FULL
    execute(runtime, plan_install(runtime, tenant, ["prize"]))
    assert names(tenant) == FULL


def test_a_purge_takes_what_nobody_changed_or_uses(runtime: Runtime, tenant: Tenant) -> None:
    plan = plan_uninstall(runtime, tenant, ["prize"], purge=True)
    assert plan.goes[-2:] == (
        Item("prize", "Author, which it brought along", 3),
        Item("prize", "Book, which it brought along", 1),
    )
    assert plan.stays == ()
    assert execute_uninstall(runtime, plan) == ()
    assert names(tenant) == PLAIN
    execute(runtime, plan_install(runtime, tenant, ["prize"]))
    assert names(tenant) == FULL


def test_what_somebody_changed_stays_and_so_does_what_it_links_to(runtime: Runtime, tenant: Tenant) -> None:
    with tenant.env(why="a user's change") as env:
        env.ref("prize.rules").title = "Our rules"
    plan = plan_uninstall(runtime, tenant, ["prize"], purge=True)
    assert plan.stays == (Item("prize", "Book, changed by somebody", 1), Item("prize", "Author, in use", 1))
    execute_uninstall(runtime, plan)
    assert names(tenant) == (["Alfred Nobel", *PLAIN[0]], ["Dune", "Our rules"])


def test_what_records_of_others_link_to_stays_with_all_it_needs(runtime: Runtime, tenant: Tenant) -> None:
    with tenant.env(why="a user's change") as env:
        env.model("shelf.author").create({"name": "New", "editor": env.ref("prize.lonely").id})
        env.ref("shelf.dune").readers = env.ref("prize.nobel")
    plan = plan_uninstall(runtime, tenant, ["prize"], purge=True)
    assert plan.stays == (Item("prize", "Author, in use", 3),)
    execute_uninstall(runtime, plan)
    assert names(tenant) == (sorted([*FULL[0], "New"]), ["Dune"])


def test_they_go_with_an_archive_that_is_dropped_later(runtime: Runtime, tenant: Tenant) -> None:
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["prize"]))
    plan = plan_uninstall(runtime, tenant, ["prize"], purge=True)
    assert plan.steps == ("drop what was kept of prize",)
    assert [item.rows for item in plan.goes] == [3, 1]
    execute_uninstall(runtime, plan)
    assert names(tenant) == PLAIN
