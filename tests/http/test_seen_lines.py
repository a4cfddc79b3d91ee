"""Lines written through their parent carry the values that were seen of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Browser

pytestmark = pytest.mark.usefixtures("clean")
SPEC: dict[str, Any] = {"lines": {"fields": {"product": {}, "quantity": {}}}}


@pytest.fixture
def order(ada: Browser) -> dict[str, Any]:
    lines = [["create", {"product": name, "quantity": 2, "price": 5}] for name in ("tea", "cup")]
    made: dict[str, Any] = ada.rpc("shop.order", "create", values={"lines": lines}, spec=SPEC)
    return made


def update(browser: Browser, order: dict[str, Any], status: int, *commands: Any) -> Any:
    changes = {"lines": {"to": list(commands)}}
    return browser.rpc("shop.order", "write", status, id=order["id"], changes=changes, spec=SPEC)


def test_what_was_seen_passes_and_what_was_not_is_a_conflict_of_the_line(
    ada: Browser, boss: Browser, order: dict[str, Any]
) -> None:
    tea, cup = (line["id"] for line in order["lines"])
    update(boss, order, 200, ["update", tea, {"quantity": 3}, {"quantity": 2}])
    error = update(ada, order, 409, ["update", cup, {"quantity": 9}, {"quantity": 2}],
                   ["update", tea, {"quantity": 4}, {"quantity": 2}])  # fmt: skip
    details = error["details"]
    assert (details["field"], details["theirs"], details["yours"], details["who"]) == ("lines", 3, 4, "The boss")
    assert details["line"] == {"model": "shop.line", "id": tea, "field": "quantity"}
    (now,) = ada.rpc("shop.order", "read", ids=[order["id"]], spec=SPEC)
    assert [line["quantity"] for line in now["lines"]] == [3, 2], "nothing was written"


def test_another_field_of_the_line_and_the_value_that_is_there_do_not_conflict(
    ada: Browser, boss: Browser, order: dict[str, Any]
) -> None:
    tea = order["lines"][0]["id"]
    update(boss, order, 200, ["update", tea, {"quantity": 3}, {"quantity": 2}])
    update(ada, order, 200, ["update", tea, {"product": "mate"}, {"product": "tea"}])
    update(ada, order, 200, ["update", tea, {"quantity": 3}, {"quantity": 2}])


def test_seen_values_are_optional_and_belong_to_what_is_changed(ada: Browser, order: dict[str, Any]) -> None:
    tea = order["lines"][0]["id"]
    update(ada, order, 200, ["update", tea, {"quantity": 7}])
    assert update(ada, order, 400, ["update", tea, {"quantity": 7}, {"product": "tea"}])["code"] == "argument"
    assert update(ada, order, 422, ["update", tea, {"quantity": 7}, "tea"])["code"] == "validation"
    assert update(ada, order, 404, ["update", 10**9, {"quantity": 7}, {"quantity": 1}])["code"] == "missing"


def test_seen_values_count_in_every_call_that_writes(ada: Browser, order: dict[str, Any]) -> None:
    values = {"lines": [["update", order["lines"][0]["id"], {"quantity": 7}, {"quantity": 1}]]}
    ada.rpc("shop.order", "write", 409, ids=[order["id"]], values=values)
    ada.rpc("shop.order", "create", 409, values=values)
