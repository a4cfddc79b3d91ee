"""Writes the parts of the documentation that come from the code: `python -m tests.docs.write`, or `make docs`.

Tables between marks, the lines under the headings of error codes, and the answers in `console` blocks.
"""

from __future__ import annotations

from pathlib import Path

from tests.docs.generated.console import WALKS, answered
from tests.docs.generated.parts import as_generated, generated_pages
from tests.docs.pages import ROOT
from tests.docs.world import world


def main() -> None:
    walked = {page for walk in WALKS for page in walk}
    for page in generated_pages():
        if page not in walked:
            _write(page, as_generated(page))
    for walk in WALKS:
        with world() as here:
            for page in walk:
                _write(page, answered(as_generated(page), here))


def _write(page: Path, text: str) -> None:
    if page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page.relative_to(ROOT)}")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
