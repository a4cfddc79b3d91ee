"""Pages with generated parts: the text between `<!-- generated: NAME -->` and `<!-- end -->` is a function's answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.docs.generated.commands import commands, exit_codes
from tests.docs.generated.errors import code_table, with_statuses
from tests.docs.generated.manifest import keys_table
from tests.docs.generated.names import names_table
from tests.docs.generated.rules import generic_table, quality_table, rules_table
from tests.docs.generated.settings import settings_table
from tests.docs.pages import DOCS, PAGES

PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands,
    "exit codes": exit_codes,
    "settings": settings_table,
    "error codes": code_table,
    "manifest": keys_table,
    "names": names_table,
    "rules": rules_table,
    "generic checks": generic_table,
    "quality": quality_table,
}
_PART: Final = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated_pages() -> list[Path]:
    """The pages that have generated parts."""
    return [page for page in PAGES if page == DOCS / "errors.md" or _PART.search(page.read_text(encoding="utf-8"))]


def as_generated(page: Path) -> str:
    """The text of a page with its generated parts written anew."""
    text = _PART.sub(_written, page.read_text(encoding="utf-8"))
    return with_statuses(text) if page == DOCS / "errors.md" else text


def _written(found: re.Match[str]) -> str:
    return f"{found[1]}{PARTS[found[2]]().strip()}\n{found[3]}"
