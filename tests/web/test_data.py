"""Data of the client: boot data and views, as the person who asks may see them."""

from __future__ import annotations

from typing import Any

from kernel.addons import Tenant
from tests.web.conftest import Browser

People = dict[str, int]


def menu_ids(menus: list[dict[str, Any]]) -> set[str]:
    return {menu["id"] for menu in menus} | {id for menu in menus for id in menu_ids(menu["menus"])}


def test_an_administrator_finds_the_settings_and_others_do_not(browser: Browser, people: People) -> None:
    browser.log_in("ada@example.com")
    boot = browser.boot()
    assert {"base", "base.users", "base.rules", "base.currencies"} <= menu_ids(boot["apps"])
    assert boot["actions"]["base.users"]["model"] == "base.user"
    other = Browser(browser.client.__class__(browser.client.application), browser.base)
    other.log_in("bob@example.com")
    boot = other.boot()
    assert boot["apps"] == []
    assert boot["actions"] == {}


def test_boot_data_tells_who_where_and_in_which_currency(browser: Browser, people: People, tenant: Tenant) -> None:
    browser.log_in("bob@example.com")
    boot = browser.boot()
    assert boot["user"] == {
        "id": people["bob"],
        "name": "Bob",
        "login": "bob@example.com",
        "language": "en",
        "tz": "UTC",
    }
    assert boot["tenant"] == {"name": tenant.name, "title": "My company"}
    assert boot["company"]["currency"] == {"code": "EUR", "symbol": "€", "decimals": 2}
    assert boot["addons"] == []


def test_preferences_come_with_the_boot_data(browser: Browser, people: People) -> None:
    browser.log_in("bob@example.com")
    answer = browser.rpc("base.preference/put", {"ids": [], "args": {"key": "theme", "value": {"dark": True}}})
    assert answer.status_code == 200
    assert browser.boot()["preferences"] == {"theme": {"dark": True}}


def test_boot_data_needs_a_session(browser: Browser) -> None:
    assert browser.client.get("/web/boot", base_url=browser.base).status_code == 401


def test_a_view_comes_with_fields_and_rights(browser: Browser, people: People) -> None:
    browser.log_in("ada@example.com")
    result = (browser.rpc("base.user/view", {"types": ["list", "form", "search", "board"]}).json or {})["result"]
    assert result["views"]["list"]["columns"][0] == {"name": "name", "widget": "avatar"}
    assert result["views"]["board"] is None
    assert result["fields"]["groups"]["comodel"] == "base.group"
    assert "password_hash" not in result["fields"]
    assert result["access"] == {"read": True, "create": True, "write": True, "delete": True}
    assert {"base.group", "base.company"} <= set(result["models"])


def test_rights_in_a_view_are_those_of_the_person(browser: Browser, people: People) -> None:
    browser.log_in("bob@example.com")
    result = (browser.rpc("base.user/view", {"types": ["list"]}).json or {})["result"]
    assert result["access"] == {"read": True, "create": False, "write": False, "delete": False}


def test_a_view_of_what_one_may_not_read_is_refused(browser: Browser, people: People) -> None:
    browser.log_in("bob@example.com")
    assert browser.rpc("base.rule/view", {"types": ["list"]}).status_code in (403, 404)
    assert browser.rpc("base.nothing/view", {"types": ["list"]}).status_code == 404
    assert browser.rpc("base.user/view", {"types": "list"}).status_code == 400


def test_an_administrator_makes_a_user_who_then_logs_in(browser: Browser, people: People) -> None:
    browser.log_in("ada@example.com")
    values = {"name": "Carol", "login": "carol@example.com", "password": "battery staple"}
    answer = browser.rpc("base.user/create", {"values": values, "spec": {"password": {}}})
    record = (answer.json or {})["result"]
    assert record["password"] == ""
    other = Browser(browser.client.__class__(browser.client.application), browser.base)
    assert other.log_in("carol@example.com", "battery staple").status_code == 303
    browser.rpc("base.user/delete", {"ids": [record["id"]]})
