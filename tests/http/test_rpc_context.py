"""Calls in another language or company, and the texts of all languages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Browser

pytestmark = pytest.mark.usefixtures("clean")
MOTTO: dict[str, Any] = {"motto": {}}
PT = {"language": "pt"}


def read(browser: Browser, id: int, field: str, **context: Any) -> Any:
    (row,) = browser.rpc("shop.customer", "read", ids=[id], spec={field: {}}, context=context)
    return row[field]


@pytest.fixture
def acme(ada: Browser, customers: dict[str, int]) -> int:
    changes = {"motto": {"from": "", "to": "Onward"}}
    ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes)
    return customers["Acme"]


def test_a_call_reads_and_writes_in_the_language_it_names(ada: Browser, acme: int) -> None:
    assert read(ada, acme, "motto", language="pt") == "Onward"
    changes = {"motto": {"from": "Onward", "to": "Avante"}}
    done = ada.rpc("shop.customer", "write", id=acme, changes=changes, spec=MOTTO, context=PT)
    assert done["motto"] == "Avante"
    assert (read(ada, acme, "motto"), read(ada, acme, "motto", language="pt")) == ("Onward", "Avante")
    found = ada.rpc("shop.customer", "search_read", domain=["motto", "ilike", "AVA"], spec=MOTTO, context=PT)
    assert [row["motto"] for row in found["records"]] == ["Avante"]
    assert ada.rpc("shop.customer", "greet", ids=[acme], args={"greeting": "Olá"}, context=PT) == "Olá Acme"


def test_what_was_seen_is_compared_in_the_language_of_the_call(ada: Browser, boss: Browser, acme: int) -> None:
    changes = {"motto": {"from": "Onward", "to": "Avante"}}
    boss.rpc("shop.customer", "write", id=acme, changes=changes, context=PT)
    ada.rpc("shop.customer", "write", id=acme, changes={"motto": {"from": "Onward", "to": "Ahead"}})
    error = ada.rpc(
        "shop.customer", "write", 409, id=acme, changes={"motto": {"from": "Onward", "to": "Em frente"}}, context=PT
    )
    assert (error["details"]["theirs"], error["details"]["yours"]) == ("Avante", "Em frente")


def test_a_call_reads_and_writes_for_the_company_it_names(ada: Browser, acme: int) -> None:
    changes = {"points": {"from": 0, "to": 7}}
    ada.rpc("shop.customer", "write", id=acme, changes=changes, context={"company": 2})
    assert [read(ada, acme, "points", company=company) for company in (1, 2)] == [0, 7]
    assert ada.rpc("shop.customer", "read", 403, ids=[acme], spec={}, context={"company": 3})["code"] == "access"


@pytest.mark.parametrize(
    "context", ["pt", {"tz": "UTC"}, {"language": "xx"}, {"language": 5}, {"company": "1"}, {"company": True}]
)
def test_a_context_that_means_nothing_is_refused(ada: Browser, acme: int, context: Any) -> None:
    ada.rpc("shop.customer", "read", 400, ids=[acme], spec={}, context=context)


def test_all_texts_are_read_and_set_with_what_was_seen(ada: Browser, acme: int) -> None:
    asked = ada.rpc("shop.customer", "translations", id=acme, field="motto")
    assert asked == {"texts": {"en": "Onward"}, "languages": ["en", "pt"]}
    changes = {"pt": {"from": "", "to": "Avante"}, "en": {"from": "Onward", "to": "Ahead"}}
    now = ada.rpc("shop.customer", "set_translations", id=acme, field="motto", changes=changes)
    assert now == {"en": "Ahead", "pt": "Avante"}
    changes = {"pt": {"from": "", "to": "Em frente"}}
    error = ada.rpc("shop.customer", "set_translations", 409, id=acme, field="motto", changes=changes)
    assert (error["details"]["language"], error["details"]["theirs"]) == ("pt", "Avante")


def test_texts_of_what_one_may_not_see_or_set_are_refused(ada: Browser, customers: dict[str, int], acme: int) -> None:
    change = {"pt": {"from": "", "to": "x"}}
    ada.rpc("shop.customer", "translations", 404, id=customers["Bob's"], field="motto")
    ada.rpc("shop.customer", "set_translations", 404, id=customers["Bob's"], field="motto", changes=change)
    for field in ("margin", "nothing"):
        ada.rpc("shop.customer", "translations", 400, id=acme, field=field)
        ada.rpc("shop.customer", "set_translations", 400, id=acme, field=field, changes=change)
    for field in ("name", "serial", "shout", "pin"):
        ada.rpc("shop.customer", "set_translations", 422, id=acme, field=field, changes=change)
    ada.rpc("shop.customer", "set_translations", 400, id=acme, field="motto", changes={"pt": "x"})
