"""Over HTTP, what may not be read and what is not there get the same bytes, but for the id that was asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.http.conftest import Browser

pytestmark = pytest.mark.usefixtures("clean")
MISSING = 10**9
CUSTOMER, ORDER = "shop.customer", "shop.order"

CALLS: dict[str, tuple[str, str, Any]] = {
    "read": (CUSTOMER, "read", lambda id: {"ids": [id], "spec": {"name": {}}}),
    "read two": (CUSTOMER, "read", lambda id: {"ids": [id, MISSING + 1], "spec": {"name": {}}}),
    "search by id": (CUSTOMER, "search_read", lambda id: {"domain": [["id", "=", id]], "count": True, "spec": {}}),
    "search by link": (ORDER, "search_read", lambda id: {"domain": [["customer", "=", id]], "count": True}),
    "search by other links": (ORDER, "search_read", lambda id: {"domain": [["customer", "!=", id]], "count": True}),
    "page by link": (ORDER, "search_read", lambda id: {"domain": [["customer", "=", id]], "after": None}),
    "group by id": (CUSTOMER, "group", lambda id: {"domain": [["id", "=", id]], "by": ["city"]}),
    "group by link": (ORDER, "group", lambda id: {"domain": [["customer", "in", [id]]], "by": ["city"]}),
    "read groups": (ORDER, "group_read", lambda id: {"domain": [["customer", "=", id]], "by": ["city"], "spec": {}}),
    "name search": (CUSTOMER, "name_search", lambda id: {"text": "", "domain": [["id", "=", id]]}),
    "child of": (CUSTOMER, "search_read", lambda id: {"domain": [["parent", "=", id]], "count": True}),
    "onchange": (CUSTOMER, "onchange", lambda id: {"id": id, "spec": {"name": {}}}),
    "onchange of a link": (
        ORDER, "onchange", lambda id: {"values": {"customer": id}, "changed": ["customer"], "spec": {"city": {}}}
    ),
    "create with a link": (ORDER, "create", lambda id: {"values": {"customer": id}}),
    "create with a child": (CUSTOMER, "create", lambda id: {"values": {"name": "n", "children": [["link", id]]}}),
    "write": (CUSTOMER, "write", lambda id: {"id": id, "changes": {"city": {"from": "Faro", "to": "x"}}}),
    "write many": (CUSTOMER, "write", lambda id: {"ids": [id], "values": {"city": "x"}}),
    "delete": (CUSTOMER, "delete", lambda id: {"ids": [id]}),
    "copy": (CUSTOMER, "copy", lambda id: {"id": id}),
    "translations": (CUSTOMER, "translations", lambda id: {"id": id, "field": "motto"}),
    "set translations": (
        CUSTOMER, "set_translations",
        lambda id: {"id": id, "field": "motto", "changes": {"pt": {"from": "", "to": "x"}}},
    ),
    "an exposed method": (CUSTOMER, "greet", lambda id: {"ids": [id], "args": {"greeting": "Hi"}}),
}  # fmt: skip


def _answer(browser: Browser, model: str, method: str, body: dict[str, Any], id: int) -> tuple[int, bytes]:
    answer = browser.post(f"/rpc/{model}/{method}", json=body, headers={"X-CSRF-Token": browser.token})
    return answer.status_code, _plain(answer.get_data(), id)


def _plain(text: bytes, id: int) -> bytes:
    """The body without the number of the request, and with N for the id."""
    text = re.sub(rb'"request_id": ?"[0-9a-f]+"', b"", text)
    return re.sub(rb"\b%d\b" % id, b"N", text)


@pytest.mark.parametrize("name", CALLS)
def test_a_forbidden_id_and_a_missing_one_get_the_same_bytes(
    ada: Browser, boss: Browser, customers: dict[str, int], name: str
) -> None:
    boss.rpc(ORDER, "create", values={"customer": customers["Bob's"], "city": "Faro"})
    model, method, body = CALLS[name]
    answers = [_answer(ada, model, method, body(id), id) for id in (customers["Bob's"], MISSING)]
    assert answers[0] == answers[1]
    assert answers[0][0] in (200, 403, 404)


@pytest.mark.parametrize("field", ["contract", "paper", "photo", "name", "nothing"])
@pytest.mark.parametrize("query", ["", "?w=10", "?w=x&h=9999999", "?download"])
def test_a_file_that_may_not_be_read_and_a_missing_one_get_the_same_bytes(
    ada: Browser, customers: dict[str, int], field: str, query: str
) -> None:
    found = []
    for id in (customers["Bob's"], customers["Acme"], MISSING, 2**62, 2**80):
        answer = ada.get(f"/file/shop.customer/{id}/{field}{query}")
        found.append((answer.status_code, _plain(answer.get_data(), id)))
    assert found[0][0] == 404
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize(
    "field",
    ["id", "created_at", "created_by", "updated_at", "updated_by", "version", "serial", "shout", "margin"],
)
def test_a_client_sets_nothing_that_the_system_keeps(ada: Browser, customers: dict[str, int], field: str) -> None:
    acme = customers["Acme"]
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("create", {"values": {"name": "New", field: None}}),
        ("write", {"id": acme, "changes": {field: {"from": None, "to": None}}}),
        ("write", {"ids": [acme], "values": {field: None}}),
        ("onchange", {"id": acme, "values": {field: None}, "changed": [field], "spec": {"name": {}}}),
        ("create", {"values": {"name": "New", "children": [["create", {"name": "x", field: None}]]}}),
    ]
    for method, body in bodies:
        answer = ada.post(f"/rpc/shop.customer/{method}", json=body, headers={"X-CSRF-Token": ada.token})
        assert answer.status_code in (400, 422), (method, answer.get_data(as_text=True))


def test_an_upload_of_another_tenant_is_not_known(ada: Browser, customers: dict[str, int]) -> None:
    ask = {"id": customers["Acme"], "changes": {"contract": {"from": None, "to": {"upload": "made up"}}}}
    assert "upload" in ada.rpc(CUSTOMER, "write", 422, **ask)["text"]
