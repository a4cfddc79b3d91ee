"""The pages of the documentation as data: their code blocks, and the addon that a guide's blocks make up.

A block belongs to a file of the addon where the line before it names one: `` `models/book.py`: `` begins or
replaces the file, `` `models/book.py`, at the end: `` adds to it. All other Python blocks of a page are
statements; they run one after the other and share their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))

_FENCE = re.compile(r"```(\w*)\s*$")
_PLACE = re.compile(r"`([\w./-]+\.\w+)`(?:(, at the end)|, beside `addons/`)?:$")


@dataclass(frozen=True)
class Block:
    """One fenced block: where it stands, and which file of an addon it is."""

    page: Path
    line: int
    language: str
    text: str
    place: str = ""
    added: bool = False
    chapter: str = ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, language: str = "") -> list[Block]:
    """The blocks of a page, of one language if it is given."""
    return [block for block in _read(page) if language in ("", block.language)]


def _read(page: Path) -> Iterator[Block]:
    lines = page.read_text(encoding="utf-8").splitlines()
    before = chapter = ""
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened is None:
            chapter = lines[at][3:] if lines[at].startswith("## ") else chapter
            before = lines[at].strip() or before
            at += 1
            continue
        end = lines.index("```", at + 1)
        place = _PLACE.match(before)
        text = "\n".join(lines[at + 1 : end]) + "\n"
        where, added = (place[1], bool(place[2])) if place else ("", False)
        yield Block(page, at + 2, opened[1], text, where, added, chapter)
        before, at = "", end + 1


def write_files(folder: Path, found: Iterable[Block]) -> None:
    """Write the blocks that are files into an addon's folder."""
    for block in found:
        if not block.place:
            continue
        path = folder / block.place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if block.added else "w", encoding="utf-8") as file:
            file.write(("\n\n" if block.added and block.language == "python" else "") + block.text)
    for place in ("__init__.py", "models/__init__.py", "tests/__init__.py"):
        path = folder / place
        if path.parent.is_dir() and not path.exists():
            path.write_text('"""Made for the documentation."""\n')


def run(found: Iterable[Block], names: dict[str, object]) -> None:
    """Execute the statements of a page, with line numbers as they are in it."""
    for block in found:
        text = "\n" * (block.line - 1) + block.text
        exec(compile(text, str(block.page), "exec", dont_inherit=True), names)  # noqa: S102 - that is what documentation is for
