"""`tenon addon revision`: what is written from the models, told renames, and forms that keep nobody waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons import Library
from kernel.addons.migrations.autogenerate import Drafted, draft_revision, migration_faults
from kernel.db import Cluster
from kernel.errors import UserError
from tests.addons.shelf import CLUB, MODELS, write_club, write_rating, write_shelf
from tests.addons.toys import forget_addons, write_addon


@pytest.fixture(autouse=True)
def shelf(root: Path) -> None:
    write_shelf(root)


def drafted(cluster: Cluster, root: Path, models: str, *renames: str, addon: str = "shelf") -> Drafted:
    """The draft of the next revision of an addon whose models are those now."""
    forget_addons(root)
    (root / "addons" / addon / "models" / "__init__.py").write_text(models)
    made = draft_revision(cluster, Library([root]), addon, "A change", renames)
    assert made is not None
    return made


def faults(cluster: Cluster, root: Path, made: Drafted, addon: str = "shelf") -> list[str]:
    made.write()
    forget_addons(root)
    return migration_faults(cluster, Library([root]), addon)


def test_a_rename_that_is_told_keeps_the_column_its_index_and_its_key(cluster: Cluster, root: Path) -> None:
    models = MODELS.replace('author = fields.Many2one(Author, "Author"', 'writer = fields.Many2one(Author, "Writer"')
    models = models.replace('"title", "author"', '"title", "writer"')
    made = drafted(cluster, root, models, "shelf.book.author=writer")
    assert made.text.split("UPGRADE = ")[1] == (
        "(\n"
        '    "ALTER TABLE shelf.book RENAME COLUMN author_id TO writer_id",\n'
        '    "ALTER TABLE shelf.book RENAME CONSTRAINT book_author_id_fkey TO book_writer_id_fkey",\n'
        '    "ALTER INDEX shelf.book_author_id_idx RENAME TO book_writer_id_idx",\n'
        ")\n"
    )
    assert faults(cluster, root, made) == []


def test_a_table_that_is_renamed_keeps_its_rows_and_sequence(cluster: Cluster, root: Path) -> None:
    models = MODELS.replace('name="shelf.author"', 'name="shelf.person"').replace('"shelf.author"', '"shelf.person"')
    made = drafted(cluster, root, models)
    assert made.hints[0] == "if it is a rename, say so: --rename shelf.author=shelf.person"
    made = drafted(cluster, root, models, "shelf.author=shelf.person")
    assert '"ALTER TABLE shelf.author RENAME TO person"' in made.text
    assert '"ALTER SEQUENCE shelf.author_id_seq RENAME TO person_id_seq"' in made.text
    assert "DROP TABLE shelf.author" not in made.text
    assert faults(cluster, root, made) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("shelf.book.pags=sheets", 'No column of shelf.book called "pags" goes. Did you mean "pages"?'),
        ("shelf.book.pages=sheet", 'No column of shelf.book called "sheet" is new. Did you mean "sheets"?'),
        ("shelf.bok.pages=sheets", "There is no table shelf.bok. Did you mean"),
        ("shelf.book=shelf.tome", 'No table called "shelf.book" goes.'),
        ("pages=sheets", '"pages=sheets" is no rename.'),
    ],
)
def test_a_rename_that_means_nothing_is_told_with_the_near_word(
    cluster: Cluster, root: Path, told: str, said: str
) -> None:
    models = MODELS.replace("pages = ", "sheets = ").replace("pages", "sheets")
    with pytest.raises(UserError) as caught:
        drafted(cluster, root, models, told)
    assert caught.value.text.startswith(said)


def test_what_looks_like_a_rename_is_hinted_at(cluster: Cluster, root: Path) -> None:
    models = MODELS.replace("price = ", "cost = ")
    assert drafted(cluster, root, models).hints == ("if it is a rename, say so: --rename shelf.book.price=cost",)


def test_only_what_an_addon_owns_is_compared(cluster: Cluster, root: Path) -> None:
    write_rating(root)
    write_club(root)
    forget_addons(root)
    for name in ("shelf", "rating", "club"):
        assert draft_revision(cluster, Library([root]), name) is None
    models = CLUB.replace('club_note = fields.Char("Note", index=True)', 'club_note = fields.Char("Note")').replace(
        'praise = fields.Char("Praise", stored=True)', 'praise = fields.Char("Praise", stored=True, index=True)'
    )
    made = drafted(cluster, root, models, addon="club")
    assert made.text.split("UPGRADE = ")[1] == '(\n    "DROP INDEX IF EXISTS shelf.book_club_note_idx",\n)\n'
    index = "CREATE INDEX CONCURRENTLY book_praise_idx ON shelf.book USING btree (praise)"
    assert f'PREPARE = (\n    "{index}",\n)' in made.text
    assert faults(cluster, root, made, "club") == []
    assert draft_revision(cluster, Library([root]), "shelf") is None


def test_a_required_column_is_added_filled_and_held_in_three_steps(cluster: Cluster, root: Path) -> None:
    models = MODELS.replace(
        'pages = fields.Integer("Pages")',
        'pages = fields.Integer("Pages")\n'
        '    kind = fields.Selection((("novel", "Novel"), ("poem", "Poem")), "Kind", required=True, default="novel")\n'
        '    seen = fields.Date("Seen", required=True)\n',
    )
    made = drafted(cluster, root, models)
    assert made.hints == ('say what seen is in the rows of shelf.book that are there, in place of "..."',)
    assert 'Fill("shelf.book", {"kind": "\'novel\'"}, where="t.kind IS NULL")' in made.text
    assert 'Fill("shelf.book", {"seen": "..."}, where="t.seen IS NULL")' in made.text
    upgrade, clean = made.text.split("UPGRADE = ")[1].split("# After")
    assert "CHECK (seen IS NOT NULL) NOT VALID" in upgrade
    assert "ALTER COLUMN seen SET NOT NULL" in clean
    made = Drafted(made.path, made.text.replace('"..."', '"CURRENT_DATE"'), ())
    assert faults(cluster, root, made) == []


def test_keys_and_checks_are_validated_after_the_switch(cluster: Cluster, root: Path) -> None:
    models = MODELS.replace(
        'pages = fields.Integer("Pages")',
        'pages = fields.Integer("Pages")\n    owner = fields.Many2one(Author, "Owner")',
    ).replace("pages >= 0 AND", "pages > 0 AND")
    made = drafted(cluster, root, models)
    upgrade, clean = made.text.split("UPGRADE = ")[1].split("# After")
    assert upgrade.count("NOT VALID") == 2
    assert clean.count("VALIDATE CONSTRAINT") == 2
    assert "CREATE INDEX CONCURRENTLY book_owner_id_idx" in clean
    assert faults(cluster, root, made) == []


def test_the_first_revision_of_an_addon_needs_no_database(root: Path, cluster: Cluster) -> None:
    write_addon(root, "plain")
    made = draft_revision(cluster, Library([root]), "plain")
    assert made is not None
    assert made.path.name == "0001_the_first_schema.py"
