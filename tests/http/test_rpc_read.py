"""The client's RPC reads: pages, groups, pickers; and what it does not tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.http.conftest import Browser

pytestmark = pytest.mark.usefixtures("clean")
NAMES: dict[str, Any] = {"name": {}, "city": {}}


def test_a_page_of_records_comes_in_one_call(ada: Browser, customers: dict[str, int]) -> None:
    found = ada.rpc("shop.customer", "search_read", spec=NAMES, domain=[["city", "=", "Porto"]], count=True)
    assert found["total"] == 2
    assert [record["name"] for record in found["records"]] == ["Acme", "Ada's"]
    assert found["records"][0] == {"id": customers["Acme"], "version": 1, "name": "Acme", "city": "Porto"}


def test_order_limit_and_offset_are_followed_and_the_whole_is_counted(ada: Browser, customers: dict[str, int]) -> None:
    ask = {"spec": NAMES, "order": "name desc", "limit": 1, "count": True}
    assert ada.rpc("shop.customer", "search_read", **ask, offset=1)["records"][0]["name"] == "Ada's"
    assert ada.rpc("shop.customer", "search_read", **ask, offset=1)["total"] == 3
    assert ada.rpc("shop.customer", "search_read", **ask, offset=9) == {"records": [], "total": 3}


def test_pages_follow_a_cursor_to_the_end(ada: Browser, customers: dict[str, int]) -> None:
    ask = {"spec": NAMES, "order": "city desc, name", "limit": 2}
    first = ada.rpc("shop.customer", "search_read", **ask, after=None, count=True)
    second = ada.rpc("shop.customer", "search_read", **ask, after=first["after"])
    assert first["total"] == 3
    assert (
        first["records"] + second["records"]
        == ada.rpc("shop.customer", "search_read", **{**ask, "limit": 9})["records"]
    )
    assert second["after"] is None
    assert ada.rpc("shop.customer", "search_read", 422, **ask, after="nonsense")["field"] == "after"
    assert "offset" in ada.rpc("shop.customer", "search_read", 400, **ask, after=None, offset=3)["text"]


def test_variables_stand_for_who_asks(ada: Browser, customers: dict[str, int]) -> None:
    mine = ada.rpc("shop.customer", "search_read", spec=NAMES, domain=[["owner", "=", {"$": "user"}]])
    assert [record["name"] for record in mine["records"]] == ["Ada's"]


def test_a_record_of_somebody_else_is_not_there(ada: Browser, customers: dict[str, int]) -> None:
    names = {r["name"] for r in ada.rpc("shop.customer", "search_read", spec=NAMES)["records"]}
    assert "Bob's" not in names
    assert len(names) == 3


def test_a_forbidden_id_and_a_missing_one_get_the_same_answer(ada: Browser, customers: dict[str, int]) -> None:
    hidden = ada.rpc("shop.customer", "read", 404, ids=[customers["Bob's"]], spec=NAMES)
    missing = ada.rpc("shop.customer", "read", 404, ids=[10**9], spec=NAMES)
    for error in (hidden, missing):
        error["text"] = error["text"].replace(str(customers["Bob's"]), "N").replace(str(10**9), "N")
        error.pop("details", None)
    assert hidden == missing


@pytest.mark.parametrize("method", ["write", "delete", "greet", "copy", "onchange"])
def test_every_method_answers_alike_for_forbidden_and_missing(
    boss: Browser, ada: Browser, customers: dict[str, int], method: str
) -> None:
    bodies: dict[str, Callable[[int], dict[str, Any]]] = {
        "write": lambda id: {"id": id, "changes": {"city": {"from": "", "to": "x"}}},
        "delete": lambda id: {"ids": [id]},
        "greet": lambda id: {"ids": [id], "args": {"greeting": "Hi"}},
        "copy": lambda id: {"id": id},
        "onchange": lambda id: {"id": id, "values": {}, "changed": [], "spec": NAMES},
    }
    answers = [
        ada.rpc("shop.customer", method, 404, **bodies[method](id))["code"] for id in (customers["Bob's"], 10**9, 2**62)
    ]
    assert answers == ["missing"] * 3


def test_one_forbidden_id_among_many_refuses_all(ada: Browser, customers: dict[str, int]) -> None:
    ada.rpc("shop.customer", "write", 404, ids=list(customers.values()), values={"city": "Rome"})
    found = ada.rpc("shop.customer", "search_read", domain=[["city", "=", "Rome"]])
    assert found["records"] == []


def test_titles_of_what_one_may_not_read_stay_hidden(ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
    order = boss.rpc("shop.order", "create", values={"customer": customers["Bob's"]})
    spec: dict[str, Any] = {"customer": {}}
    assert boss.rpc("shop.order", "read", ids=[order["id"]], spec=spec)[0]["customer"]["title"] == "Bob's"
    (seen,) = ada.rpc("shop.order", "read", ids=[order["id"]], spec=spec)
    assert seen["customer"] == {"id": None, "hidden": True}
    spec = {"customer": {"fields": {"name": {}}}}
    (seen,) = ada.rpc("shop.order", "read", ids=[order["id"]], spec=spec)
    assert seen["customer"] == {"id": None, "hidden": True}


def test_one_cannot_ask_what_one_cannot_read(ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
    boss.rpc("shop.order", "create", values={"customer": customers["Bob's"]})
    domain = [["customer.name", "=", "Bob's"]]
    assert len(boss.rpc("shop.order", "search_read", domain=domain)["records"]) == 1
    assert ada.rpc("shop.order", "search_read", domain=domain)["records"] == []


@pytest.mark.parametrize("where", ["spec", "domain", "order", "group"])
def test_a_field_of_another_group_is_refused_everywhere(ada: Browser, customers: dict[str, int], where: str) -> None:
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "spec": ("search_read", {"spec": {"margin": {}}}),
        "domain": ("search_read", {"domain": [["margin", ">", 1]]}),
        "order": ("search_read", {"order": "margin"}),
        "group": ("group", {"by": ["margin"]}),
    }
    method, body = bodies[where]
    answer = ada.post(f"/rpc/shop.customer/{method}", json=body, headers={"X-CSRF-Token": ada.token})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("search_read", {"domain": [["pin", "=", "1234"]]}),
        ("search_read", {"order": "pin"}),
        ("group", {"by": ["pin"]}),
    ],
)
def test_nobody_asks_by_a_secret_not_even_the_boss(
    boss: Browser, customers: dict[str, int], method: str, body: dict[str, Any]
) -> None:
    answer = boss.post(f"/rpc/shop.customer/{method}", json=body, headers={"X-CSRF-Token": boss.token})
    assert answer.status_code in (400, 403)
    assert "1234" not in answer.get_data(as_text=True).replace("['1234']", "")


def test_of_a_secret_one_reads_only_whether_it_is_set(boss: Browser, customers: dict[str, int]) -> None:
    answer = boss.rpc("shop.customer", "search_read", spec={"pin": {}})
    assert {record["pin"]["set"] for record in answer["records"]} <= {True, False}
    assert {*answer["records"][0]["pin"]} == {"set"}


def test_a_wrong_domain_field_suggests_the_right_one(ada: Browser) -> None:
    error = ada.rpc("shop.customer", "search_read", 400, domain=[["nmae", "=", "x"]])
    assert error["code"] == "unknown_field"
    assert 'Did you mean "name"?' in error["text"]


@pytest.mark.parametrize(
    "domain",
    [[["name", "~", "x"]], {"name": 1}, [["name", "="]], [["since", "=", "yesterday"]], [["credit", ">", "much"]]],
)
def test_a_wrong_domain_is_the_callers_fault(ada: Browser, domain: Any) -> None:
    answer = ada.post("/rpc/shop.customer/search_read", json={"domain": domain}, headers={"X-CSRF-Token": ada.token})
    assert answer.status_code in (400, 422)


def test_a_domain_is_bounded_in_depth_and_size(ada: Browser) -> None:
    deep: list[Any] = ["name", "=", "x"]
    for _ in range(30):
        deep = ["!", deep]
    assert ada.rpc("shop.customer", "search_read", 400, domain=deep)["code"] == "domain"
    wide = ["|", *(["name", "=", str(n)] for n in range(300))]
    assert ada.rpc("shop.customer", "search_read", 400, domain=wide)["code"] == "domain"


@pytest.mark.parametrize(
    "body",
    [{"limit": 100_000}, {"limit": -1}, {"limit": "80"}, {"offset": True}, {"spec": ["name"]}, {"ids": [1]}],
)
def test_arguments_out_of_bounds_are_named(ada: Browser, body: dict[str, Any]) -> None:
    error = ada.rpc("shop.customer", "search_read", 400, **body)
    assert error["code"] == "argument"
    assert next(iter(body)) in error["text"]


def test_a_picker_finds_by_title(ada: Browser, customers: dict[str, int]) -> None:
    assert ada.rpc("shop.customer", "name_search", text="ac") == [{"id": customers["Acme"], "title": "Acme"}]
    assert ada.rpc("shop.customer", "name_search", text="100%") == []
    assert len(ada.rpc("shop.customer", "name_search", domain=[["city", "=", "Porto"]])) == 2


def test_groups_tell_counts_sums_and_their_domain(ada: Browser, customers: dict[str, int]) -> None:
    found = ada.rpc("shop.customer", "group", by=["city"], aggregates=["credit:sum"])
    assert found["total"] == 2
    porto = next(group for group in found["groups"] if group["city"] == "Porto")
    assert porto["count"] == 2
    assert float(porto["credit:sum"]) == 10
    again = ada.rpc("shop.customer", "search_read", domain=porto["domain"], count=True)
    assert again["total"] == 2


def test_a_model_describes_itself_as_the_caller_may_see_it(ada: Browser, boss: Browser) -> None:
    told = ada.rpc("shop.customer", "describe")
    assert told["title"] == "name"
    assert told["access"] == {"read": True, "create": True, "write": True, "delete": False}
    assert told["fields"]["kind"]["selection"] == [["person", "Person"], ["firm", "Firm"]]
    assert told["fields"]["credit"]["digits"] == [12, 2]
    assert "margin" not in told["fields"]
    assert told["fields"]["pin"]["secret"] is True
    assert "margin" in boss.rpc("shop.customer", "describe")["fields"]
