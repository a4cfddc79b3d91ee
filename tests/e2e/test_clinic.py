"""A clinic as its customers and its staff use it: booked online, seen in the calendar and in the CRM, moved, cancelled.

The tenants are made by the command line while the server runs: `sales` (CRM), `spa` (booking), `clinic` (both and
the bridge).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import SLOW
from tests.e2e.served import Demo
from tests.e2e.tenants import Place, log_in, make, opened

LONG = 60_000
"""Milliseconds for an addon to come or go."""
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture(scope="module")
def clinic(demo: Demo) -> Place:
    return make(demo, "clinic", "crm", "booking", "crm_booking_bridge")


@pytest.fixture(scope="module")
def desk(browser: Browser, clinic: Place) -> Mapping[str, Any]:
    return log_in(browser, clinic)


@pytest.fixture
def staff(browser: Browser, desk: Mapping[str, Any]) -> Iterator[Page]:
    with opened(browser, storage_state=desk) as page:
        page.set_default_timeout(SLOW)
        yield page


# -- what a customer does ------------------------------------------------------------------------------------
def choose(page: Page, *, day: int = 0, slot: int = 0) -> dt.datetime:
    """Take one of the times that are offered: on the nth day with some, the nth of them."""
    days = page.get_by_role("navigation", name="Days").get_by_role("link")
    address = days.nth(day).get_attribute("href")
    days.nth(day).click()
    page.wait_for_url(re.compile(re.escape(str(address)[-15:]) + "$"))
    button = page.get_by_role("main").locator("button[name=start]").nth(slot)
    start = dt.datetime.fromisoformat(str(button.get_attribute("value")))
    button.click()
    return start


def book(page: Page, place: Place, name: str, email: str) -> tuple[dt.datetime, str]:
    """Book a consultation; returns its start and its reference."""
    page.set_default_timeout(SLOW)
    page.goto(f"{place.url}/book")
    page.get_by_role("link", name=re.compile("^Consultation")).click()
    start = choose(page, day=1)
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    expect(page.get_by_text(f"See you then, {name}.")).to_be_visible()
    return start, page.locator("dd.mono").inner_text()


def move(page: Page) -> dt.datetime:
    page.get_by_role("link", name="Move").click()
    expect(page.get_by_role("heading", name="Choose another time")).to_be_visible()
    start = choose(page, day=2)
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    return start


def cancel(page: Page) -> None:
    page.locator("summary", has_text="Cancel").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()


# -- what the staff sees -------------------------------------------------------------------------------------
def event(page: Page, place: Place, name: str, start: dt.datetime) -> Locator:
    """What the calendar of that day shows of somebody."""
    page.goto(f"{place.url}/app/booking.calendar?date={start.astimezone(LISBON):%Y-%m-%d}")
    expect(page.get_by_role("main").get_by_role("button", name=re.compile("Nora Castell"))).to_be_visible()
    return page.get_by_role("button", name=re.compile(f"^{name}, "))


def open_contact(page: Page, place: Place, name: str) -> None:
    page.goto(f"{place.url}/app/crm.contacts?q={name.split()[0]}")
    page.get_by_role("row", name=re.compile(name)).get_by_role("gridcell").nth(1).click()
    expect(page.get_by_role("button", name="Book appointment")).to_be_visible()


def expect_line(page: Page, tab: str, text: str | re.Pattern[str]) -> None:
    """A line of a tab of the form that says so."""
    page.get_by_role("tab", name=tab).click()
    expect(page.get_by_role("tabpanel", name=tab).get_by_text(text).first).to_be_visible()


def sunday() -> dt.datetime:
    """Nine o'clock of a day on which nothing is booked; staff may book outside of the hours."""
    day = dt.datetime.now(LISBON).date() + dt.timedelta(days=28)
    return dt.datetime.combine(day + dt.timedelta(days=6 - day.weekday()), dt.time(9), LISBON)


def summary(start: dt.datetime, reference: str) -> str:
    return f"Consultation, {start.astimezone(LISBON):%Y-%m-%d %H:%M} ({reference})"


# -- tests ---------------------------------------------------------------------------------------------------
def test_a_customer_books_without_javascript_and_staff_sees_it(browser: Browser, clinic: Place, staff: Page) -> None:
    with opened(browser, java_script_enabled=False) as page:
        start, reference = book(page, clinic, "Wilma Quist", "wilma@quist.example")
    shown = event(staff, clinic, "Wilma Quist", start)
    expect(shown).to_have_count(2)  # the doctor's column and the room's
    shown.first.click()
    card = staff.get_by_role("dialog", name="Wilma Quist")
    expect(card).to_contain_text("Consultation")
    card.get_by_role("button", name="Open").click()
    expect(staff.get_by_text(reference)).to_be_visible()


