"""Tenants of the served demo's server, made by the command line, and people who log in to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.e2e.served import Demo

WIDE: Final[Any] = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Place:
    """A tenant as its administrator knows it."""

    url: str
    login: str
    password: str


def make(demo: Demo, name: str, *addons: str, filled: bool = True) -> Place:
    """Create a tenant while the demo is served."""
    options = ("--demo",) if filled else ()
    made = demo.tenon("tenant", "create", name, *addons, *options, "--admin", f"desk@{name}.example", "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    return Place(f"http://{name}.localhost:{urlsplit(demo.url).port}", told["login"], told["password"])


def log_in(browser: Browser, place: Place) -> Mapping[str, Any]:
    """The cookies of the tenant's administrator."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{place.url}/login")
    page.fill("input[name=login]", place.login)
    page.fill("input[name=password]", place.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/app**")
    state = context.storage_state()
    context.close()
    return dict(state)


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of somebody's own browser; nothing may go wrong on it."""
    context = browser.new_context(viewport=WIDE, **options)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 500 else None)
    try:
        yield page
    finally:
        context.close()
    assert problems == []
