"""A new addon to begin with: small, complete, with a test that passes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kernel.addons.assembly import Library, tenon_version
from kernel.addons.autogenerate import write_first_revision
from kernel.addons.catalog import PACKAGE
from kernel.addons.manifest import NAME, RESERVED
from kernel.errors import UserError

_FILES: Final = {
    "manifest.toml": """\
name = "{name}"
title = "{title}"
version = "0.1.0"
summary = "What {title} is for, in one line."
license = "LGPL-3.0-or-later"
category = "Other"
icon = "box"
tenon = ">={tenon}"
depends = [{depends}]
""",
    "__init__.py": '"""{title}: what it is for, in one line."""\n',
    "py.typed": "",
    "README.md": """\
# {title}

What people do with it. Install it with `tenon addon install TENANT {name}`.
""",
    "models/__init__.py": '''\
"""The models of {title}."""

from addons.{name}.models.item import Item

__all__ = ["Item"]
''',
    "models/item.py": '''\
"""Items: the first model of {title}."""

from __future__ import annotations

from kernel.orm import Model, Unique, fields


class Item(Model, name="{name}.item", order="name", title="name"):
    """One thing that people keep here."""

    name = fields.Char("Name", required=True, index="trigram")
    note = fields.Text("Note")
    letters = fields.Integer("Letters", stored=True)

    _name_once = Unique("name", message="There is an item of this name already.")

    @letters.compute("name")
    def _compute_letters(self) -> None:
        for item in self:
            item.letters = len(item.name)
''',
    "security/groups.toml": """\
[[group]]
id = "user"
name = "{title}: user"

[[group]]
id = "manager"
name = "{title}: manager"
implies = ["user"]
""",
    "security/access.csv": """\
model,group,read,create,write,delete
{name}.item,{name}.user,1,1,1,0
{name}.item,{name}.manager,1,1,1,1
""",
    "views/item.toml": """\
[menu.{name}]
title = "{title}"
icon = "box"
sequence = 100

[menu."{name}.items"]
parent = "{name}"
title = "Items"
action = "{name}.items"

[action."{name}.items"]
title = "Items"
model = "{name}.item"
views = ["list", "form"]
help = "No items yet. Create the first one."

[list."{name}.item"]
columns = ["name", "letters"]

[search."{name}.item"]
fields = ["name", "note"]

[form."{name}.item"]
title = "name"

[[form."{name}.item".section]]
id = "main"
fields = ["name", "letters", "note"]
""",
    "tests/__init__.py": '"""Tests of {title}."""\n',
    "tests/test_item.py": '''\
"""Items: what they compute, and what they refuse."""

from __future__ import annotations

import pytest

from addons.{name}.models import Item
from kernel.errors import ValidationError
from kernel.orm import Env


def test_an_item_counts_the_letters_of_its_name(env: Env) -> None:
    item = env[Item].create({{"name": "Chair"}})
    assert item.letters == 5


def test_two_items_of_one_name_are_refused(env: Env) -> None:
    with pytest.raises(ValidationError, match="already"), env.savepoint():
        env[Item].create([{{"name": "Chair"}}, {{"name": "Chair"}}])
''',
}


def check_new_name(library: Library, name: str) -> None:
    """Raise UserError unless an addon of this name can be made."""
    if not NAME.fullmatch(name):
        raise UserError(
            f'"{name}" cannot be the name of an addon.',
            hint='Use small letters, digits and "_", beginning with a letter: loyalty_points',
        )
    if name in RESERVED:
        raise UserError(f'The name "{name}" is reserved.', hint="Choose another one.")
    if name in library.available().names:
        raise UserError(f'There is an addon "{name}" already.', hint="Choose another name.")


def new_addon(library: Library, root: Path, name: str, *, depends: Iterable[str] = ()) -> list[Path]:
    """Write the addon `name` below `root/addons`, with its first revision; the files, in order."""
    check_new_name(library, name)
    folder = root / PACKAGE / name
    if folder.exists():
        raise UserError(f"{folder} exists already.", hint="Choose another name, or remove the folder.")
    values = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "tenon": str(tenon_version()),
        "depends": ", ".join(f'"{other}"' for other in depends),
    }
    written = []
    for path, text in _FILES.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.format(**values), encoding="utf-8")
        written.append(place)
    return [*written, _first_revision(library, root, name)]


def _first_revision(library: Library, root: Path, name: str) -> Path:
    """In a library of its own, so that the process at hand reads the addon when it is complete."""
    own = Library((*library.roots, root))
    return write_first_revision(own.assembly(own.resolve([name])), name)
