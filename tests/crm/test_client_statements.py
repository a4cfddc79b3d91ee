"""How many statements each request of the client costs over HTTP: the session, rights, work and all.

The first statement is always the session with the tenant's generation. What grows with the records would show here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from addons.base.models import User
from kernel.addons import Runtime, Tenant
from kernel.http.app import Application
from kernel.http.sessions import Caller, open_session
from kernel.log import FIELDS

Ask = Callable[..., tuple[Any, int]]


def plain(*names: str) -> dict[str, Any]:
    """A spec of fields without anything nested."""
    return {name: {} for name in names}


ROW = plain("name", "account", "stage", "amount", "probability", "close_date", "owner")
CARD = {**plain("name", "account", "amount", "close_date", "owner", "rotting"), "tags": {"fields": plain("name")}}
PAGE = {**ROW, **CARD, **plain("contact", "kind", "source", "next_activity_date", "activities", "stage_events")}
DAYS = plain("summary", "type", "due_date", "state", "owner")


MOST = {
    "boot": 4, "computed list": 4, "calendar": 3, "groups": 4, "cards": 7, "board": 12,
    "form open": 16, "form save": 20, "name search": 3,
}  # fmt: skip
"""Raise one with care: these are paid by every person at every click."""


@pytest.fixture
def ask(runtime: Runtime, demo_tenant: Tenant, caplog: pytest.LogCaptureFixture) -> Ask:
    """A salesperson's request, sent twice (`first` may differ): the answer and the statements of the second, whose
    plans are known."""
    with demo_tenant.env(why="a session") as env:
        maya = env[User].search(User.login == "maya").id
        cookie = open_session(env.tx, maya, runtime.settings, Caller("127.0.0.1", "a test"))
    base = f"http://{demo_tenant.name}.{runtime.settings.base_domain}"
    browser = Client(Application(runtime))
    browser.set_cookie("tenon", cookie, domain=base.removeprefix("http://"))
    caplog.set_level("INFO", "tenon.http")
    csrf = browser.get("/web/boot", base_url=base).json["csrf"]  # type: ignore[index]

    def once(path: str, body: Any) -> Any:
        if body is None:
            return browser.get(path, base_url=base)
        return browser.post(path, base_url=base, json=body, headers={"X-CSRF-Token": csrf})

    def statements(path: str, body: Any = None, first: Any = None) -> tuple[Any, int]:
        assert once(path, first or body).status_code == 200
        caplog.clear()
        response = once(path, body)
        assert response.status_code == 200, response.text
        (line,) = [getattr(record, FIELDS) for record in caplog.records if "sql" in getattr(record, FIELDS, {})]
        answer: Any = response.json
        return (answer if body is None else answer["result"]), line["sql"]

    return statements


def test_boot(ask: Ask) -> None:
    boot, statements = ask("/web/boot")
    assert boot["user"]
    assert statements <= MOST["boot"]


@pytest.mark.parametrize("limit", [5, 20])
@pytest.mark.parametrize("offset", [0, 3])
def test_a_list_costs_the_session_and_one_statement(ask: Ask, limit: int, offset: int) -> None:
    query = {"domain": [], "spec": ROW, "limit": limit, "offset": offset, "count": True, "order": "name"}
    page, statements = ask("/rpc/crm.opportunity/search_read", query)
    assert len(page["records"]) == limit
    assert page["total"] > limit + offset
    assert statements == 2


def test_a_list_with_a_computed_column_costs_no_more_for_more_rows(ask: Ask) -> None:
    query = {"domain": [], "spec": plain("name", "weighted_amount", "rotting"), "count": True}
    few = ask("/rpc/crm.opportunity/search_read", {**query, "limit": 3})[1]
    assert few == ask("/rpc/crm.opportunity/search_read", {**query, "limit": 30})[1] <= MOST["computed list"]


def test_a_form_is_opened_and_saved(ask: Ask) -> None:
    rows = ask("/rpc/crm.opportunity/search_read", {"domain": [["kind", "=", "open"]], "spec": ROW, "limit": 1})[0]
    (deal,) = rows["records"]
    (shown,), opened = ask("/rpc/crm.opportunity/read", {"ids": [deal["id"]], "spec": PAGE})
    assert shown["name"] == deal["name"]
    assert opened <= MOST["form open"]
    other = deal["name"] + "."
    there, back = ({"from": deal["name"], "to": other}, {"from": other, "to": deal["name"]})
    change, again = ({"id": deal["id"], "changes": {"name": each}, "spec": PAGE} for each in (there, back))
    saved = ask("/rpc/crm.opportunity/write", again, change)[1]
    assert saved <= MOST["form save"]


@pytest.mark.parametrize("limit", [3, 60])
def test_the_cards_of_a_board_cost_the_same_however_many_they_are(ask: Ask, limit: int) -> None:
    page, statements = ask("/rpc/crm.opportunity/search_read", {"domain": [], "spec": CARD, "limit": limit})
    assert len(page["records"]) == limit
    assert statements == MOST["cards"]


@pytest.mark.parametrize("first", [3, 20])
def test_a_board_in_one_request_costs_the_same_whatever_its_size(ask: Ask, first: int) -> None:
    query = {"domain": [], "by": ["stage"], "aggregates": ["amount:sum"], "spec": CARD, "first": first}
    board, statements = ask("/rpc/crm.opportunity/group_read", query)
    assert max(len(group["records"]) for group in board["groups"]) > 2
    assert statements <= MOST["board"]


def test_groups_of_a_list(ask: Ask) -> None:
    groups, statements = ask(
        "/rpc/crm.opportunity/group", {"domain": [], "by": ["stage"], "aggregates": ["amount:sum"]}
    )
    assert groups["groups"][0]["stage:label"]
    assert statements <= MOST["groups"]


def test_a_calendar(ask: Ask) -> None:
    domain = [["due_date", ">=", "2000-01-01"]]
    page, statements = ask("/rpc/crm.activity/search_read", {"domain": domain, "spec": DAYS, "limit": 100})
    assert page["records"]
    assert statements <= MOST["calendar"]


@pytest.mark.parametrize("text", ["", "a"])
def test_a_picker(ask: Ask, text: str) -> None:
    found, statements = ask("/rpc/crm.account/name_search", {"text": text})
    assert found
    assert statements <= MOST["name search"]
