"""Data of the client: boot data and views, as the person who asks may see them."""

from __future__ import annotations

import json
from typing import Any

from addons.base.models import Company, User
from kernel.addons import Tenant
from kernel.orm import Command
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
    assert menu_ids(boot["apps"]) == {"depot", "depot.own"}
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
    assert "base.group" in result["models"]


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


def join(tenant: Tenant, user: int, group: str) -> None:
    with tenant.env(why="a test") as env:
        env[User].browse(user).write(groups=[Command.link(env.ref(group).id)])


def depot_view(browser: Browser) -> dict[str, Any]:
    answer = browser.rpc("depot.crate/view", {"types": ["list", "form", "search", "board"]})
    assert answer.status_code == 200
    result: dict[str, Any] = (answer.json or {})["result"]
    return result


def test_a_view_speaks_of_no_field_that_is_hidden(browser: Browser, people: People, tenant: Tenant) -> None:
    join(tenant, people["bob"], "depot.user")
    browser.log_in("bob@example.com")
    result = depot_view(browser)
    assert "price" not in json.dumps(result).lower()
    assert "cost" not in json.dumps(result).lower()
    views = result["views"]
    assert [item["id"] for item in views["search"]["filter"]] == ["gold"]
    assert views["board"]["card"] == {"title": "label", "chips": []}
    assert views["form"]["tab"][0]["fields"][0]["columns"] == [{"name": "label"}]


def test_a_view_of_an_administrator_has_all_of_it(browser: Browser, people: People) -> None:
    browser.log_in("ada@example.com")
    views = depot_view(browser)["views"]
    assert [item["name"] for item in views["list"]["columns"]] == ["label", "price", "kind"]
    assert views["form"]["tab"][0]["fields"][0]["columns"] == [{"name": "label"}, {"name": "cost"}]
    assert views["board"]["sum"] == "price"


def test_client_modules_of_installed_addons_are_listed_and_served(
    browser: Browser, people: People, tenant: Tenant
) -> None:
    join(tenant, people["bob"], "depot.user")
    browser.log_in("bob@example.com")
    (module,) = browser.boot()["addons"]
    assert module["name"] == "depot"
    served = browser.client.get(module["url"], base_url=browser.base)
    assert "depot.scale" in served.text
    assert served.headers["Content-Type"].startswith("text/javascript")


def test_a_computed_menu_stands_in_its_app(browser: Browser, people: People) -> None:
    browser.log_in("bob@example.com")
    (app,) = browser.boot()["apps"]
    assert app["menus"] == [{"id": "depot.own", "title": "Of Bob", "icon": "", "menus": [], "url": "/depot/own"}]


def test_companies_are_shown_once_there_are_several(browser: Browser, people: People, tenant: Tenant) -> None:
    browser.log_in("ada@example.com")
    assert "company" not in names_in_list(browser)
    with tenant.env(why="a test") as env:
        values = {"name": "Second", "currency": env.ref("base.currency_usd"), "language": env.ref("base.lang_en")}
        second = env[Company].create(values).id
    assert "company" in names_in_list(browser)
    with tenant.env(why="a test") as env:
        env[Company].browse(second).delete()
    assert "company" not in names_in_list(browser)


def names_in_list(browser: Browser) -> list[str]:
    return [item["name"] for item in depot_view(browser)["views"]["list"]["columns"]]
