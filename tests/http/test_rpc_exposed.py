"""Methods that a model exposes can be called from outside, and nothing else can."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Browser

pytestmark = pytest.mark.usefixtures("clean")
NAMES: dict[str, Any] = {"name": {}, "city": {}}


def test_an_exposed_method_is_called_on_records(ada: Browser, customers: dict[str, int]) -> None:
    ids = [customers["Acme"], customers["Bolt"]]
    assert ada.rpc("shop.customer", "greet", ids=ids, args={"greeting": "Hi"}) == "Hi Acme Hi Bolt"


def test_arguments_become_what_the_annotations_say(ada: Browser, customers: dict[str, int]) -> None:
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
def test_wrong_arguments_are_refused_by_name(ada: Browser, args: Any, word: str) -> None:
    error = ada.rpc("shop.customer", "greet", 400, ids=[], args=args)
    assert error["code"] == "argument"
    assert word in error["text"]


@pytest.mark.parametrize(
    "method", ["not_exposed", "_compute_shout", "__init__", "env", "unlink", "sudo", "__class__", "name"]
)
def test_nothing_else_can_be_called(ada: Browser, method: str) -> None:
    error = ada.rpc("shop.customer", method, 404)
    assert error["code"] == "unknown_method"


def test_a_failure_undoes_what_the_method_wrote(ada: Browser, customers: dict[str, int]) -> None:
    error = ada.rpc("shop.customer", "refuse", 400, ids=[customers["Acme"]])
    assert (error["text"], error["hint"]) == ("Not today.", "Come back tomorrow.")
    (now,) = ada.rpc("shop.customer", "read", ids=[customers["Acme"]], spec=NAMES)
    assert now["city"] == "Porto"


def test_a_visitor_may_call_what_is_public_and_nothing_else(browser: Browser, customers: dict[str, int]) -> None:
    assert browser.rpc("shop.customer", "opening_hours") == "9 to 5, 4 customers"
    for method in ("greet", "search_read", "describe", "not_exposed"):
        assert browser.rpc("shop.customer", method, 401)["code"] == "session"


def test_an_unknown_model_is_told_to_those_who_are_logged_in(ada: Browser, browser: Browser) -> None:
    error = ada.rpc("shop.custmer", "search_read", 404)
    assert 'Did you mean "shop.customer"?' in error["text"]
    assert browser.rpc("shop.custmer", "search_read", 401)["code"] == "session"


def test_a_method_that_locks_before_it_reads_runs_read_committed(ada: Browser) -> None:
    assert ada.rpc("shop.customer", "isolation") == "repeatable read"
    assert ada.rpc("shop.customer", "locking_isolation") == "read committed"
