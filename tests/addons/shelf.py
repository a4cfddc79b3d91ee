"""The toy addons of the tests that use a database: books, their authors, and an addon that rates them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kernel.addons.assembly import Library
from kernel.addons.migrations.autogenerate import write_first_revision
from tests.addons.toys import forget_addons, write_addon

MODELS = '''
"""Books and who wrote them."""

from kernel.orm import Check, Exclude, Model, Unique, fields


class Author(Model, name="shelf.author", order="name", title="name"):
    """Who wrote."""

    name = fields.Char("Name", required=True)
    editor = fields.Many2one("shelf.author", "Editor")


class Book(Model, name="shelf.book", order="title", title="title"):
    """A book."""

    title = fields.Char("Title", required=True, index="trigram")
    author = fields.Many2one(Author, "Author", ondelete="restrict")
    readers = fields.Many2many(Author, "Readers")
    pages = fields.Integer("Pages")
    price = fields.Decimal("Price", digits=(10, 2))
    bought = fields.Date("Bought")
    read_at = fields.Datetime("Read at")
    lent = fields.DateRange("Lent")
    about = fields.Reference("About")
    worth = fields.Integer("Worth", stored=True)

    @worth.compute("pages")
    def _compute_worth(self) -> None:
        for book in self:
            book.worth = book.pages

    _once = Unique("title", "author", message="This book is on the shelf already.")
    _pages = Check("pages >= 0 AND title NOT LIKE '%:x'", message="Pages cannot be negative.")
'''

DATA = """
_policy = "if_untouched"

[["shelf.book"]]
id = "dune"
title = "Dune"
author = "herbert"
readers = ["herbert", "anderson"]
pages = 600
price = 9.5
bought = "@today-3d"
read_at = "@now-2h"

[["shelf.author"]]
id = "herbert"
name = "Frank Herbert"
editor = "anderson"

[["shelf.author"]]
id = "anderson"
name = "Kevin Anderson"
editor = "herbert"
"""

RATING = '''
"""Books with stars."""

from addons.shelf.models import Book
from kernel.orm import fields


class RatedBook(Book, extend=True):
    """Adds stars."""

    stars = fields.Integer("Stars")
    good = fields.Boolean("Good", stored=True)

    @good.compute("stars")
    def _compute_good(self) -> None:
        for book in self:
            book.good = book.stars > 3

    @Book.worth.compute("stars")
    def _compute_worth(self) -> None:
        super()._compute_worth()
        for book in self:
            book.worth += book.stars
'''

RATING_HOOKS = '''
"""What rating does when it is installed."""

from addons.shelf.models import Book
from addons.rating.models import RatedBook
from kernel.addons import hookimpl


@hookimpl
def addon_installed(env, addon):
    if addon == "rating":
        for book in env[RatedBook].search(RatedBook.pages > 500):
            book.stars = 5
'''


CLUB = '''
"""Clubs that read books together."""

from addons.rating.models import RatedBook
from addons.shelf.models import Author, Book
from kernel.orm import Check, Model, Unique, fields


class Club(Model, name="club.club", order="name", title="name"):
    """A club."""

    name = fields.Char("Name", required=True)
    founder = fields.Many2one(Author, "Founder")
    books = fields.Many2many(Book, "Books")


class Visit(Model, name="club.visit"):
    """Somebody came."""

    club = fields.Many2one(Club, "Club", required=True, ondelete="cascade")
    guest = fields.Many2one(Author, "Guest", required=True, ondelete="cascade")


class ReadBook(RatedBook, extend=True):
    """A book that a club reads."""

    club = fields.Many2one(Club, "Club")
    club_note = fields.Char("Note", index=True)
    praise = fields.Char("Praise", stored=True)

    _noted = Check("club_note <> 'x' OR pages > 0", message="A note needs pages.")
    _in_club = Unique("title", "club_note", message="This book is noted already.")

    @praise.compute("stars", "club.name")
    def _compute_praise(self) -> None:
        for book in self:
            book.praise = f"{book.stars} of {book.club.name}" if book.club else ""
'''

CLUB_HOOKS = '''
"""A club may be for ever."""

from addons.club.models import Club
from kernel.addons import hookimpl
from kernel.errors import UserError


@hookimpl
def addon_uninstalling(env, addon):
    if addon == "club" and env[Club].search(Club.name == "For ever"):
        raise UserError("This club is for ever.")
'''


def write_shelf(root: Path, *, revision: bool = True, **changes: Any) -> Path:
    """The addon `shelf`, with its first revision; `changes` replace files (`data__books=...`)."""
    files = {"models/__init__.py": MODELS, "data/books.toml": DATA}
    folder = write_addon(root, "shelf", {**files, **changes.get("files", {})}, version=changes.get("version", "1.0.0"))
    if revision:
        add_first_revision(root, "shelf")
    return folder


def write_rating(root: Path, *, hooks: str = RATING_HOOKS) -> Path:
    """The addon `rating`, which extends a model of `shelf`."""
    files = {"models/__init__.py": RATING, "hooks.py": hooks}
    folder = write_addon(root, "rating", files, more='depends = ["shelf"]')
    add_first_revision(root, "rating")
    return folder


def write_club(root: Path) -> Path:
    """The addon `club`: tables that point to those of others, and columns in them that point back."""
    files = {"models/__init__.py": CLUB, "hooks.py": CLUB_HOOKS}
    folder = write_addon(root, "club", files, more='depends = ["rating", "shelf"]')
    add_first_revision(root, "club")
    return folder


def add_first_revision(root: Path, name: str, *others: Path) -> None:
    """Write the first revision, always of one id, so that tests share a template; `others` are more places of addons.

    What was imported for it is forgotten, as in a process that comes later.
    """
    library = Library([root, *others])
    path = write_first_revision(library.assembly(library.resolve([name])), name)
    path.write_text(re.sub(r'revision = "\w+"', 'revision = "first"', path.read_text(), count=1))
    forget_addons(root / "addons" / name)
