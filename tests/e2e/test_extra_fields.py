"""A field that an administrator adds is there at once: in the form, in the search; and what was changed is told."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.served import Demo


def test_a_field_that_was_added_is_filled_in_and_found(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/base.extra_fields/new")
    page.get_by_role("textbox", name="Label").fill("Member number")
    page.get_by_role("button", name="Belongs to").click()
    page.get_by_role("option", name="Contact", exact=True).click()
    page.get_by_role("switch", name="Show in lists").check()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("button", name="Archive")).to_be_visible()

    page.goto(f"{demo.url}/app/crm.contacts")
    expect(page.get_by_role("columnheader", name="Member number")).to_be_attached()
    page.get_by_role("row").nth(2).get_by_role("gridcell").nth(1).click()
    more = page.get_by_role("region", name="More")
    field = more.get_by_role("textbox", name="Member number")
    field.fill("MN-4711")
    field.press("Tab")
    expect(page.get_by_text("Saved").first).to_be_attached()
    name = page.get_by_role("textbox", name="Name").first.input_value()

    page.goto(f"{demo.url}/app/crm.contacts")
    search = page.get_by_role("combobox", name="Search and filter")
    search.fill("MN-4711")
    search.press("Enter")
    expect(page.get_by_role("row", name=re.compile(re.escape(name)))).to_be_visible()
    expect(page.get_by_text("1 record", exact=True)).to_be_visible()


def test_the_history_tells_who_changed_what_and_escape_leads_back_to_the_form(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/app/crm.leads/new")
    page.get_by_role("textbox", name="What is it about").fill("Lead with a history")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("button", name="Create")).to_have_count(0)
    owner = page.get_by_role("combobox", name="Owner")
    owner.click()
    page.get_by_role("option").last.click()
    expect(page.get_by_text("Saved").first).to_be_attached()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="History").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_contain_text("Owner")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(owner).to_be_visible()
