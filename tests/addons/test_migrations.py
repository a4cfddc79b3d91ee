"""Migrations: one history per addon, and migrating up gives what a fresh install gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.addons import Findings, Library
from kernel.addons.migrations.autogenerate import migration_faults, write_revision
from kernel.addons.migrations.revisions import Revision, kernel_history, read_revisions, sort_revisions
from kernel.addons.migrations.running import apply, current, pending, stamp
from kernel.db import Cluster, Pool, Transaction, transaction
from kernel.errors import LoadError, MigrateError
from tests.addons.shelf import MODELS, write_rating, write_shelf
from tests.addons.toys import forget_addons


@pytest.fixture
def tx(database: str, pool: Pool) -> Iterator[Transaction]:
    with transaction(pool, database, "read committed") as opened:
        yield opened


def revision(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(body)


def write(folder: Path, id: str, down: str, sql: str, requires: str = "{}") -> None:
    text = (
        f'"""A step."""\nfrom alembic import op\nrevision = "{id}"\ndown_revision = {down}\nrequires = {requires}\n\n\n'
        f'def upgrade() -> None:\n    op.execute("{sql}")\n'
    )
    revision(folder, f"{id}.py", text)


def history(folder: Path, addon: str = "shop") -> tuple[Revision, ...]:
    findings = Findings()
    found = read_revisions(addon, folder, findings)
    findings.raise_if_any("faults")
    return found


def test_the_kernels_tables_come_from_its_own_history(tx: Transaction) -> None:
    apply(tx, pending(tx, "tenon", kernel_history()))
    assert current(tx, "tenon") == kernel_history()[-1].id
    assert pending(tx, "tenon", kernel_history()) == ()
    assert tx.rows("SELECT generation, data_generation FROM tenon.state") == [(1, 1)]


def test_the_application_may_read_what_a_tenant_is_at_but_not_change_it(tx: Transaction) -> None:
    apply(tx, kernel_history())
    rights = {
        (table, right): tx.rows("SELECT has_table_privilege('tenon_app', %s, %s)", (f"tenon.{table}", right))[0][0]
        for table in ("addon", "state", "session", "outbox", "stable_id")
        for right in ("SELECT", "UPDATE", "DELETE")
    }
    assert all(rights[table, "SELECT"] for table in ("addon", "state", "session", "outbox", "stable_id"))
    assert not rights["addon", "UPDATE"]
    assert not rights["state", "DELETE"]
    assert rights["session", "DELETE"]
    query = "SELECT has_column_privilege('tenon_app', 'tenon.state', %s, 'UPDATE')"
    assert tx.rows(query, ("data_generation",)) == [(True,)]
    assert tx.rows(query, ("generation",)) == [(False,)]


def test_each_addon_has_its_own_version_table(tx: Transaction, tmp_path: Path) -> None:
    write(tmp_path / "a", "one", "None", "CREATE TABLE a.thing (id int)")
    write(tmp_path / "a", "two", "'one'", "ALTER TABLE a.thing ADD COLUMN name text")
    write(tmp_path / "b", "one", "None", "CREATE TABLE b.thing (id int)")
    first, other = history(tmp_path / "a", "a"), history(tmp_path / "b", "b")
    apply(tx, [first[0], *other])
    assert (current(tx, "a"), current(tx, "b")) == ("one", "one")
    assert [step.id for step in pending(tx, "a", first)] == ["two"]
    apply(tx, pending(tx, "a", first))
    assert current(tx, "a") == "two"
    assert tx.rows("SELECT name FROM a.thing") == []


def test_a_revision_that_fails_leaves_nothing_and_says_which_it_was(pool: Pool, database: str, tmp_path: Path) -> None:
    write(tmp_path, "one", "None", "CREATE TABLE shop.thing (id int)")
    write(tmp_path, "two", "'one'", "ALTER TABLE shop.nothing ADD COLUMN x int")
    with (
        pytest.raises(MigrateError, match=r'The revision shop@two \(two\.py\) failed: relation "shop.nothing"'),
        transaction(pool, database) as tx,
    ):
        apply(tx, history(tmp_path))
    with transaction(pool, database) as tx:
        assert current(tx, "shop") == ""
        assert tx.rows("SELECT to_regnamespace('shop')") == [(None,)]


def test_a_database_made_by_newer_code_is_refused(tx: Transaction, tmp_path: Path) -> None:
    write(tmp_path, "one", "None", "SELECT 1")
    stamp(tx, "shop", "later")
    with pytest.raises(MigrateError, match='at revision "later"'):
        pending(tx, "shop", history(tmp_path))


def test_a_fork_a_gap_and_two_of_one_id_are_faults(tmp_path: Path) -> None:
    write(tmp_path, "a", "None", "SELECT 1")
    write(tmp_path, "b", "'a'", "SELECT 1")
    write(tmp_path, "c", "'a'", "SELECT 1")
    with pytest.raises(LoadError, match=r'b\.py and c\.py both follow "a"'):
        history(tmp_path)
    write(tmp_path, "c", "'x'", "SELECT 1")
    with pytest.raises(LoadError, match='there is no revision "x"'):
        history(tmp_path)
    revision(tmp_path, "c.py", 'revision = "b"\ndown_revision = "a"\n')
    with pytest.raises(LoadError, match=r'"b" is the revision of b\.py already'):
        history(tmp_path)


def test_single_revisions_are_sorted_by_what_they_require(tmp_path: Path) -> None:
    write(tmp_path / "crm", "c1", "None", "")
    write(tmp_path / "crm", "c2", "'c1'", "", '{"bridge": "b1"}')
    write(tmp_path / "bridge", "b1", "None", "", '{"crm": "c1"}')
    histories = {name: history(tmp_path / name, name) for name in ("crm", "bridge")}
    assert [str(step) for step in sort_revisions(["crm", "bridge"], histories)] == ["crm@c1", "bridge@b1", "crm@c2"]
    histories["crm"] = histories["crm"][1:]
    assert [str(step) for step in sort_revisions(["crm", "bridge"], histories)] == ["bridge@b1", "crm@c2"]


def test_revisions_that_wait_for_each_other_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a", "a1", "None", "", '{"b": "b1"}')
    write(tmp_path / "b", "b1", "None", "", '{"a": "a1"}')
    histories = {name: history(tmp_path / name, name) for name in ("a", "b")}
    with pytest.raises(LoadError, match="wait for each other: a@a1 -> b@b1"):
        sort_revisions(["a", "b"], histories)


def test_migrating_up_gives_the_schema_of_a_fresh_install(cluster: Cluster, library: Library, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    assert migration_faults(cluster, library, "shelf") == []
    assert migration_faults(cluster, library, "rating") == []


def test_a_model_that_changed_without_a_revision_is_found(cluster: Cluster, root: Path) -> None:
    write_shelf(root)
    changed = MODELS.replace('fields.Integer("Pages")', 'fields.Float("Pages")').replace(
        "pages >= 0 AND", "pages > 0 AND"
    )
    write_shelf(root, revision=False, files={"models/__init__.py": changed})
    faults = migration_faults(cluster, Library([root]), "shelf")
    assert any("column shelf.book.pages" in fault for fault in faults)
    assert any("constraint shelf.book." in fault for fault in faults)


def test_the_next_revision_is_written_from_the_models(cluster: Cluster, library: Library, root: Path) -> None:
    write_shelf(root)
    assert write_revision(cluster, library, "shelf") is None
    changed = (
        MODELS.replace('fields.Integer("Pages")', 'fields.Integer("Pages", nullable=True)')
        .replace('bought = fields.Date("Bought")', 'sold = fields.Date("Sold", index=True)')
        .replace("pages >= 0 AND", "pages > 0 AND")
        .replace('    readers = fields.Many2many(Author, "Readers")\n', "")
        + '\n\nclass Room(Model, name="shelf.room"):\n    """Where."""\n\n'
        + '    name = fields.Char("Name", required=True)\n'
        + '    books = fields.Many2many(Book, "Books")\n'
    )
    forget_addons(root)
    write_shelf(root, revision=False, files={"models/__init__.py": changed})
    path = write_revision(cluster, Library([root]), "shelf", "Rooms and sales")
    assert path is not None
    assert path.name == "0002_rooms_and_sales.py"
    text = path.read_text()
    assert 'down_revision = "first"' in text
    assert "ADD COLUMN sold date" in text
    forget_addons(root)
    assert migration_faults(cluster, Library([root]), "shelf") == []


def test_a_revision_notes_what_it_rests_on(library: Library, root: Path) -> None:
    write_shelf(root)
    write_rating(root)
    assert library.addon("rating").revisions[0].requires == {"shelf": "first"}
