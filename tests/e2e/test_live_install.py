"""An addon is installed by the command line while the server runs: it is there on the next load."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from tests.e2e.served import Demo


def test_field_section_and_widget_appear_without_a_restart_and_other_tenants_notice_nothing(
    page: Page, demo: Demo
) -> None:
    made = demo.tenon("tenant", "create", "neighbour", "crm")
    assert made.returncode == 0, made.stderr
    page.goto(f"{demo.url}/app/crm.contacts")
    expect(page.get_by_role("columnheader", name="Stars")).to_have_count(0)

    installed = demo.tenon("addon", "install", "demo", "crm_vip")
    assert installed.returncode == 0, installed.stderr + installed.stdout

    page.reload()
    expect(page.get_by_role("columnheader", name="Stars")).to_be_visible()
    expect(page.locator("[title*='of 5'], [aria-label*='of 5']").first).to_be_visible()
    page.get_by_role("row").nth(1).get_by_role("gridcell").nth(1).click()
    expect(page.get_by_text(re.compile("^VIP$", re.IGNORECASE))).to_be_visible()

    listed = demo.tenon("addon", "list", "--tenant", "neighbour", "--json")
    addons = {addon["name"]: addon for addon in json.loads(listed.stdout)}
    assert (addons["crm"]["installed"], addons["crm_vip"]["installed"]) == (True, False)
