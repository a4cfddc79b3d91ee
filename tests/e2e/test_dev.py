"""`tenon dev` in a browser: an open page shows what was saved, and what is wrong, without a hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kernel.db import Control
from tests.alone import cluster, control, data_dir, pool, settings
from tests.serving.desk import Desk, desk

__all__ = ["cluster", "control", "data_dir", "pool", "settings"]
pytestmark = pytest.mark.browser


@pytest.fixture
def garden(control: Control, data_dir: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, data_dir) as made:
        yield made


def test_an_open_page_follows_the_files(browser: Browser, garden: Desk) -> None:
    problems: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"http://dev.localhost:{garden.port}/garden?name=Ada")
    expect(page.get_by_text("Hello Ada")).to_be_visible()
    garden.replace("templates/garden.html", "Hello", "Good evening,")
    expect(page.get_by_text("Good evening, Ada")).to_be_visible()
    garden.replace("http.py", "import Request", "imprt Request")
    expect(page.locator("pre").first).to_contain_text("addons/garden/http.py:3 SyntaxError")
    garden.replace("http.py", "imprt Request", "import Request")
    expect(page.get_by_text("Good evening, Ada")).to_be_visible()
    context.close()
    assert problems == []
