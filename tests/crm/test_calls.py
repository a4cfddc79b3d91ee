"""What the client calls: a drag, a refused drag, a closing, a conversion, the way a person sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from addons.crm.models import Account, Contact, Opportunity
from kernel.orm import Env
from kernel.testing import RpcError, Web

NOBODYS = {"name": "Depot rollout"}


@pytest.fixture
def web(member: Callable[[str], Env], client: Callable[[int], Web]) -> Web:
    """A salesperson's browser."""
    user = member("crm.salesperson_own").user_id
    assert user is not None
    return client(user)


def drag(web: Web, deal: dict[str, Any], stage: int, **more: tuple[Any, Any]) -> Any:
    seen = {"stage": (deal["stage"]["id"], stage), **more}
    changes = {name: {"from": old, "to": new} for name, (old, new) in seen.items()}
    spec: dict[str, Any] = {"stage": {}, "kind": {}, "probability": {}, "stage_events": {}}
    return web.rpc("crm.opportunity", "write", id=deal["id"], changes=changes, spec=spec)


def test_a_deal_is_created_moved_and_won(env: Env, web: Web) -> None:
    spec: dict[str, Any] = {"stage": {}, "owner": {}, "amount": {}, "close_date": {}}
    deal = web.rpc("crm.opportunity", "create", values=NOBODYS, spec=spec)
    assert deal["stage"]["title"] == "New"
    won = env.ref("crm.stage_won").id
    with pytest.raises(RpcError) as refused:
        drag(web, deal, won)
    assert (refused.value.status, refused.value.error["field"]) == (422, "amount")
    assert refused.value.error["details"] == {"fields": ["amount", "close_date"], "stage": won}
    moved = drag(web, deal, won, amount=(deal["amount"], "1200"), close_date=(None, "2026-05-01"))
    assert (moved["stage"]["title"], moved["kind"], moved["probability"]) == ("Won", "won", 100)
    assert len(moved["stage_events"]) == 2


def test_a_lost_deal_is_asked_for_its_reason_and_can_be_reopened(env: Env, web: Web) -> None:
    deal = web.rpc("crm.opportunity", "create", values=NOBODYS, spec={"stage": {}})
    with pytest.raises(RpcError) as refused:
        web.rpc("crm.opportunity", "mark_lost", ids=[deal["id"]], args={})
    assert refused.value.error["details"]["fields"] == ["lost_reason"]
    web.rpc("crm.opportunity", "mark_lost", ids=[deal["id"]], args={"reason": env.ref("crm.lost_price").id})
    assert env[Opportunity].browse(deal["id"]).kind == "lost"
    answer = web.rpc("crm.opportunity", "reopen", ids=[deal["id"]], args={})
    assert answer == {"action": {"type": "reload"}}
    assert env[Opportunity].browse(deal["id"]).stage.name == "New"


def test_a_new_deal_shows_its_probability_before_it_is_saved(env: Env, web: Web) -> None:
    spec: dict[str, Any] = {"stage": {}, "probability": {}, "currency": {}, "weighted_amount": {}}
    values = {"stage": env.ref("crm.stage_proposal").id, "amount": "1000"}
    shown = web.rpc("crm.opportunity", "onchange", values=values, changed=["stage"], spec=spec, id=None)
    assert shown["values"]["probability"] == 55
    assert float(shown["values"]["weighted_amount"]) == 550


def test_the_foot_of_a_list_sums_all_of_it(web: Web) -> None:
    for amount in ("100", "50.50"):
        web.rpc("crm.opportunity", "create", values={**NOBODYS, "amount": amount}, spec={})
    foot = web.rpc("crm.opportunity", "group", domain=[], by=[], aggregates=["amount:sum"])
    (whole,) = foot["groups"]
    assert whole["count"] == 2
    assert [float(each["amount"]) for each in whole["amount:sum"]] == [150.5]


