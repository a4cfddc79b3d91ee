"""Detaching an addon and bringing it back: nothing of others is touched, nothing of its own is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.doctor.checksums import checksums
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.snapshot import Snapshot, take
from kernel.db import transaction
from kernel.errors import ConflictError, MigrateError, MissingError, UserError
from tests.addons.shelf import write_club, write_rating, write_shelf
from tests.addons.toys import forget_addons


def rows(tenant: Tenant, query: str) -> list[tuple[Any, ...]]:
    owner = tenant.runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(tenant.runtime.pool, owner) as tx:
        return tx.rows(query)


def sums(tenant: Tenant, *schemas: str, leave_out: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    with transaction(tenant.runtime.pool, tenant.row.dsn) as tx:
        return checksums(tx, schemas, leave_out=leave_out)


def schema(tenant: Tenant) -> Snapshot:
    owner = tenant.runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(tenant.runtime.pool, owner) as tx:
        return take(tx)


def uninstall(tenant: Tenant, *names: str, **options: bool) -> None:
    execute_uninstall(tenant.runtime, plan_uninstall(tenant.runtime, tenant, names, **options))


def install(tenant: Tenant, *names: str, **options: bool) -> tuple[str, ...]:
    return execute(tenant.runtime, plan_install(tenant.runtime, tenant, names, **options))


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    """Books, rated, and a club that reads them: many2many, links to and from the tables of others."""
    write_shelf(root)
    write_rating(root)
    write_club(root)
    made = create_tenant(runtime, "acme", ["club", "rating"])
    with made.env(why="a test") as env:
        herbert = env.ref("shelf.herbert")
        club = env.model("club.club").create(
            {"name": "Readers", "founder": herbert.id, "books": env.ref("shelf.dune").ids}
        )
        env.model("club.visit").create({"club": club.id, "guest": env.ref("shelf.anderson").id})
        env.ref("shelf.dune").write(club=club.id, club_note="Thursdays", stars=4)
    return made


def test_detaching_takes_what_is_the_addons_and_touches_nothing_else(tenant: Tenant) -> None:
    before = sums(tenant, "shelf", leave_out=("club",))
    generation = rows(tenant, "SELECT generation FROM tenon.state")[0][0]
    uninstall(tenant, "club")
    assert sums(tenant, "shelf") == before
    assert tenant.assembly().names == ("shelf", "rating")
    assert rows(tenant, "SELECT generation FROM tenon.state") == [(generation + 1,)]
    assert rows(tenant, "SELECT name FROM archive_club.club") == [("Readers",)]
    assert rows(tenant, "SELECT club_note FROM archive_club.shelf__book") == [("Thursdays",)]
    assert rows(tenant, "SELECT 1 FROM pg_namespace WHERE nspname = 'club'") == []
    assert rows(tenant, "SELECT 1 FROM tenon.owned WHERE addon = 'club'") == []
    assert tenant.runtime.control.get("acme").addons == ("shelf", "rating")
    with tenant.env(why="a test") as env:
        assert not env.has("club.club")
        assert not hasattr(env.ref("shelf.dune"), "club_note")


def test_what_is_restored_is_what_was_detached(tenant: Tenant) -> None:
    before, tables = sums(tenant, "shelf", "club"), schema(tenant)
    ids = rows(tenant, "SELECT * FROM tenon.stable_id ORDER BY addon, name")
    owned = rows(tenant, "SELECT * FROM tenon.owned ORDER BY 1, 2, 3, 4")
    uninstall(tenant, "club")
    plan = plan_install(tenant.runtime, tenant, ["club"])
    assert plan.lines()[:2] == ["tenant acme:", "  restore club 1.0.0 from its archive"]
    assert (
        "  (club: shelf.book gets back club_id, club_note, praise, with the values of records that still exist)"
        in plan.lines()
    )
    assert execute(tenant.runtime, plan) == ()
    assert sums(tenant, "shelf", "club") == before
    assert schema(tenant) == tables
    assert rows(tenant, "SELECT * FROM tenon.stable_id ORDER BY addon, name") == ids
    assert rows(tenant, "SELECT * FROM tenon.owned ORDER BY 1, 2, 3, 4") == owned
    assert rows(tenant, "SELECT 1 FROM pg_namespace WHERE nspname = 'archive_club'") == []
    with tenant.env(why="a test") as env:
        assert env.ref("shelf.dune").club.name == "Readers"
        assert env.model("club.club").create({"name": "Others"}).books.ids == ()


def test_a_second_round_is_as_good_as_the_first(tenant: Tenant) -> None:
    before = sums(tenant, "shelf", "club")
    for _ in range(2):
        uninstall(tenant, "club")
        install(tenant, "club")
    assert sums(tenant, "shelf", "club") == before


def test_links_to_records_that_are_gone_are_emptied_and_told(tenant: Tenant) -> None:
    uninstall(tenant, "club")
    with tenant.env(why="a test") as env:
        env.ref("shelf.dune").delete()
        env.ref("shelf.anderson").editor = None
        env.ref("shelf.herbert").editor = None
        env.flush()
        env.model("shelf.author").search().delete()
        env.model("shelf.book").create({"title": "New"})
    notes = [line for line in plan_install(tenant.runtime, tenant, ["club"]).notes if "gone" in line]
    assert notes == [
        "club: 1 links of club.club point to records of shelf.author that are gone",
        "club: 1 links of club.club_books point to records of shelf.book that are gone",
        "club: 1 links of club.visit point to records of shelf.author that are gone",
    ]
    assert install(tenant, "club") == (
        "club.club: 1 links to shelf.author lead nowhere now; they are empty",
        "club.club_books: 1 links to shelf.book lead nowhere now; their rows are left out",
        "club.visit: 1 links to shelf.author lead nowhere now; their rows are left out",
    )
    assert rows(tenant, "SELECT founder_id FROM club.club") == [(None,)]
    assert rows(tenant, "SELECT title, club_note FROM shelf.book") == [("New", "")]
    assert rows(tenant, "SELECT steps ->> -1 FROM tenon.operation ORDER BY id DESC LIMIT 1")[0][0].startswith(
        "club.visit"
    )


def test_values_computed_with_the_addons_help_are_computed_without_it_and_again_with_it(tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        env.ref("shelf.dune").pages = 601
    assert rows(tenant, "SELECT worth, praise FROM shelf.book") == [(605, "4 of Readers")]
    plan = plan_uninstall(tenant.runtime, tenant, ["rating"], cascade=True)
    assert "shelf.book.worth is computed again without them" in plan.notes
    execute_uninstall(tenant.runtime, plan)
    assert rows(tenant, "SELECT worth FROM shelf.book") == [(601,)]
    with tenant.env(why="a test") as env:
        env.ref("shelf.dune").pages = 700
    install(tenant, "rating", "club")
    assert rows(tenant, "SELECT worth, praise FROM shelf.book") == [(704, "4 of Readers")]


def test_those_who_need_it_are_named_and_go_with_cascade_only(tenant: Tenant) -> None:
    with pytest.raises(UserError, match='"club" needs rating, shelf; "rating" needs shelf') as refused:
        plan_uninstall(tenant.runtime, tenant, ["shelf"])
    assert refused.value.error_code == "still_needed"
    assert refused.value.details == {"dependents": ["club", "rating"]}
    plan = plan_uninstall(tenant.runtime, tenant, ["shelf"], cascade=True)
    assert plan.removed == ("club", "rating", "shelf")
    before, tables = sums(tenant, "shelf", "club"), schema(tenant)
    execute_uninstall(tenant.runtime, plan)
    assert tenant.assembly().names == ()
    install(tenant, "club")
    assert tenant.assembly().names == ("shelf", "rating", "club")
    assert (sums(tenant, "shelf", "club"), schema(tenant)) == (before, tables)


def test_only_what_is_installed_can_be_uninstalled(tenant: Tenant) -> None:
    with pytest.raises(MissingError, match=r'"klub" is not installed in "acme"\. Did you mean "club"\?'):
        plan_uninstall(tenant.runtime, tenant, ["klub"])


def test_a_plan_says_what_stops_what_is_kept_and_what_goes(tenant: Tenant) -> None:
    before = schema(tenant)
    plan = plan_uninstall(tenant.runtime, tenant, ["club"])
    assert plan.steps == ("uninstall club",)
    assert [(item.text, item.rows) for item in plan.stops] == [
        ("lists and forms of Club and Visit", None),
        ("Club, Note and Praise of Book", None),
        ("what it does when others change", None),
    ]
    assert [(item.text, item.rows) for item in plan.keeps] == [
        ("Club", 1),
        ("Visit", 1),
        ("links between records", 1),
        ("Club, Note and Praise of Book", 1),
        ("groups and who is in them, rights and settings", None),
    ]
    assert (plan.goes, plan.stays) == ((), ())
    purge = plan_uninstall(tenant.runtime, tenant, ["club"], purge=True)
    assert (purge.steps, purge.keeps, purge.goes) == (("purge club",), (), plan.keeps)
    assert schema(tenant) == before


def test_purging_leaves_nothing(tenant: Tenant) -> None:
    before = sums(tenant, "shelf", leave_out=("club",))
    uninstall(tenant, "club", purge=True)
    assert rows(tenant, "SELECT nspname FROM pg_namespace WHERE nspname ~ 'club'") == []
    assert rows(tenant, "SELECT 1 FROM tenon.addon WHERE name = 'club'") == []
    assert sums(tenant, "shelf") == before
    install(tenant, "club")
    assert rows(tenant, "SELECT name FROM club.club") == []


def test_what_was_kept_can_be_purged_later(tenant: Tenant) -> None:
    uninstall(tenant, "club")
    assert plan_uninstall(tenant.runtime, tenant, ["club"]).empty
    plan = plan_uninstall(tenant.runtime, tenant, ["club"], purge=True)
    assert plan.steps == ("drop what was kept of club",)
    execute_uninstall(tenant.runtime, plan)
    assert rows(tenant, "SELECT nspname FROM pg_namespace WHERE nspname ~ 'club'") == []
    assert rows(tenant, "SELECT 1 FROM tenon.addon WHERE name = 'club'") == []


def test_a_fresh_install_drops_what_was_kept(tenant: Tenant) -> None:
    uninstall(tenant, "club")
    plan = plan_install(tenant.runtime, tenant, ["club"], fresh=True)
    assert plan.lines()[1:] == ["  drop what was kept of club 1.0.0", "  install club 1.0.0"]
    execute(tenant.runtime, plan)
    assert rows(tenant, "SELECT name FROM club.club") == []
    assert rows(tenant, "SELECT 1 FROM pg_namespace WHERE nspname = 'archive_club'") == []


def test_what_is_kept_is_not_put_on_records_of_another_installation(tenant: Tenant) -> None:
    uninstall(tenant, "shelf", cascade=True)
    install(tenant, "shelf", fresh=True)
    with pytest.raises(MigrateError, match="belongs to records of shelf, which was installed anew since") as refused:
        plan_install(tenant.runtime, tenant, ["club"])
    assert refused.value.hint.endswith("--fresh")
    install(tenant, "club", fresh=True)
    assert rows(tenant, "SELECT club_note FROM shelf.book") == [("",)]


def test_the_addons_are_told_before_and_may_refuse(tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        env.model("club.club").search().name = "For ever"
    with pytest.raises(UserError, match="This club is for ever"):
        uninstall(tenant, "club")
    assert tenant.assembly().names == ("shelf", "rating", "club")
    assert rows(tenant, "SELECT name FROM club.club") == [("For ever",)]


def test_an_addon_whose_code_is_gone_is_detached_without_its_say(tenant: Tenant, root: Path, runtime: Runtime) -> None:
    before = sums(tenant, "shelf", leave_out=("club",))
    (root / "addons/club/manifest.toml").rename(root / "manifest.kept")
    forget_addons(root)
    later = Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, type(runtime.library)([root]))
    plan = plan_uninstall(later, later.tenant("acme"), ["club"])
    assert plan.notes[0].startswith('There is no addon "club".')
    assert plan.notes[0].endswith("addon_uninstalling is not called.")
    execute_uninstall(later, plan)
    assert sums(tenant, "shelf") == before
    assert later.tenant("acme").assembly().names == ("shelf", "rating")


def test_a_foreign_key_made_by_hand_is_named_not_dropped(tenant: Tenant) -> None:
    owner = tenant.runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(tenant.runtime.pool, owner) as tx:
        tx.execute("CREATE SCHEMA report")
        tx.execute("CREATE TABLE report.line (club bigint REFERENCES club.club (id))")
    with pytest.raises(ConflictError, match=r"report\.line\(club\)"):
        uninstall(tenant, "club")


def test_a_view_made_by_hand_is_named_not_dropped(tenant: Tenant) -> None:
    owner = tenant.runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(tenant.runtime.pool, owner) as tx:
        tx.execute("CREATE VIEW public.notes AS SELECT club_note FROM shelf.book")
    with pytest.raises(ConflictError, match="view notes depends on column club_note"):
        uninstall(tenant, "club")
    assert tenant.assembly().names == ("shelf", "rating", "club")
