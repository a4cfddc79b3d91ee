"""The toy addons of the tests that use a database: books, their authors, and an addon that rates them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kernel.addons.assembly import Library
from kernel.addons.autogenerate import write_first_revision
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


def add_first_revision(root: Path, name: str) -> None:
    """Write the first revision, always of one id, so that tests share a template.

    What was imported for it is forgotten, as in a process that comes later.
    """
    library = Library([root])
    path = write_first_revision(library.assembly(library.resolve([name])), name)
    path.write_text(re.sub(r'revision = "\w+"', 'revision = "first"', path.read_text(), count=1))
    forget_addons(root / "addons" / name)