def test_nobody_writes_what_is_computed_or_the_history(web: Web) -> None:
    deal = web.rpc("crm.opportunity", "create", values=NOBODYS, spec={"kind": {}, "stage_events": {}})
    changes = {"kind": {"from": "open", "to": "won"}}
    with pytest.raises(RpcError):
        web.rpc("crm.opportunity", "write", id=deal["id"], changes=changes, spec={})
    with pytest.raises(RpcError) as refused:
        web.rpc("crm.stage_event", "delete", ids=[deal["stage_events"][0]["id"]])
    assert refused.value.status == 403


def test_a_converted_lead_opens_its_deal(web: Web) -> None:
    lead = web.rpc("crm.lead", "create", values={"name": "Asks", "contact_name": "Ada"}, spec={})
    answer = web.rpc("crm.lead", "convert", ids=[lead["id"]], args={})
    assert answer["action"]["model"] == "crm.opportunity"
    with pytest.raises(RpcError) as refused:
        web.rpc("crm.lead", "convert", ids=[lead["id"]], args={})
    assert refused.value.error["code"] == "lead_converted"


def test_a_contact_is_created_with_its_email_and_found_by_it(web: Web) -> None:
    values = {"name": "Ada Byron", "email": "ada@example.com"}
    web.rpc("crm.contact", "create", values=values, spec={"email": {}})
    found = web.rpc("crm.contact", "search_read", domain=[["email", "ilike", "ADA@"]], spec={"name": {}})
    assert [record["name"] for record in found["records"]] == ["Ada Byron"]


def test_a_wrong_email_is_told_at_the_field_of_the_form(web: Web) -> None:
    with pytest.raises(RpcError) as refused:
        web.rpc("crm.contact", "create", values={"name": "Ada", "email": "ada"}, spec={})
    assert refused.value.error["field"] == "email"


def test_a_salesperson_sees_no_configuration_and_a_manager_does(
    member: Callable[[str], Env], client: Callable[[int], Web]
) -> None:
    def menus(group: str) -> set[str]:
        user = member(group).user_id
        assert user is not None
        apps = client(user).get("/web/boot").get_json()["apps"]
        return {menu["title"] for app in apps if app["id"] == "crm" for menu in app["menus"]}

    own = {"Pipeline", "Leads", "Contacts", "Accounts", "Activities"}
    assert menus("crm.salesperson_own") == own
    assert menus("crm.manager") == own | {"Configuration"}


def test_a_new_contact_may_be_typed_field_by_field(env: Env, web: Web) -> None:
    account = env[Account].create({"name": "Acme"})
    spec: dict[str, Any] = {"name": {}, "email": {}, "account": {}, "emails": {"fields": {"address": {}}}}
    values: dict[str, Any] = {"name": "Ada"}
    for name, value in (("email", "ada"), ("email", "ada@example.com"), ("account", account.id)):
        values[name] = value
        shown = web.rpc("crm.contact", "onchange", values=values, changed=[name], spec=spec, id=None)
        assert name in shown["values"] or not shown["values"].get(name)
    assert env[Contact].count() == 0
    made = web.rpc("crm.contact", "create", values=values, spec=spec)
    assert (made["email"], made["account"]["title"]) == ("ada@example.com", "Acme")
    assert [line["address"] for line in made["emails"]] == ["ada@example.com"]


def test_the_email_of_a_contact_is_changed_in_the_form(env: Env, web: Web) -> None:
    contact = env[Contact].create({"name": "Ada", "email": "ada@example.com"})
    env.flush()
    spec: dict[str, Any] = {"email": {}}
    changes = {"email": {"from": "ada@example.com", "to": "ada@new.example"}}
    shown = web.rpc(
        "crm.contact", "onchange", values={"email": "x@y.example"}, changed=["email"], spec=spec, id=contact.id
    )
    assert shown["values"].get("email", "x@y.example") == "x@y.example"
    saved = web.rpc("crm.contact", "write", id=contact.id, changes=changes, spec=spec)
    assert saved["email"] == "ada@new.example"
    assert len(env[Contact].browse(contact.id).emails) == 1