def test_a_booking_is_moved_and_cancelled_by_its_link_and_the_crm_follows(
    browser: Browser, clinic: Place, staff: Page
) -> None:
    with opened(browser, timezone_id="America/New_York", locale="en-US") as page:
        start, reference = book(page, clinic, "Yorick Vale", "yorick@vale.example")
        expect(page.get_by_text("America/New York time")).to_be_visible()
        link = page.locator(".address").inner_text()
        open_contact(staff, clinic, "Yorick Vale")
        expect_line(staff, "Bookings", reference)
        expect_line(staff, "Activities", summary(start, reference))

    with opened(browser, java_script_enabled=False) as page:
        page.goto(link)
        later = move(page)
        assert later > start
        expect(event(staff, clinic, "Yorick Vale", start)).to_have_count(0)
        expect(event(staff, clinic, "Yorick Vale", later)).to_have_count(2)
        open_contact(staff, clinic, "Yorick Vale")
        expect_line(staff, "Activities", summary(later, reference))
        cancel(page)
    expect(event(staff, clinic, "Yorick Vale", later)).to_have_count(0)
    open_contact(staff, clinic, "Yorick Vale")
    expect_line(staff, "Activities", f"Cancelled: {summary(later, reference)}")


def test_an_appointment_is_booked_from_a_deal(clinic: Place, staff: Page) -> None:
    staff.goto(f"{clinic.url}/app/crm.opportunities")
    card = staff.locator(".tn-card").first
    deal = card.locator("strong").inner_text()
    card.click()
    button = staff.get_by_role("button", name="Book appointment")
    expect(button).to_be_visible()
    page_of_deal = staff.url
    button.click()
    expect(staff.get_by_role("combobox", name="Deal")).to_have_value(deal)
    expect(staff.get_by_role("combobox", name="Customer")).not_to_have_value("")
    staff.get_by_role("combobox", name="Service").click()
    staff.get_by_role("option", name=re.compile("^Consultation")).click()
    quiet = sunday()
    staff.get_by_role("textbox", name="Start").fill(f"{quiet:%Y-%m-%d}")
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("textbox", name="Price")).to_have_value(re.compile("^70"))
    staff.get_by_role("button", name="Create").click()
    expect(staff.get_by_role("button", name="Check in")).to_be_visible()
    staff.goto(page_of_deal)
    expect_line(staff, "Activities", re.compile(f"^Consultation, {quiet:%Y-%m-%d %H:%M}"))
    expect_line(staff, "Bookings", "Confirmed")


def test_each_tenant_has_what_is_installed_in_it_and_apps_come_and_go(browser: Browser, demo: Demo) -> None:
    sales = make(demo, "sales", "crm", filled=False)
    spa = make(demo, "spa", "booking", filled=False)
    with opened(browser, storage_state=log_in(browser, spa)) as page:
        page.goto(f"{spa.url}/app")
        expect(page.get_by_role("region", name="Booking")).to_be_visible()
        expect(page.get_by_role("region", name="CRM")).to_have_count(0)
    with opened(browser, storage_state=log_in(browser, sales)) as page:
        page.set_default_timeout(SLOW)
        public = page.goto(f"{sales.url}/book")
        assert public is not None
        assert public.status == 404
        page.goto(f"{sales.url}/app/apps")
        menu = page.get_by_role("region", name="Booking")
        expect(page.get_by_role("region", name="CRM")).to_be_visible()
        expect(menu).to_have_count(0)
        run(page, "Install", "Booking", "Install Booking")
        expect(menu).to_be_visible()
        run(page, "Install", "CRM and Booking", "Install CRM and Booking")
        expect(page.get_by_role("region", name="Linked customers")).to_be_visible()
        run(page, "Uninstall", "CRM and Booking", "What is kept")
        expect(page.get_by_role("region", name="Linked customers")).to_have_count(0)
        expect(menu).to_be_visible()


def run(page: Page, verb: str, app: str, told: str) -> None:
    """Install or uninstall an app: read the plan, do it, see how far it is, and that it is done."""
    heading = page.get_by_role("heading", name=re.compile(rf"^{app} ?\d"))
    page.get_by_role("listitem").filter(has=heading).get_by_role("button", name=verb, exact=True).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text(told, exact=True)).to_be_visible()
    sheet.get_by_role("button", name=verb, exact=True).click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_role("status").get_by_text(f"{app} {verb.lower()}ed")).to_be_visible(timeout=LONG)
