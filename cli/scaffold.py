"""The first files of an addon: one model with a list, a form, rights and a test that passes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from cli.output import Failure
from kernel.addons.discovery.manifest import NAME, RESERVED

FILES: Final[Mapping[str, str]] = {
    "manifest.toml": """\
name = "$name"
title = "$title"
version = "0.1.0"
summary = "Keeps items."
description = "What it is for, in two or three sentences that its users understand."
license = "LGPL-3.0-or-later"
category = "Other"
icon = "box"
tenon = ">=0.1,<2"
depends = ["base", "web"]
""",
    "__init__.py": '"""$title: keeps items."""\n',
    "py.typed": "",
    "models/__init__.py": '''\
"""Models of $name."""

from addons.$name.models.item import Item

__all__ = ["Item"]
''',
    "models/item.py": '''\
"""Items: what this addon is about. Give them a better name."""

from __future__ import annotations

from kernel.orm import Model, fields


class Item(Model, name="$name.item", order="name", title="name"):
    """One item."""

    name = fields.Char("Name", required=True, index="trigram")
    note = fields.Text("Note")
    archived = fields.Boolean("Archived")
''',
    "security/groups.toml": """\
[[group]]
id = "user"
name = "$title: user"

[[group]]
id = "manager"
name = "$title: manager"
implies = ["$name.user"]
""",
    "security/access.csv": """\
model,group,read,create,write,delete
$name.item,$name.user,1,1,1,0
$name.item,$name.manager,1,1,1,1
""",
    "views/item.toml": """\
[menu.$name]
title = "$title"
icon = "box"
sequence = 90

[menu."$name.items"]
parent = "$name"
title = "Items"
action = "$name.items"
sequence = 10

[action."$name.items"]
title = "Items"
model = "$name.item"
views = ["list", "form"]
help = "No items yet. Create the first one."

[list."$name.item"]
columns = ["name", "note"]

[search."$name.item"]
fields = ["name", "note"]

[form."$name.item"]
title = "name"

[[form."$name.item".section]]
id = "main"
fields = ["note"]
""",
    "tests/__init__.py": "",
    "tests/test_item.py": '''\
"""What an item does."""

from __future__ import annotations

from addons.$name.models import Item
from kernel.orm import Env


def test_an_item_is_shown_by_its_name(env: Env) -> None:
    item = env[Item].create({"name": "First"})
    assert item.display_title == "First"
''',
    "README.md": """\
# $title
What it does for the people who use it.

Its tests run in a tenant of their own: `pytest addons/$name`
""",
}


def scaffold(folder: Path, name: str, title: str) -> Path:
    """Write the files; all of them or none."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise Failure(
            f'"{name}" cannot be the name of an addon.',
            "Use small letters, digits and underscores, beginning with a letter: loyalty",
        )
    if folder.exists():
        raise Failure(f"{folder} exists already.", "Choose another name, or another --path.")
    title = title.replace('"', "'")
    try:
        for place, text in FILES.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(text).substitute(name=name, title=title))
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder
