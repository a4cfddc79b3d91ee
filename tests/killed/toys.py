"""The toy addons that are installed, upgraded and uninstalled while others are at work.

`desk` has the notes that everybody reads and writes all the time. `stamp` adds to them: columns, stored values, records
of its data files, and a table of its own. Its edition `n` has `n` more columns on notes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kernel.config import SOURCE_ROOT
from tests.addons.shelf import add_first_revision
from tests.addons.toys import write_addon

DESK: Final = '''
"""Notes."""

from kernel.orm import Model, fields


class Note(Model, name="desk.note", order="id", title="title"):
    """What somebody wrote down."""

    title = fields.Char("Title", required=True, index=True)
    pages = fields.Integer("Pages")
    worth = fields.Integer("Worth", stored=True)

    @worth.compute("pages")
    def _compute_worth(self) -> None:
        for note in self:
            note.worth = note.pages * 2
'''
GROUPS: Final = """
[[group]]
id = "user"
name = "User"
implies = ["{implies}"]
"""
STAMP: Final = '''
"""Stamps on notes."""

from addons.desk.models import Note
from kernel.orm import Check, Model, fields


class Stamp(Model, name="stamp.stamp", order="id", title="text"):
    """A stamp that was put on a note."""

    text = fields.Char("Text", required=True)
    note = fields.Many2one(Note, "Note", ondelete="cascade")


class StampedNote(Note, extend=True):
    """A note with stamps."""

    stars = fields.Integer("Stars")
    stamp = fields.Many2one(Stamp, "Stamp")
    praise = fields.Char("Praise", stored=True)
{extra}
    _stars = Check("stars < 1000", message="So many stars there are not.")

    @praise.compute("stars", "pages")
    def _compute_praise(self) -> None:
        for note in self:
            note.praise = "*" * (note.stars + note.pages % 5)
'''
DATA: Final = """
[["desk.note"]]
id = "rules"
title = "The rules of stamps"
pages = 3

[["stamp.stamp"]]
id = "first"
text = "Seen"
note = "rules"
"""
REVISION: Final = '''
"""Edition {edition}."""

from kernel.addons.migrations.steps import Fill

revision = "edition{edition}"
down_revision = "{before}"
requires: dict[str, str] = {{}}

PREPARE = (
    "ALTER TABLE desk.note ADD COLUMN extra{edition} TEXT DEFAULT '' NOT NULL",
    Fill("desk.note", {{"extra{edition}": "t.title"}}, batch=200),
)
UPGRADE = ("ALTER TABLE desk.note ADD CONSTRAINT extra{edition}_seen CHECK (extra{edition} <> 'none') NOT VALID",)
CLEAN = (
    "ALTER TABLE desk.note VALIDATE CONSTRAINT extra{edition}_seen",
    "ALTER TABLE desk.note DROP CONSTRAINT extra{edition}_seen",
)
'''


def write_desk(root: Path) -> None:
    """The addon that stays."""
    files = {
        "models/__init__.py": DESK,
        "security/groups.toml": GROUPS.format(implies="base.user"),
        "security/access.csv": "model,group,read,create,write,delete\ndesk.note,desk.user,1,1,1,1\n",
    }
    write_addon(root, "desk", files, more='depends = ["web"]')
    add_first_revision(root, "desk", SOURCE_ROOT)


def write_stamp(root: Path, edition: int = 0) -> None:
    """The addon that comes and goes; all editions up to this one have been written before."""
    extra = "".join(f'    extra{number} = fields.Char("Extra {number}")\n' for number in range(1, edition + 1))
    files = {
        "models/__init__.py": STAMP.replace("{extra}", extra),
        "data/stamps.toml": DATA,
        "security/groups.toml": GROUPS.format(implies="desk.user"),
        "security/access.csv": "model,group,read,create,write,delete\nstamp.stamp,stamp.user,1,1,1,1\n",
    }
    if not edition:
        for path in (root / "addons/stamp/migrations").glob("*_edition_*.py"):
            path.unlink()
    if edition:
        before = f"edition{edition - 1}" if edition > 1 else "first"
        files[f"migrations/{edition + 1:04}_edition_{edition}.py"] = REVISION.format(edition=edition, before=before)
    write_addon(root, "stamp", files, version=f"1.{edition}.0", more='depends = ["desk"]')
    if not edition and not (root / "addons/stamp/migrations").exists():
        add_first_revision(root, "stamp", SOURCE_ROOT)
