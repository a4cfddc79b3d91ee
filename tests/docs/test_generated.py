"""What the documentation generates is what the code says today. Where one fails: `make docs` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from tests.docs.generated.commands import leaves
from tests.docs.generated.console import WALKS, answered, unanswered
from tests.docs.generated.errors import error_codes
from tests.docs.generated.parts import as_generated, generated_pages
from tests.docs.pages import DOCS
from tests.docs.world import world

ERRORS = DOCS / "errors.md"


@pytest.mark.parametrize("page", generated_pages(), ids=lambda page: page.stem)
def test_the_generated_parts_of_a_page_are_those_of_the_code(page: Path) -> None:
    assert unanswered(page.read_text(encoding="utf-8")) == unanswered(as_generated(page)), "run `make docs`"


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: "-".join(page.stem for page in walk))
def test_the_calls_of_a_page_are_answered_as_it_says(walk: tuple[Path, ...]) -> None:
    with world() as here:
        for page in walk:
            text = page.read_text(encoding="utf-8")
            assert answered(text, here) == text, "run `make docs`"


def test_every_error_code_has_its_section_and_no_section_is_left_over() -> None:
    sections = re.findall(r"^## `([a-z_]+)`$", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(sections) == sorted(error_codes())


@pytest.mark.parametrize("code", sorted(error_codes()))
def test_the_section_of_an_error_code_says_what_to_do(code: str) -> None:
    section = ERRORS.read_text(encoding="utf-8").partition(f"\n## `{code}`\n")[2].partition("\n## ")[0]
    assert re.search(r"^\*\*What to do:\*\* \S", section, re.MULTILINE)


def test_every_command_says_what_it_does_and_every_option_what_it_is_for() -> None:
    for leaf in leaves():
        assert leaf.command.help, leaf.words
        options = [param for param in leaf.command.params if isinstance(param, click.Option) and not param.hidden]
        silent = [option.name for option in options if not option.help]
        assert silent == [], leaf.words
