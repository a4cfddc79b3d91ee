"""The main job, as a person does it: log in, work the pipeline, create a contact, find it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import SLOW
from tests.e2e.served import Demo


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{name}(, |$)"))


def cards(page: Page, name: str) -> Locator:
    return column(page, name).locator(".tn-card")


def drag(page: Page, card: Locator, target: Locator) -> None:
    """Move the mouse as a hand does: press, a little way, over the target, release."""
    start = card.bounding_box()
    end = target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 12, start["y"] + 20, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=12)
    page.wait_for_timeout(150)
    page.mouse.up()


def test_a_wrong_password_is_told_and_the_login_kept(browser: Browser, demo: Demo) -> None:
    page = browser.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{demo.url}/login")
    page.fill("input[name=login]", demo.login)
    page.fill("input[name=password]", "not the password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.locator("input[name=login]")).to_have_value(demo.login)
    page.close()


def test_the_pipeline_shows_its_seven_stages(page: Page, demo: Demo) -> None:
    page.goto(demo.url)
    for stage in ("New", "Qualified", "Discovery", "Proposal", "Negotiation", "Won", "Lost"):
        expect(column(page, stage)).to_be_attached()
    expect(cards(page, "New").first).to_be_visible()


def test_an_opportunity_is_dragged_to_won_and_stays_there(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/crm.opportunities")
    card = cards(page, "Negotiation").first
    expect(card).to_be_visible()
    name = card.locator("strong").inner_text()
    column(page, "Won").scroll_into_view_if_needed()
    drag(page, card, column(page, "Won"))
    expect(column(page, "Won")).to_contain_text(name)
    expect(page.get_by_text("Undo")).to_be_visible()
    page.reload()
    expect(column(page, "Won")).to_contain_text(name)


def test_an_opportunity_is_moved_by_keyboard(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/crm.opportunities")
    card = cards(page, "Qualified").first
    expect(card).to_be_visible()
    name = card.locator("strong").inner_text()
    card.focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    page.keyboard.press("Space")
    expect(column(page, "Discovery")).to_contain_text(name)
    page.reload()
    expect(column(page, "Discovery")).to_contain_text(name)


def test_losing_an_opportunity_asks_for_the_reason(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/crm.opportunities")
    card = cards(page, "Discovery").first
    expect(card).to_be_visible()
    name = card.locator("strong").inner_text()
    page.get_by_role("button", name="Unfold Lost").click()
    column(page, "Lost").scroll_into_view_if_needed()
    drag(page, card, column(page, "Lost"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("reason", ignore_case=True)
    dialog.get_by_role("combobox").first.click()
    page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="Fill in and move").click()
    expect(column(page, "Lost")).to_contain_text(name)


def test_a_contact_is_created_and_found_by_search(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/crm.opportunities")
    page.get_by_role("link", name="Contacts").click()
    page.get_by_role("button", name="New", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("Zora Quill")
    page.get_by_role("textbox", name="E-mail").fill("zora@quill.example")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("button", name="Create")).to_have_count(0)
    page.get_by_role("link", name="Contacts").first.click()
    search = page.get_by_role("combobox", name="Search and filter")
    search.fill("quill")
    search.press("Enter")
    expect(page.get_by_role("row", name=re.compile("Zora Quill"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Aaron Lopez"))).to_have_count(0)


def test_everything_is_reached_by_keyboard(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/crm.opportunities")
    expect(cards(page, "New").first).to_be_visible()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    expect(palette).to_be_visible()
    page.keyboard.type("Contacts")
    expect(palette.get_by_role("option").first).to_contain_text("Contacts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/app/crm.contacts")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Ctrl")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("Albright")
    expect(page.get_by_role("dialog").get_by_role("option").filter(has_text="Albright").first).to_be_visible()


def test_two_people_who_change_one_field_are_told(
    browser: Browser, page: Page, demo: Demo, signed_in: dict[str, object]
) -> None:
    page.goto(f"{demo.url}/app/crm.contacts")
    page.get_by_role("row").nth(3).get_by_role("gridcell").nth(1).click()
    field = page.get_by_role("textbox", name="Job title")
    expect(field).to_be_visible()
    other_context = browser.new_context(storage_state=signed_in)  # type: ignore[arg-type]
    other = other_context.new_page()
    other.set_default_timeout(SLOW)
    other.goto(page.url)
    theirs = other.get_by_role("textbox", name="Job title")
    theirs.fill("Chief of their window")
    theirs.press("Tab")
    expect(other.get_by_text("Saved").first).to_be_attached()
    field.fill("Chief of my window")
    field.press("Tab")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Chief of their window")
    expect(dialog).to_contain_text("Chief of my window")
    other_context.close()


def test_a_phone_shows_the_same_without_scrolling_sideways(
    browser: Browser, demo: Demo, signed_in: dict[str, object]
) -> None:
    context = browser.new_context(storage_state=signed_in, viewport={"width": 390, "height": 844})  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(SLOW)
    for path in ("crm.opportunities", "crm.contacts", "crm.contacts/new"):
        page.goto(f"{demo.url}/app/{path}")
        page.get_by_role("main").get_by_role("heading").first.wait_for()
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    context.close()
