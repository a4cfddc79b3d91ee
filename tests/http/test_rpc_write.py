"""The client's RPC changes records: values that were seen, lines, drafts; and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.http.conftest import Browser, People

pytestmark = pytest.mark.usefixtures("clean")
NAMES: dict[str, Any] = {"name": {}, "city": {}}


def test_a_new_record_is_read_back(ada: Browser) -> None:
    values = {"name": "New", "credit": "12.345", "since": "2026-02-01", "kind": "firm"}
    made = ada.rpc("shop.customer", "create", values=values, spec={"credit": {}, "since": {}, "shout": {}})
    assert made == {
        "id": made["id"],
        "version": 1,
        "credit": "12.35",
        "since": "2026-02-01",
        "shout": "NEW",
    }


def test_a_change_carries_what_was_seen(ada: Browser, customers: dict[str, int]) -> None:
    changes = {"city": {"from": "Porto", "to": "Rome"}, "credit": {"from": "10.00", "to": 11}}
    done = ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"city": {}})
    assert done == {"id": customers["Acme"], "version": 2, "city": "Rome"}


def test_somebody_elses_change_of_the_field_is_a_conflict_with_both_values(
    ada: Browser, boss: Browser, customers: dict[str, int], people: People
) -> None:
    id = customers["Acme"]
    boss.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})
    changes = {"city": {"from": "Porto", "to": "Nice"}}
    error = ada.rpc("shop.customer", "write", 409, id=id, changes=changes)
    assert error["code"] == "conflict"
    details = error["details"]
    assert (details["field"], details["theirs"], details["yours"]) == ("city", "Rome", "Nice")
    assert details["who"] == "The boss"
    assert details["when"].endswith("Z")
    (now,) = ada.rpc("shop.customer", "read", ids=[id], spec=NAMES)
    assert now["city"] == "Rome", "nothing was written"


def test_another_field_does_not_conflict(ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
    id = customers["Acme"]
    boss.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})
    ada.rpc("shop.customer", "write", id=id, changes={"credit": {"from": "10.00", "to": "1.00"}})
    (now,) = ada.rpc("shop.customer", "read", ids=[id], spec={"city": {}, "credit": {}})
    assert (now["city"], now["credit"]) == ("Rome", "1.00")


def test_who_wants_what_is_there_already_has_no_conflict(
    ada: Browser, boss: Browser, customers: dict[str, int]
) -> None:
    id = customers["Acme"]
    boss.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})
    ada.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})


@pytest.mark.parametrize(("seen", "spelling"), [("10", "10"), (10, "number"), ("10.0", "short"), (10.0, "float")])
def test_the_spelling_of_what_was_seen_does_not_matter(
    ada: Browser, customers: dict[str, int], seen: Any, spelling: str
) -> None:
    changes = {"credit": {"from": seen, "to": "11"}}
    ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes)


def test_a_link_seen_as_id_or_with_its_title_is_compared_by_id(ada: Browser, customers: dict[str, int]) -> None:
    order = ada.rpc("shop.order", "create", values={"customer": customers["Acme"]})["id"]
    seen = {"id": customers["Acme"], "title": "Acme"}
    ada.rpc("shop.order", "write", id=order, changes={"customer": {"from": seen, "to": customers["Bolt"]}})
    ada.rpc("shop.order", "write", id=order, changes={"customer": {"from": customers["Bolt"], "to": None}})
    error = ada.rpc("shop.order", "write", 409, id=order, changes={"customer": {"from": seen, "to": 1}})
    assert error["details"]["theirs"] is None


def test_a_change_without_what_was_seen_is_refused(ada: Browser, customers: dict[str, int]) -> None:
    for change in ({"to": "Rome"}, "Rome", {"from": "Porto"}, {"from": 1, "to": 2, "x": 3}):
        error = ada.rpc("shop.customer", "write", 400, id=customers["Acme"], changes={"city": change})
        assert error["code"] == "argument"


def test_many_records_are_changed_at_once(ada: Browser, customers: dict[str, int]) -> None:
    ids = [customers["Acme"], customers["Bolt"]]
    done = ada.rpc("shop.customer", "write", ids=ids, values={"city": "Rome"}, spec={"city": {}})
    assert [(record["id"], record["city"]) for record in done] == [(id, "Rome") for id in ids]


@pytest.mark.parametrize("field", ["id", "version", "created_at", "created_by", "updated_by", "serial", "shout"])
def test_what_the_system_fills_in_cannot_be_set(boss: Browser, customers: dict[str, int], field: str) -> None:
    for method, body in (
        ("create", {"values": {"name": "x", field: 1}}),
        ("write", {"ids": [customers["Acme"]], "values": {field: 1}}),
        ("write", {"id": customers["Acme"], "changes": {field: {"from": 1, "to": 2}}}),
    ):
        error = boss.rpc("shop.customer", method, 422, **body)
        assert error["code"] == "readonly"
        assert error["field"] == field


def test_an_unknown_and_a_hidden_field_cannot_be_told_apart(ada: Browser, customers: dict[str, int]) -> None:
    errors = [ada.rpc("shop.customer", "create", 400, values={"name": "x", f: 1}) for f in ("margin", "mragin")]
    assert [error["code"] for error in errors] == ["unknown_field"] * 2
    assert all('Did you mean "margin"' not in error["text"] for error in errors)


def test_a_broken_rule_names_field_and_record(ada: Browser, customers: dict[str, int]) -> None:
    changes = {"credit": {"from": "10.00", "to": "-1"}}
    error = ada.rpc("shop.customer", "write", 422, id=customers["Acme"], changes=changes)
    assert error["text"] == "Credit cannot be negative."
    assert error["field"] == "credit"
    assert error["record"] == ["shop.customer", customers["Acme"]]


def test_a_missing_required_value_is_told_with_its_field(ada: Browser) -> None:
    error = ada.rpc("shop.customer", "create", 422, values={"city": "Rome"})
    assert error["field"] == "name"


@pytest.mark.parametrize(
    ("field", "value"),
    [("credit", "much"), ("since", "soon"), ("kind", "alien"), ("name", 5), ("owner", "me"), ("name", "a\0b")],
)
def test_a_value_of_the_wrong_type_is_told_with_its_field(ada: Browser, field: str, value: Any) -> None:
    error = ada.rpc("shop.customer", "create", 422, values={"name": "x", field: value})
    assert error["field"] == field


def test_lines_are_written_through_their_order(ada: Browser) -> None:
    lines = [["create", {"product": "tea", "quantity": 2, "price": 5}], ["create", {"product": "cup", "price": 1}]]
    spec: dict[str, Any] = {"total": {}, "lines": {"fields": {"product": {}, "amount": {}}}}
    made = ada.rpc("shop.order", "create", values={"reference": "A1", "lines": lines}, spec=spec)
    assert made["total"] == 11
    tea, cup = made["lines"]
    assert (tea["product"], tea["amount"], cup["amount"]) == ("tea", 10, 1)
    to = [["update", tea["id"], {"quantity": 3}], ["delete", cup["id"]]]
    done = ada.rpc("shop.order", "write", id=made["id"], changes={"lines": {"to": to}}, spec=spec)
    assert (done["total"], [line["amount"] for line in done["lines"]]) == (15, [15])


def test_lines_within_lines_are_bounded(ada: Browser) -> None:
    nested: dict[str, Any] = {}
    for _ in range(20):
        nested = {"children": [["create", nested]], "name": "x"}
    error = ada.rpc("shop.customer", "create", 400, values=nested)
    assert error["code"] == "argument"
    assert "nested" in error["text"]


def test_a_record_cannot_be_changed_so_that_it_leaves_ones_sight(
    ada: Browser, customers: dict[str, int], people: People
) -> None:
    changes = {"owner": {"from": 0, "to": people.bob}}
    assert ada.rpc("shop.customer", "write", 403, id=customers["Acme"], changes=changes)["code"] == "access"


def test_what_cannot_be_set_cannot_be_set_in_a_line_either(ada: Browser) -> None:
    lines = [["create", {"product": "tea", "amount": 1_000}]]
    assert ada.rpc("shop.order", "create", 422, values={"lines": lines})["code"] == "readonly"


def test_deleting_is_all_or_nothing_and_needs_the_right(ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
    ids = [customers["Acme"], customers["Bolt"]]
    assert ada.rpc("shop.customer", "delete", 403, ids=ids)["code"] == "access"
    assert boss.rpc("shop.customer", "delete", 404, ids=[*ids, 10**9])["code"] == "missing"
    assert boss.rpc("shop.customer", "delete", ids=ids) is True


def test_a_copy_is_a_new_record(ada: Browser, customers: dict[str, int]) -> None:
    copied = ada.rpc("shop.customer", "copy", id=customers["Acme"], spec=NAMES)
    assert copied["id"] != customers["Acme"]
    assert copied["city"] == "Porto"


def test_who_has_no_rights_can_do_nothing(logged_in: Callable[[str], Browser]) -> None:
    nobody = logged_in("nobody")
    assert nobody.rpc("shop.customer", "search_read", 403)["code"] == "access"
    assert nobody.rpc("shop.customer", "create", 403, values={"name": "x"})["code"] == "access"


def test_without_values_come_the_defaults(ada: Browser) -> None:
    spec: dict[str, Any] = {"reference": {}, "customer": {}, "city": {}, "total": {}, "lines": {}}
    found = ada.rpc("shop.order", "onchange", values={}, changed=[], spec=spec)
    assert found["values"] == {"reference": "new", "customer": None, "city": "", "total": 0, "lines": []}
    assert found["warnings"] == []


def test_a_change_sets_off_others_and_saves_nothing(ada: Browser, customers: dict[str, int]) -> None:
    values = {"reference": "A1", "customer": customers["Bolt"]}
    spec: dict[str, Any] = {"reference": {}, "customer": {}, "city": {}}
    found = ada.rpc("shop.order", "onchange", values=values, changed=["customer"], spec=spec)
    assert found["values"] == {"city": "Lisbon"}
    assert ada.rpc("shop.order", "search_read")["records"] == []


def test_lines_of_a_draft_are_computed(ada: Browser) -> None:
    lines = [["create", {"product": "tea", "quantity": 2, "price": 5}]]
    spec: dict[str, Any] = {"total": {}, "lines": {"fields": {"product": {}, "amount": {}}}}
    found = ada.rpc("shop.order", "onchange", values={"lines": lines}, changed=["lines"], spec=spec)["values"]
    assert found["total"] == 10
    assert [(line["id"], line["amount"]) for line in found["lines"]] == [(None, 10)]


def test_a_draft_of_a_record_begins_with_its_values(ada: Browser, customers: dict[str, int]) -> None:
    order = ada.rpc("shop.order", "create", values={"reference": "A1", "city": "Rome"})["id"]
    body = {"id": order, "values": {"customer": customers["Acme"]}, "changed": ["customer"]}
    found = ada.rpc("shop.order", "onchange", **body, spec={"reference": {}, "city": {}})
    assert found["values"] == {"reference": "A1", "city": "Porto"}


def test_a_wrong_value_is_told_with_its_field(ada: Browser) -> None:
    error = ada.rpc("shop.order", "onchange", 422, values={"reference": 5}, changed=["reference"], spec={})
    assert error["field"] == "reference"
