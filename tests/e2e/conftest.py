"""A served demo tenant, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.e2e.browser import ARGUMENTS, find
from tests.e2e.served import Demo, served_demo

SLOW = 20_000
"""Milliseconds the browser waits for anything; the machine may be busy."""

expect.set_options(timeout=SLOW)


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with served_demo() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.fail("No browser: `make browser` installs one.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, demo: Demo) -> dict[str, object]:
    """The cookies of a person who logged in by the form."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{demo.url}/")
    page.fill("input[name=login]", demo.login)
    page.fill("input[name=password]", demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/app**")
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture
def problems() -> list[str]:
    """Errors on the console, failed requests and broken rules of the content policy: none is expected."""
    return []


@pytest.fixture
def context(browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    opened = browser.new_context(storage_state=signed_in, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]
    yield opened
    opened.close()


def _note(message: ConsoleMessage, problems: list[str]) -> None:
    """Refusals that the person is told of (4xx of the RPC) also show on the console; they are no problem."""
    refused = "Failed to load resource" in message.text and ("409" in message.text or "422" in message.text)
    if message.type == "error" and not refused:
        problems.append(message.text)


@pytest.fixture
def page(context: BrowserContext, problems: list[str]) -> Iterator[Page]:
    opened = context.new_page()
    opened.set_default_timeout(SLOW)
    opened.on("console", lambda message: _note(message, problems))
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    assert problems == []
