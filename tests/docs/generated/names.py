"""The index of public names: what each is, and the page that tells about it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import kernel.addons
import kernel.errors
import kernel.http
import kernel.orm
import kernel.testing
from kernel.errors import TenonError
from kernel.orm import fields
from tests.docs.generated.docstrings import first_line
from tests.docs.pages import DOCS

MODULES: Final = (kernel.orm, fields, kernel.addons, kernel.http, kernel.testing, kernel.errors)
AUTHORS: Final = DOCS / "authors"
ELSEWHERE: Final = {"names", "rules", "orm", "README", "tutorial"}
"""Pages that show names in passing."""
TOLD: Final = {
    "Env": "orm/records", "Model": "orm/models", "Check": "orm/rules", "Exclude": "orm/rules", "Unique": "orm/rules",
    "before_delete": "orm/rules", "Field": "orm/fields", "DraftId": "orm/clients", "fields": "orm/fields",
    "Registry": "orm", "ModelInfo": "orm", "Bound": "orm", "AddonModels": "orm", "Relation": "orm/relations",
    "Number": "orm/numbers", "Many2one": "orm/relations", "Ports": "hooks", "AccessPolicy": "hooks",
}  # fmt: skip
"""Where the most mentions are not the best place to read."""
MEANINGS: Final = {
    "hookimpl": "Mark a function of `hooks.py` as the answer to the hook of its name.",
    "Response": "Werkzeug's response.",
    "QueryCount": "The type of the fixture `query_count`.",
}


def public_names(module: ModuleType) -> list[str]:
    """`__all__`; of the plugin the fixtures and types that tests use; of `errors` the classes."""
    if module is kernel.testing:
        fixtures = [name for name, value in vars(module).items() if type(value).__name__ == "FixtureFunctionDefinition"]
        return sorted([*fixtures, "QueryCount", "RpcError", "Web"])
    if module is kernel.errors:
        return sorted(name for name, value in vars(module).items() if _is_error(value))
    return sorted(module.__all__)


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, TenonError)


def names_table() -> str:
    """A table per module."""
    return "\n\n".join(f"## `{module.__name__}`\n{_table(module)}" for module in MODULES)


def _table(module: ModuleType) -> str:
    rows = ["", "| Name | What it is | Told in |", "| --- | --- | --- |"]
    for name in public_names(module):
        value = getattr(module, name)
        told = "[Testing](testing.md)" if module is kernel.testing else _link(name, value)
        rows.append(f"| `{name}` | {_meaning(name, value)} | {told} |")
    return "\n".join(rows)


def _meaning(name: str, value: object) -> str:
    wrapped = getattr(value, "_get_wrapped_function", None)
    text = MEANINGS.get(name) or first_line(wrapped() if wrapped else value)
    return text.replace("|", r"\|")


def _link(name: str, value: object) -> str:
    if isinstance(value, type) and issubclass(value, TenonError):
        return f"[`{value.code}`](../errors.md#{value.code})"
    page = AUTHORS / f"{TOLD[name]}.md" if name in TOLD else page_of(name)
    return f"[{_title(page)}]({page.relative_to(AUTHORS).as_posix()})"


def page_of(name: str) -> Path:
    """The page of the authors' book that shows a name as code most often."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)|\bfields\.{re.escape(name)}\b")
    pages = [
        page
        for page in sorted(AUTHORS.rglob("*.md"))
        if page.relative_to(AUTHORS).with_suffix("").as_posix() not in ELSEWHERE
    ]
    counts = {page: len(word.findall(_code(page))) for page in pages}
    best = max(counts, key=lambda page: counts[page])
    assert counts[best], f"no page for authors tells about {name}"
    return best


@cache
def _code(page: Path) -> str:
    return "\n".join(re.findall(r"`[^`\n]+`", page.read_text(encoding="utf-8")))


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").partition(":")[0]
