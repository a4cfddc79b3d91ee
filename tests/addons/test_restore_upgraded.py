"""An archive of older code comes back through the migrations of the newer; one of newer code does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import write_revision
from kernel.db import transaction
from kernel.errors import MigrateError
from tests.addons.shelf import CLUB, CLUB_HOOKS, write_club, write_rating, write_shelf
from tests.addons.toys import forget_addons, write_addon

NEW = CLUB.replace(
    'founder = fields.Many2one(Author, "Founder")',
    'founder = fields.Many2one(Author, "Founder")\n    motto = fields.Char("Motto")',
).replace("club_note = fields", 'club_room = fields.Char("Room")\n    club_note = fields')
HOOKS = (
    CLUB_HOOKS
    + """

@hookimpl
def addon_restored(env, addon, before):
    if addon == "club":
        env[Club].search().motto = f"Back from {before}"


@hookimpl
def addon_installed(env, addon):
    if addon == "club":
        raise UserError("It is no new one.")
"""
)


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    write_rating(root)
    write_club(root)
    made = create_tenant(runtime, "acme", ["club"])
    with made.env(why="a test") as env:
        env.model("club.club").create({"name": "Readers"})
        env.ref("shelf.dune").club_note = "kept"
    return made


def renew(runtime: Runtime, root: Path) -> Runtime:
    """A process with the next version of `club`."""
    forget_addons(root)
    more = 'depends = ["rating", "shelf"]'
    files = {"models/__init__.py": NEW, "hooks.py": HOOKS}
    write_addon(root, "club", files, version="2.0.0", more=more)
    assert write_revision(runtime.cluster, Library([root]), "club", "A motto and a room")
    forget_addons(root)
    return Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, Library([root]))


def test_what_was_detached_before_the_code_moved_on_is_restored_and_upgraded(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["club"]))
    later = renew(runtime, root)
    plan = plan_install(later, later.tenant("acme"), ["club"])
    assert plan.lines()[1] == "  restore club 1.0.0 -> 2.0.0 from its archive"
    execute(later, plan)
    with later.tenant("acme").env(why="a test") as env:
        club = env.model("club.club").search()
        assert (club.name, club.motto) == ("Readers", "Back from 1.0.0")
        assert (env.ref("shelf.dune").club_note, env.ref("shelf.dune").club_room) == ("kept", "")
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        assert tx.rows("SELECT version, state FROM tenon.addon WHERE name = 'club'") == [("2.0.0", "installed")]
        assert tx.rows("SELECT count(*) FROM tenon.owned WHERE addon = 'club' AND \"column\" = 'club_room'") == [(1,)]
    assert plan_upgrade(later, later.tenant("acme")).steps == ()


def test_an_archive_of_newer_code_is_refused_before_anything_is_changed(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    owner = runtime.cluster.owner_dsn(tenant.row.database)
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["club"]))
    with transaction(runtime.pool, owner) as tx:
        tx.execute("UPDATE archive_club.revision SET version_num = 'newer'")
    with pytest.raises(MigrateError, match='is at revision "newer", which its migrations do not know'):
        plan_install(runtime, tenant, ["club"])
    assert plan_install(runtime, tenant, ["club"], fresh=True).dropped == ("club",)


def test_records_that_break_a_rule_of_the_addon_stop_a_restore(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        env.model("shelf.author").create({"name": "Other"})
        env.model("shelf.book").create(
            {"title": "Dune", "author": env.model("shelf.author").search()[2].id, "club_note": "other"}
        )
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["club"]))
    owner = runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(runtime.pool, owner) as tx:
        tx.execute("UPDATE archive_club.shelf__book SET club_note = 'kept'")
    with pytest.raises(MigrateError, match=r"shelf\.book has records by now that break book_club_in_club") as refused:
        execute(runtime, plan_install(runtime, tenant, ["club"]))
    assert "--fresh" in refused.value.hint
    assert tenant.assembly().names == ("shelf", "rating")
