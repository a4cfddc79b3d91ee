"""Upgrading: new code in a new process finds the old tenant, and takes it along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.migrations.autogenerate import write_revision
from kernel.db import Transaction, transaction
from kernel.errors import EditionError, GraphError, MigrateError
from tests.addons.shelf import DATA, MODELS, write_shelf
from tests.addons.toys import forget_addons, write_addon

NEW_MODELS = MODELS.replace(
    'pages = fields.Integer("Pages")', 'pages = fields.Integer("Pages")\n    shelf = fields.Char("Shelf")'
)
NEW_DATA = DATA.replace('title = "Dune"', 'title = "Dune (new edition)"').replace("Kevin Anderson", "Kevin J. Anderson")


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    return create_tenant(runtime, "acme", ["shelf"])


def next_process(runtime: Runtime, root: Path) -> Runtime:
    """What a process that starts now makes of the files."""
    forget_addons(root)
    return Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, Library([root]))


def write_next(runtime: Runtime, root: Path) -> Runtime:
    forget_addons(root)
    write_shelf(
        root, revision=False, version="1.1.0", files={"models/__init__.py": NEW_MODELS, "data/books.toml": NEW_DATA}
    )
    assert write_revision(runtime.cluster, Library([root]), "shelf", "A shelf for each book")
    return next_process(runtime, root)


def test_new_code_refuses_the_tenant_until_it_is_upgraded(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    tenant.run(lambda env: env.ref("shelf.dune").write(pages=601), why="a user's change")
    later = write_next(runtime, root)
    theirs = later.tenant("acme")
    with pytest.raises(EditionError):
        theirs.assembly()
    plan = plan_upgrade(later, theirs)
    kept = "kept as it was changed here: shelf.dune"
    assert plan.lines() == ["tenant acme:", "  upgrade shelf 1.0.0 -> 1.1.0", f"  ({kept})"]
    told: list[str] = []
    assert execute(later, plan, told.append) == (kept,)
    assert kept in told
    with theirs.env(why="a test") as env:
        assert env.ref("shelf.dune").title == "Dune"
        assert env.ref("shelf.anderson").name == "Kevin J. Anderson"
        env.ref("shelf.dune").shelf = "A 3"
    with pytest.raises(EditionError):
        tenant.assembly()


def test_an_upgrade_without_a_change_has_nothing_to_do_and_asks_for_little(
    runtime: Runtime, root: Path, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    send = Transaction.execute

    def counted(tx: Transaction, query: str, params: Sequence[object] = ()) -> object:
        asked.append(query)
        return send(tx, query, params)

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "execute", counted)
        assert plan_upgrade(runtime, tenant).steps == ()
    assert len(asked) == 3, "the kernel's revision, the addons, what a stopped upgrade has begun"
    later = write_next(runtime, root)
    execute(later, plan_upgrade(later, later.tenant("acme")))
    assert plan_upgrade(later, later.tenant("acme")).steps == ()
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        kinds = tx.rows("SELECT kind, addons FROM tenon.operation ORDER BY id")
        assert kinds == [("install", ["shelf"]), ("upgrade", ["shelf"])]
        assert tx.rows("SELECT version, upgraded_at IS NULL FROM tenon.addon") == [("1.1.0", False)]


def test_what_an_addon_needs_newly_is_installed(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    write_addon(root, "paper")
    write_shelf(root, revision=False, version="1.2.0")
    manifest = root / "addons/shelf/manifest.toml"
    manifest.write_text(manifest.read_text() + 'depends = ["paper"]\n')
    later = next_process(runtime, root)
    theirs = later.tenant("acme")
    plan = plan_upgrade(later, theirs)
    assert [str(step) for step in plan.steps] == ["install paper 1.0.0", "upgrade shelf 1.0.0 -> 1.2.0"]
    execute(later, plan)
    assert theirs.assembly().names == ("paper", "shelf")


def test_the_hook_is_told_the_version_before(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    hooks = (
        "from kernel.addons import hookimpl\n@hookimpl\ndef addon_upgraded(env, addon, before):\n"
        "    env.ref('shelf.dune').title = f'{addon} was {before}'\n"
    )
    write_shelf(root, revision=False, version="1.3.0", files={"hooks.py": hooks})
    later = next_process(runtime, root)
    theirs = later.tenant("acme")
    execute(later, plan_upgrade(later, theirs))
    assert theirs.run(lambda env: env.ref("shelf.dune").title, why="a test") == "shelf was 1.0.0"


def test_an_upgrade_that_fails_leaves_the_old_state(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    later = write_next(runtime, root)
    path = next((root / "addons/shelf/migrations").glob("0002_*.py"))
    path.write_text(path.read_text().replace("ADD COLUMN shelf", "ADD COLUMN title"))
    theirs = later.tenant("acme")
    with pytest.raises(MigrateError, match='column "title" of relation "book" already exists'):
        execute(later, plan_upgrade(later, theirs))
    assert tenant.run(lambda env: env.ref("shelf.dune").title, why="a test") == "Dune"


FILLED = MODELS.replace(
    'pages = fields.Integer("Pages")',
    'pages = fields.Integer("Pages")\n'
    '    shelf = fields.Char("Shelf", default="A 1")\n'
    '    to_lend = fields.Boolean("May be lent", default=True)\n'
    '    sheets = fields.Integer("Sheets", stored=True)\n'
    "\n"
    '    @sheets.compute("pages")\n'
    "    def _compute_sheets(self):\n"
    "        for book in self:\n"
    "            book.sheets = book.pages // 2 + 1\n",
)


def test_old_rows_get_the_defaults_and_computed_values_of_new_fields(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    tenant.run(lambda env: env.ref("shelf.dune").write(pages=600), why="a user's change")
    forget_addons(root)
    write_shelf(root, revision=False, version="1.1.0", files={"models/__init__.py": FILLED})
    assert write_revision(runtime.cluster, Library([root]), "shelf", "More about each book")
    later = next_process(runtime, root)
    theirs = later.tenant("acme")
    execute(later, plan_upgrade(later, theirs))
    with theirs.env(why="a test") as env:
        dune = env.ref("shelf.dune")
        assert (dune.shelf, dune.to_lend, dune.sheets) == ("A 1", True, 301)
        rows = env.sql(f"SELECT count(*) FROM {dune.__info__.sql} WHERE sheets <> pages / 2 + 1 OR shelf <> 'A 1'")
        assert rows == [(0,)]


def test_a_version_that_an_installed_addon_does_not_go_with_is_refused_in_the_plan(
    runtime: Runtime, root: Path, tenant: Tenant
) -> None:
    write_addon(root, "rating", more='depends = ["shelf >=1.0,<1.1"]')
    execute(runtime, plan_install(runtime, tenant, ["rating"]))
    later = write_next(runtime, root)
    with pytest.raises(GraphError) as refused:
        plan_upgrade(later, later.tenant("acme"))
    assert "shelf is 1.1.0" in str(refused.value)
    assert "addons/rating/manifest.toml" in str(refused.value)
    assert tenant.assembly().names == ("shelf", "rating")


def test_an_addon_for_another_tenon_is_refused_in_the_plan(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    folder = write_addon(root, "rating", more='depends = ["shelf"]')
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text().replace('tenon = ">=0.1"', 'tenon = ">=7"'))
    with pytest.raises(GraphError, match=r">=7"):
        plan_install(runtime, tenant, ["rating"])
