"""The loader: what is defined in an addon is collected, and importing has no effect by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kernel.addons import Library
from kernel.errors import EditionError, LoadError, NotInstalledError, RegistryError
from kernel.orm import AddonModels, Registry
from tests.addons.toys import write_addon

BOOK = '''
"""Books."""
from kernel.orm import Model, fields

class Book(Model, name="shelf.book", title="title"):
    """A book."""
    title = fields.Char("Title", required=True)
'''
RATED = '''
"""Books with stars."""
from addons.shelf.models import Book
from kernel.orm import fields

class RatedBook(Book, extend=True):
    """Adds stars."""
    stars = fields.Integer("Stars")
'''


def shelf_and_rating(root: Path) -> None:
    write_addon(root, "shelf", {"models/__init__.py": BOOK})
    write_addon(root, "rating", {"models/__init__.py": RATED}, more='depends = ["shelf"]')


def test_a_class_belongs_to_the_addon_that_defines_it_not_to_one_that_imports_it(library: Library, root: Path) -> None:
    shelf_and_rating(root)
    assembly = library.assembly(["shelf", "rating"])
    assert [cls.__name__ for cls in assembly.addon("shelf").classes] == ["Book"]
    assert [cls.__name__ for cls in assembly.addon("rating").classes] == ["RatedBook"]


def test_nothing_registers_on_import(library: Library, root: Path) -> None:
    shelf_and_rating(root)
    both = library.assembly(["shelf", "rating"])
    alone = library.assembly(["shelf"])
    assert "addons.rating.models" in sys.modules
    assert "stars" in both.registry.model("shelf.book").fields
    assert "stars" not in alone.registry.model("shelf.book").fields
    with pytest.raises(NotInstalledError):
        alone.registry.model_of(sys.modules["addons.rating.models"].RatedBook)


def test_one_set_of_addons_has_one_assembly_whatever_the_order_it_is_named_in(library: Library, root: Path) -> None:
    shelf_and_rating(root)
    assert library.assembly(["rating", "shelf"]) is library.assembly(("shelf", "rating"))
    assert library.assembly(["shelf"]) is not library.assembly(["shelf", "rating"])


def test_the_kernel_needs_no_addon(library: Library) -> None:
    empty = library.assembly([])
    assert empty.names == ()
    assert not empty.registry.models
    assert Registry.build([AddonModels("none", ())]).models == {}


def test_extensions_stand_above_the_model_and_those_of_a_mixin_below_it(library: Library, root: Path) -> None:
    models = '''
    """A mixin and a model."""
    from kernel.orm import Model, fields
    class Tagged(Model, abstract=True):
        """A mixin."""
        def who(self) -> list[str]:
            return ["mixin"]
    class Book(Tagged, name="shelf.book"):
        """A model."""
        def who(self) -> list[str]:
            return ["model", *super().who()]
    '''
    more = '''
    """Extensions of both."""
    from addons.shelf.models import Book, Tagged
    class MoreTagged(Tagged, extend=True):
        """An extension of the mixin."""
        def who(self) -> list[str]:
            return ["mixin_ext", *super().who()]
    class MoreBook(Book, extend=True):
        """An extension of the model."""
        def who(self) -> list[str]:
            return ["ext", *super().who()]
    '''
    write_addon(root, "shelf", {"models/__init__.py": models})
    write_addon(root, "more", {"models/__init__.py": more}, more='depends = ["shelf"]')
    composed = library.assembly(["shelf", "more"]).registry.model("shelf.book").cls
    names = [cls.__name__ for cls in composed.__mro__]
    order = [name for name in names[1:] if name in ("MoreBook", "Book", "MoreTagged", "Tagged")]
    assert order == ["MoreBook", "Book", "MoreTagged", "Tagged"]


def test_a_duplicate_field_names_both_places(library: Library, root: Path) -> None:
    shelf_and_rating(root)
    again = RATED.replace("RatedBook", "StarredBook")
    write_addon(root, "stars", {"models/__init__.py": again}, more='depends = ["shelf"]')
    with pytest.raises(RegistryError) as caught:
        library.assembly(["shelf", "rating", "stars"])
    assert "addons/rating/models/__init__.py:8" in str(caught.value)
    assert "addons/stars/models/__init__.py:8" in str(caught.value)


def test_an_error_on_import_names_file_and_line(library: Library, root: Path) -> None:
    write_addon(root, "broken", {"models/__init__.py": "from . import book\n", "models/book.py": "\n\nx = 1 / 0\n"})
    with pytest.raises(LoadError, match=r"addons/broken/models/book\.py:3 ZeroDivisionError"):
        library.assembly(["broken"])


def test_a_syntax_error_names_file_and_line(library: Library, root: Path) -> None:
    write_addon(root, "broken", {"models/__init__.py": "\ndef x(:\n"})
    with pytest.raises(LoadError, match=r"addons/broken/models/__init__\.py:2 SyntaxError"):
        library.assembly(["broken"])


def test_an_addon_that_is_imported_from_elsewhere_is_refused(library: Library, root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_addon(other, "shelf", {"models/__init__.py": BOOK})
    Library([other]).addon("shelf")
    write_addon(root, "shelf", {"models/__init__.py": BOOK})
    with pytest.raises(LoadError, match="Python imports it from"):
        library.addon("shelf")


def test_an_addon_new_on_disk_is_found_without_a_restart(library: Library, root: Path) -> None:
    assert library.available().names == ()
    shelf_and_rating(root)
    assert library.assembly(library.resolve(["rating"])).names == ("shelf", "rating")


def test_a_loaded_addon_stays_in_its_edition(library: Library, root: Path) -> None:
    shelf_and_rating(root)
    assert library.addon("shelf").version == "1.0.0"
    write_addon(root, "shelf", {"models/__init__.py": BOOK}, version="2.0.0")
    assert str(library.available().manifest("shelf").version) == "1.0.0"
    assert library.addon("shelf").version == "1.0.0"


def test_what_is_derived_from_an_assembly_is_built_once(library: Library, root: Path) -> None:
    shelf_and_rating(root)
    assembly = library.assembly(["shelf"])
    built: list[int] = []

    def build() -> list[int]:
        built.append(1)
        return built

    first = assembly.extra("urls", build)  # noqa: S610 - no queryset
    assert assembly.extra("urls", build) is first  # noqa: S610
    assert built == [1]


def test_files_are_found_by_place(library: Library, root: Path) -> None:
    folder = write_addon(
        root,
        "shelf",
        {
            "views/b.toml": "",
            "views/a.toml": "",
            "data/x.toml": "",
            "data/shelf.tag.csv": "id,name\n",
            "data/demo/y.toml": "",
            "static/web/main.js": "",
        },
    )
    addon = library.addon("shelf")
    assert addon.files("views") == (folder / "views/a.toml", folder / "views/b.toml")
    assert addon.files("data") == (folder / "data/shelf.tag.csv", folder / "data/x.toml")
    assert addon.files("data/demo") == (folder / "data/demo/y.toml",)
    assert addon.files("static") == (folder / "static/web/main.js",)


def test_edition_errors_ask_to_try_elsewhere() -> None:
    assert EditionError.status == 503
    assert EditionError.code == "edition"
