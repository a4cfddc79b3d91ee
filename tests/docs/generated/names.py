"""The index of public names: what each is, and the page that tells about it."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Final

import kernel.addons
import kernel.errors
import kernel.http
import kernel.orm
import kernel.testing
from kernel.orm import fields
from tests.docs.generated.docstrings import first_line
from tests.docs.pages import DOCS

MODULES: Final = (kernel.orm, fields, kernel.addons, kernel.http, kernel.testing, kernel.errors)
"""What authors import from; everything else may change at any time."""
AUTHORS: Final = DOCS / "authors"
INDEX: Final = AUTHORS / "names.md"


def public_names(module: object) -> list[str]:
    """`__all__`, or what a module that has none defines itself."""
    named: list[str] | None = getattr(module, "__all__", None)
    if named is not None:
        return sorted(named)
    own = getattr(module, "__name__", "")
    return sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == own and inspect.getdoc(value)
    )


def names_table() -> str:
    """A table per module."""
    return "\n\n".join(f"## `{module.__name__}`\n{_table(module)}" for module in MODULES)


def _table(module: object) -> str:
    rows = ["", "| Name | | Told in |", "| --- | --- | --- |"]
    for name in public_names(module):
        page = page_of(name)
        told = f"[{_title(page)}]({page.relative_to(AUTHORS).as_posix()})" if page else ""
        rows.append(f"| `{name}` | {_meaning(getattr(module, name))} | {told} |")
    return "\n".join(rows)


def _meaning(value: object) -> str:
    text = first_line(value) if inspect.isclass(value) or inspect.isfunction(value) or inspect.ismodule(value) else ""
    return text.replace("|", r"\|")


@cache
def page_of(name: str) -> Path | None:
    """The page of the authors' book that shows a name as code most often."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)|\bfields\.{re.escape(name)}\b")
    counts = {page: len(word.findall(_code(page))) for page in sorted(AUTHORS.rglob("*.md")) if page != INDEX}
    best = max(counts, key=lambda page: counts[page])
    return best if counts[best] else None


@cache
def _code(page: Path) -> str:
    return "\n".join(re.findall(r"`[^`\n]+`", page.read_text(encoding="utf-8")))


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").partition(":")[0]
