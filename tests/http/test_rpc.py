"""The client's RPC: reading, writing, rights, and what is refused before the database hears of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.addons import Tenant
from kernel.http.app import Application
from tests.http.conftest import Browser, People

pytestmark = pytest.mark.usefixtures("clean")
NAMES: dict[str, Any] = {"name": {}, "city": {}}


@pytest.fixture
def customers(tenant: Tenant, people: People) -> dict[str, int]:
    """Two of everybody, one of Ada's, one of Bob's."""
    rows: list[dict[str, Any]] = [
        {"name": "Acme", "city": "Porto", "credit": 10, "margin": 5},
        {"name": "Bolt", "city": "Lisbon", "credit": 20, "pin": "1234"},
        {"name": "Ada's", "city": "Porto", "owner": people.ada},
        {"name": "Bob's", "city": "Faro", "owner": people.bob},
    ]
    with tenant.env(why="customers of the tests") as env:
        made = env.model("shop.customer").create(rows)
        return dict(zip((row["name"] for row in rows), made.ids, strict=True))


class TestReading:
    def test_a_page_of_records_comes_in_one_call(self, ada: Browser, customers: dict[str, int]) -> None:
        found = ada.rpc("shop.customer", "search_read", spec=NAMES, domain=[["city", "=", "Porto"]], count=True)
        assert found["total"] == 2
        assert [record["name"] for record in found["records"]] == ["Acme", "Ada's"]
        assert found["records"][0] == {"id": customers["Acme"], "version": 1, "name": "Acme", "city": "Porto"}

    def test_order_limit_and_offset_are_followed_and_the_whole_is_counted(
        self, ada: Browser, customers: dict[str, int]
    ) -> None:
        ask = {"spec": NAMES, "order": "name desc", "limit": 1, "count": True}
        assert ada.rpc("shop.customer", "search_read", **ask, offset=1)["records"][0]["name"] == "Ada's"
        assert ada.rpc("shop.customer", "search_read", **ask, offset=1)["total"] == 3
        assert ada.rpc("shop.customer", "search_read", **ask, offset=9) == {"records": [], "total": 3}

    def test_variables_stand_for_who_asks(self, ada: Browser, customers: dict[str, int]) -> None:
        mine = ada.rpc("shop.customer", "search_read", spec=NAMES, domain=[["owner", "=", {"$": "user"}]])
        assert [record["name"] for record in mine["records"]] == ["Ada's"]

    def test_a_record_of_somebody_else_is_not_there(self, ada: Browser, customers: dict[str, int]) -> None:
        names = {r["name"] for r in ada.rpc("shop.customer", "search_read", spec=NAMES)["records"]}
        assert "Bob's" not in names
        assert len(names) == 3

    def test_a_forbidden_id_and_a_missing_one_get_the_same_answer(
        self, ada: Browser, customers: dict[str, int]
    ) -> None:
        hidden = ada.rpc("shop.customer", "read", 404, ids=[customers["Bob's"]], spec=NAMES)
        missing = ada.rpc("shop.customer", "read", 404, ids=[10**9], spec=NAMES)
        for error in (hidden, missing):
            error["text"] = error["text"].replace(str(customers["Bob's"]), "N").replace(str(10**9), "N")
            error.pop("details", None)
        assert hidden == missing

    @pytest.mark.parametrize("method", ["write", "delete", "greet", "copy", "onchange"])
    def test_every_method_answers_alike_for_forbidden_and_missing(
        self, boss: Browser, ada: Browser, customers: dict[str, int], method: str
    ) -> None:
        bodies: dict[str, Callable[[int], dict[str, Any]]] = {
            "write": lambda id: {"id": id, "changes": {"city": {"from": "", "to": "x"}}},
            "delete": lambda id: {"ids": [id]},
            "greet": lambda id: {"ids": [id], "args": {"greeting": "Hi"}},
            "copy": lambda id: {"id": id},
            "onchange": lambda id: {"id": id, "values": {}, "changed": [], "spec": NAMES},
        }
        answers = [
            ada.rpc("shop.customer", method, 404, **bodies[method](id))["code"]
            for id in (customers["Bob's"], 10**9, 2**62)
        ]
        assert answers == ["missing"] * 3

    def test_one_forbidden_id_among_many_refuses_all(self, ada: Browser, customers: dict[str, int]) -> None:
        ada.rpc("shop.customer", "write", 404, ids=list(customers.values()), values={"city": "Rome"})
        found = ada.rpc("shop.customer", "search_read", domain=[["city", "=", "Rome"]])
        assert found["records"] == []

    def test_titles_of_what_one_may_not_read_stay_hidden(
        self, ada: Browser, boss: Browser, customers: dict[str, int]
    ) -> None:
        order = boss.rpc("shop.order", "create", values={"customer": customers["Bob's"]})
        spec: dict[str, Any] = {"customer": {}}
        assert boss.rpc("shop.order", "read", ids=[order["id"]], spec=spec)[0]["customer"]["title"] == "Bob's"
        (seen,) = ada.rpc("shop.order", "read", ids=[order["id"]], spec=spec)
        assert seen["customer"] == {"id": None, "hidden": True}
        spec = {"customer": {"fields": {"name": {}}}}
        (seen,) = ada.rpc("shop.order", "read", ids=[order["id"]], spec=spec)
        assert seen["customer"] == {"id": None, "hidden": True}

    def test_one_cannot_ask_what_one_cannot_read(self, ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
        boss.rpc("shop.order", "create", values={"customer": customers["Bob's"]})
        domain = [["customer.name", "=", "Bob's"]]
        assert len(boss.rpc("shop.order", "search_read", domain=domain)["records"]) == 1
        assert ada.rpc("shop.order", "search_read", domain=domain)["records"] == []

    @pytest.mark.parametrize("where", ["spec", "domain", "order", "group"])
    def test_a_field_of_another_group_is_refused_everywhere(
        self, ada: Browser, customers: dict[str, int], where: str
    ) -> None:
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
            ("search_read", {"spec": {"pin": {}}}),
            ("search_read", {"domain": [["pin", "=", "1234"]]}),
            ("search_read", {"order": "pin"}),
            ("group", {"by": ["pin"]}),
        ],
    )
    def test_a_secret_is_never_read_not_even_by_the_boss(
        self, boss: Browser, customers: dict[str, int], method: str, body: dict[str, Any]
    ) -> None:
        answer = boss.post(f"/rpc/shop.customer/{method}", json=body, headers={"X-CSRF-Token": boss.token})
        assert answer.status_code in (400, 403)
        assert "1234" not in answer.get_data(as_text=True).replace("['1234']", "")

    def test_a_wrong_domain_field_suggests_the_right_one(self, ada: Browser) -> None:
        error = ada.rpc("shop.customer", "search_read", 400, domain=[["nmae", "=", "x"]])
        assert error["code"] == "unknown_field"
        assert 'Did you mean "name"?' in error["text"]

    @pytest.mark.parametrize(
        "domain",
        [[["name", "~", "x"]], {"name": 1}, [["name", "="]], [["since", "=", "yesterday"]], [["credit", ">", "much"]]],
    )
    def test_a_wrong_domain_is_the_callers_fault(self, ada: Browser, domain: Any) -> None:
        answer = ada.post(
            "/rpc/shop.customer/search_read", json={"domain": domain}, headers={"X-CSRF-Token": ada.token}
        )
        assert answer.status_code in (400, 422)

    def test_a_domain_is_bounded_in_depth_and_size(self, ada: Browser) -> None:
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
    def test_arguments_out_of_bounds_are_named(self, ada: Browser, body: dict[str, Any]) -> None:
        error = ada.rpc("shop.customer", "search_read", 400, **body)
        assert error["code"] == "argument"
        assert next(iter(body)) in error["text"]

    def test_a_picker_finds_by_title(self, ada: Browser, customers: dict[str, int]) -> None:
        assert ada.rpc("shop.customer", "name_search", text="ac") == [{"id": customers["Acme"], "title": "Acme"}]
        assert ada.rpc("shop.customer", "name_search", text="100%") == []
        assert len(ada.rpc("shop.customer", "name_search", domain=[["city", "=", "Porto"]])) == 2

    def test_groups_tell_counts_sums_and_their_domain(self, ada: Browser, customers: dict[str, int]) -> None:
        found = ada.rpc("shop.customer", "group", by=["city"], aggregates=["credit:sum"])
        assert found["total"] == 2
        porto = next(group for group in found["groups"] if group["city"] == "Porto")
        assert porto["count"] == 2
        assert float(porto["credit:sum"]) == 10
        again = ada.rpc("shop.customer", "search_read", domain=porto["domain"], count=True)
        assert again["total"] == 2

    def test_a_model_describes_itself_as_the_caller_may_see_it(self, ada: Browser, boss: Browser) -> None:
        told = ada.rpc("shop.customer", "describe")
        assert told["title"] == "name"
        assert told["access"] == {"read": True, "create": True, "write": True, "delete": False}
        assert told["fields"]["kind"]["selection"] == [["person", "Person"], ["firm", "Firm"]]
        assert told["fields"]["credit"]["digits"] == [12, 2]
        assert "margin" not in told["fields"]
        assert "pin" not in told["fields"]
        assert "margin" in boss.rpc("shop.customer", "describe")["fields"]


class TestWriting:
    def test_a_new_record_is_read_back(self, ada: Browser) -> None:
        values = {"name": "New", "credit": "12.345", "since": "2026-02-01", "kind": "firm"}
        made = ada.rpc("shop.customer", "create", values=values, spec={"credit": {}, "since": {}, "shout": {}})
        assert made == {
            "id": made["id"],
            "version": 1,
            "credit": "12.35",
            "since": "2026-02-01",
            "shout": "NEW",
        }

    def test_a_change_carries_what_was_seen(self, ada: Browser, customers: dict[str, int]) -> None:
        changes = {"city": {"from": "Porto", "to": "Rome"}, "credit": {"from": "10.00", "to": 11}}
        done = ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"city": {}})
        assert done == {"id": customers["Acme"], "version": 2, "city": "Rome"}

    def test_somebody_elses_change_of_the_field_is_a_conflict_with_both_values(
        self, ada: Browser, boss: Browser, customers: dict[str, int], people: People
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

    def test_another_field_does_not_conflict(self, ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
        id = customers["Acme"]
        boss.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})
        ada.rpc("shop.customer", "write", id=id, changes={"credit": {"from": "10.00", "to": "1.00"}})
        (now,) = ada.rpc("shop.customer", "read", ids=[id], spec={"city": {}, "credit": {}})
        assert (now["city"], now["credit"]) == ("Rome", "1.00")

    def test_who_wants_what_is_there_already_has_no_conflict(
        self, ada: Browser, boss: Browser, customers: dict[str, int]
    ) -> None:
        id = customers["Acme"]
        boss.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})
        ada.rpc("shop.customer", "write", id=id, changes={"city": {"from": "Porto", "to": "Rome"}})

    @pytest.mark.parametrize(("seen", "spelling"), [("10", "10"), (10, "number"), ("10.0", "short"), (10.0, "float")])
    def test_the_spelling_of_what_was_seen_does_not_matter(
        self, ada: Browser, customers: dict[str, int], seen: Any, spelling: str
    ) -> None:
        changes = {"credit": {"from": seen, "to": "11"}}
        ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes)

    def test_a_link_seen_as_id_or_with_its_title_is_compared_by_id(
        self, ada: Browser, customers: dict[str, int]
    ) -> None:
        order = ada.rpc("shop.order", "create", values={"customer": customers["Acme"]})["id"]
        seen = {"id": customers["Acme"], "title": "Acme"}
        ada.rpc("shop.order", "write", id=order, changes={"customer": {"from": seen, "to": customers["Bolt"]}})
        ada.rpc("shop.order", "write", id=order, changes={"customer": {"from": customers["Bolt"], "to": None}})
        error = ada.rpc("shop.order", "write", 409, id=order, changes={"customer": {"from": seen, "to": 1}})
        assert error["details"]["theirs"] is None

    def test_a_change_without_what_was_seen_is_refused(self, ada: Browser, customers: dict[str, int]) -> None:
        for change in ({"to": "Rome"}, "Rome", {"from": "Porto"}, {"from": 1, "to": 2, "x": 3}):
            error = ada.rpc("shop.customer", "write", 400, id=customers["Acme"], changes={"city": change})
            assert error["code"] == "argument"

    def test_many_records_are_changed_at_once(self, ada: Browser, customers: dict[str, int]) -> None:
        ids = [customers["Acme"], customers["Bolt"]]
        done = ada.rpc("shop.customer", "write", ids=ids, values={"city": "Rome"}, spec={"city": {}})
        assert [(record["id"], record["city"]) for record in done] == [(id, "Rome") for id in ids]

    @pytest.mark.parametrize("field", ["id", "version", "created_at", "created_by", "updated_by", "serial", "shout"])
    def test_what_the_system_fills_in_cannot_be_set(self, boss: Browser, customers: dict[str, int], field: str) -> None:
        for method, body in (
            ("create", {"values": {"name": "x", field: 1}}),
            ("write", {"ids": [customers["Acme"]], "values": {field: 1}}),
            ("write", {"id": customers["Acme"], "changes": {field: {"from": 1, "to": 2}}}),
        ):
            error = boss.rpc("shop.customer", method, 422, **body)
            assert error["code"] == "readonly"
            assert error["field"] == field

    def test_an_unknown_and_a_hidden_field_cannot_be_told_apart(self, ada: Browser, customers: dict[str, int]) -> None:
        errors = [ada.rpc("shop.customer", "create", 400, values={"name": "x", f: 1}) for f in ("margin", "mragin")]
        assert [error["code"] for error in errors] == ["unknown_field"] * 2
        assert all('Did you mean "margin"' not in error["text"] for error in errors)

    def test_a_broken_rule_names_field_and_record(self, ada: Browser, customers: dict[str, int]) -> None:
        changes = {"credit": {"from": "10.00", "to": "-1"}}
        error = ada.rpc("shop.customer", "write", 422, id=customers["Acme"], changes=changes)
        assert error["text"] == "Credit cannot be negative."
        assert error["field"] == "credit"
        assert error["record"] == ["shop.customer", customers["Acme"]]

    def test_a_missing_required_value_is_told_with_its_field(self, ada: Browser) -> None:
        error = ada.rpc("shop.customer", "create", 422, values={"city": "Rome"})
        assert error["field"] == "name"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("credit", "much"), ("since", "soon"), ("kind", "alien"), ("name", 5), ("owner", "me"), ("name", "a\0b")],
    )
    def test_a_value_of_the_wrong_type_is_told_with_its_field(self, ada: Browser, field: str, value: Any) -> None:
        error = ada.rpc("shop.customer", "create", 422, values={"name": "x", field: value})
        assert error["field"] == field

    def test_lines_are_written_through_their_order(self, ada: Browser) -> None:
        lines = [["create", {"product": "tea", "quantity": 2, "price": 5}], ["create", {"product": "cup", "price": 1}]]
        spec: dict[str, Any] = {"total": {}, "lines": {"fields": {"product": {}, "amount": {}}}}
        made = ada.rpc("shop.order", "create", values={"reference": "A1", "lines": lines}, spec=spec)
        assert made["total"] == 11
        tea, cup = made["lines"]
        assert (tea["product"], tea["amount"], cup["amount"]) == ("tea", 10, 1)
        to = [["update", tea["id"], {"quantity": 3}], ["delete", cup["id"]]]
        done = ada.rpc("shop.order", "write", id=made["id"], changes={"lines": {"to": to}}, spec=spec)
        assert (done["total"], [line["amount"] for line in done["lines"]]) == (15, [15])

    def test_lines_within_lines_are_bounded(self, ada: Browser) -> None:
        nested: dict[str, Any] = {}
        for _ in range(20):
            nested = {"children": [["create", nested]], "name": "x"}
        error = ada.rpc("shop.customer", "create", 400, values=nested)
        assert error["code"] == "argument"
        assert "nested" in error["text"]

    def test_who_enters_a_record_for_somebody_else_is_told_no_more(self, ada: Browser, people: People) -> None:
        made = ada.rpc("shop.customer", "create", values={"name": "For Bob", "owner": people.bob}, spec=NAMES)
        assert made == {"id": made["id"], "hidden": True}

    def test_a_record_cannot_be_changed_so_that_it_leaves_ones_sight(
        self, ada: Browser, customers: dict[str, int], people: People
    ) -> None:
        changes = {"owner": {"from": 0, "to": people.bob}}
        assert ada.rpc("shop.customer", "write", 403, id=customers["Acme"], changes=changes)["code"] == "access"

    def test_what_cannot_be_set_cannot_be_set_in_a_line_either(self, ada: Browser) -> None:
        lines = [["create", {"product": "tea", "amount": 1_000}]]
        assert ada.rpc("shop.order", "create", 422, values={"lines": lines})["code"] == "readonly"

    def test_deleting_is_all_or_nothing_and_needs_the_right(
        self, ada: Browser, boss: Browser, customers: dict[str, int]
    ) -> None:
        ids = [customers["Acme"], customers["Bolt"]]
        assert ada.rpc("shop.customer", "delete", 403, ids=ids)["code"] == "access"
        assert boss.rpc("shop.customer", "delete", 404, ids=[*ids, 10**9])["code"] == "missing"
        assert boss.rpc("shop.customer", "delete", ids=ids) is True

    def test_a_copy_is_a_new_record(self, ada: Browser, customers: dict[str, int]) -> None:
        copied = ada.rpc("shop.customer", "copy", id=customers["Acme"], spec=NAMES)
        assert copied["id"] != customers["Acme"]
        assert copied["city"] == "Porto"

    def test_who_has_no_rights_can_do_nothing(self, logged_in: Callable[[str], Browser]) -> None:
        nobody = logged_in("nobody")
        assert nobody.rpc("shop.customer", "search_read", 403)["code"] == "access"
        assert nobody.rpc("shop.customer", "create", 403, values={"name": "x"})["code"] == "access"


class TestDrafts:
    def test_without_values_come_the_defaults(self, ada: Browser) -> None:
        spec: dict[str, Any] = {"reference": {}, "customer": {}, "city": {}, "total": {}, "lines": {}}
        found = ada.rpc("shop.order", "onchange", values={}, changed=[], spec=spec)
        assert found["values"] == {"reference": "new", "customer": None, "city": "", "total": 0, "lines": []}
        assert found["warnings"] == []

    def test_a_change_sets_off_others_and_saves_nothing(self, ada: Browser, customers: dict[str, int]) -> None:
        values = {"reference": "A1", "customer": customers["Bolt"]}
        spec: dict[str, Any] = {"reference": {}, "customer": {}, "city": {}}
        found = ada.rpc("shop.order", "onchange", values=values, changed=["customer"], spec=spec)
        assert found["values"] == {"city": "Lisbon"}
        assert ada.rpc("shop.order", "search_read")["records"] == []

    def test_lines_of_a_draft_are_computed(self, ada: Browser) -> None:
        lines = [["create", {"product": "tea", "quantity": 2, "price": 5}]]
        spec: dict[str, Any] = {"total": {}, "lines": {"fields": {"product": {}, "amount": {}}}}
        found = ada.rpc("shop.order", "onchange", values={"lines": lines}, changed=["lines"], spec=spec)["values"]
        assert found["total"] == 10
        assert [(line["id"], line["amount"]) for line in found["lines"]] == [(None, 10)]

    def test_a_draft_of_a_record_begins_with_its_values(self, ada: Browser, customers: dict[str, int]) -> None:
        order = ada.rpc("shop.order", "create", values={"reference": "A1", "city": "Rome"})["id"]
        body = {"id": order, "values": {"customer": customers["Acme"]}, "changed": ["customer"]}
        found = ada.rpc("shop.order", "onchange", **body, spec={"reference": {}, "city": {}})
        assert found["values"] == {"reference": "A1", "city": "Porto"}

    def test_a_wrong_value_is_told_with_its_field(self, ada: Browser) -> None:
        error = ada.rpc("shop.order", "onchange", 422, values={"reference": 5}, changed=["reference"], spec={})
        assert error["field"] == "reference"


class TestExposed:
    def test_an_exposed_method_is_called_on_records(self, ada: Browser, customers: dict[str, int]) -> None:
        ids = [customers["Acme"], customers["Bolt"]]
        assert ada.rpc("shop.customer", "greet", ids=ids, args={"greeting": "Hi"}) == "Hi Acme Hi Bolt"

    def test_arguments_become_what_the_annotations_say(self, ada: Browser, customers: dict[str, int]) -> None:
        args = {
            "day": "2026-05-01",
            "amount": "1.5",
            "mode": "slow",
            "others": [customers["Acme"]],
            "where": [["name", "=", "x"]],
            "tags": ["a"],
        }
        assert ada.rpc("shop.customer", "sort_out", args=args) == {
            "day": 2026,
            "amount": "2.5",
            "mode": "slow",
            "others": [customers["Acme"]],
            "where": ["name", "=", "x"],
            "tags": ["a"],
        }

    @pytest.mark.parametrize(
        ("args", "word"),
        [
            ({}, "greeting"),
            ({"greeting": 5}, "text"),
            ({"greeting": "Hi", "times": "3"}, "whole number"),
            ({"greeting": "Hi", "times": True}, "whole number"),
            ({"greeting": "Hi", "tmies": 3}, 'Did you mean "times"'),
            ({"greeting": "Hi", "self": 3}, "self"),
            ([], "args"),
        ],
    )
    def test_wrong_arguments_are_refused_by_name(self, ada: Browser, args: Any, word: str) -> None:
        error = ada.rpc("shop.customer", "greet", 400, ids=[], args=args)
        assert error["code"] == "argument"
        assert word in error["text"]

    @pytest.mark.parametrize(
        "method", ["not_exposed", "_compute_shout", "__init__", "env", "unlink", "sudo", "__class__", "name"]
    )
    def test_nothing_else_can_be_called(self, ada: Browser, method: str) -> None:
        error = ada.rpc("shop.customer", method, 404)
        assert error["code"] == "unknown_method"

    def test_a_failure_undoes_what_the_method_wrote(self, ada: Browser, customers: dict[str, int]) -> None:
        error = ada.rpc("shop.customer", "refuse", 400, ids=[customers["Acme"]])
        assert (error["text"], error["hint"]) == ("Not today.", "Come back tomorrow.")
        (now,) = ada.rpc("shop.customer", "read", ids=[customers["Acme"]], spec=NAMES)
        assert now["city"] == "Porto"

    def test_a_visitor_may_call_what_is_public_and_nothing_else(
        self, browser: Browser, customers: dict[str, int]
    ) -> None:
        assert browser.rpc("shop.customer", "opening_hours") == "9 to 5, 4 customers"
        for method in ("greet", "search_read", "describe", "not_exposed"):
            assert browser.rpc("shop.customer", method, 401)["code"] == "session"

    def test_an_unknown_model_is_told_to_those_who_are_logged_in(self, ada: Browser, browser: Browser) -> None:
        error = ada.rpc("shop.custmer", "search_read", 404)
        assert 'Did you mean "shop.customer"?' in error["text"]
        assert browser.rpc("shop.custmer", "search_read", 401)["code"] == "session"


def test_the_application_is_shared_by_the_browsers_of_a_test(app: Application) -> None:
    assert Browser(app).client.application is app
