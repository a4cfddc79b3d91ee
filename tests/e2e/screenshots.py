"""Pictures of the main screens, to be looked at: `make shots` writes them to `screenshots/`.

`--docs` also renews the pictures of the documentation.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browser import ARGUMENTS, install
from tests.e2e.served import ROOT, Demo, served_demo

SIZES = {"wide": (1440, 900), "small": (1024, 768), "phone": (390, 844)}
SCREENS = {
    "board": "crm.opportunities",
    "leads": "crm.leads",
    "contacts": "crm.contacts",
    "accounts": "crm.accounts",
    "my-day": "crm.my_day",
    "users": "base.users",
    "new-contact": "crm.contacts/new",
}
SETTLED = 900
"""Milliseconds until data, pictures and motion are there."""


def log_in(browser: Browser, demo: Demo) -> object:
    """The cookies of the demo user."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo.url)
    page.fill("input[name=login]", demo.login)
    page.fill("input[name=password]", demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/app**")
    state = context.storage_state()
    context.close()
    return state


def take(page: Page, demo: Demo, folder: Path, suffix: str) -> None:
    """Every screen in the page's size and scheme."""
    for name, path in SCREENS.items():
        page.goto(f"{demo.url}/app/{path}")
        page.get_by_role("main").wait_for()
        page.wait_for_timeout(SETTLED)
        page.screenshot(path=folder / f"{name}-{suffix}.png")
    page.goto(f"{demo.url}/app/crm.opportunities")
    page.locator(".tn-card").first.click()
    page.get_by_role("tab").first.wait_for()
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=folder / f"deal-{suffix}.png")


def main(arguments: list[str]) -> None:
    """Take all pictures."""
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    with served_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=install(), args=ARGUMENTS)
        state = log_in(browser, demo)
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    storage_state=state,  # type: ignore[arg-type]
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                )
                take(context.new_page(), demo, folder, f"{size}-{scheme}")
                context.close()
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{demo.url}/login")
        page.screenshot(path=folder / "login-wide-light.png")
        browser.close()
    if "--docs" in arguments:
        pictures = ROOT / "docs" / "pictures"
        pictures.mkdir(exist_ok=True)
        for source, target in {"board-wide-light": "board-light", "board-wide-dark": "board-dark"}.items():
            (pictures / f"{target}.png").write_bytes((folder / f"{source}.png").read_bytes())
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main(sys.argv[1:])
