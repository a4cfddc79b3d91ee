"""Leads: conversion links or creates, moves what belongs to the lead, and happens once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from addons.crm.models import Account, Activity, Contact, Lead, Opportunity
from kernel.errors import UserError, ValidationError
from kernel.orm import Env
from tests.listening import listen

VALUES = {
    "name": "Asks for a demo",
    "contact_name": "Joanne Pike",
    "company_name": "Pike Track Works",
    "email": "joanne@pike.example",
    "website": "https://pike.example",
    "expected_amount": 12_000,
}


def test_a_lead_becomes_account_contact_and_deal(env: Env) -> None:
    lead = env[Lead].create(VALUES)
    answer = lead.convert()
    assert lead.state == "converted"
    assert (lead.account.name, lead.contact.name) == ("Pike Track Works", "Joanne Pike")
    assert lead.contact.account == lead.account
    assert lead.contact.email == "joanne@pike.example"
    deal = lead.opportunity
    assert (deal.name, deal.amount, deal.stage.name) == ("Asks for a demo", Decimal(12_000), "New")
    assert (deal.account, deal.contact) == (lead.account, lead.contact)
    assert answer["action"] == {"type": "form", "model": "crm.opportunity", "id": deal.id}


def test_hook_crm_lead_converted_tells_what_came_of_it(env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = listen(env, "crm_lead_converted", monkeypatch)
    lead = env[Lead].create(VALUES)
    lead.convert()
    env.flush()
    lead.write(note="Called")
    env.flush()
    (told,) = heard
    assert told.pop("env") is not None
    assert told == {
        "lead": lead,
        "account": lead.account,
        "contact": lead.contact,
        "opportunity": lead.opportunity,
    }


def test_what_is_known_already_is_linked(env: Env) -> None:
    account = env[Account].create({"name": "pike track works"})
    contact = env[Contact].create({"name": "J. Pike", "email": "JOANNE@pike.example"})
    lead = env[Lead].create(VALUES)
    lead.convert()
    assert (lead.account, lead.contact) == (account, contact)


def test_an_account_is_known_by_its_website_too(env: Env) -> None:
    account = env[Account].create({"name": "Pike Group", "website": "www.pike.example"})
    lead = env[Lead].create(VALUES)
    lead.convert()
    assert lead.account == account


def test_a_person_chooses_what_to_link(env: Env) -> None:
    account = env[Account].create({"name": "Somebody else"})
    contact = env[Contact].create({"name": "Somebody"})
    lead = env[Lead].create(VALUES)
    lead.convert(account=account.id, contact=contact.id, with_deal=False)
    assert (lead.account, lead.contact) == (account, contact)
    assert not lead.opportunity


def test_activities_move_and_nothing_is_copied(env: Env) -> None:
    lead = env[Lead].create(VALUES)
    step = env[Activity].create({"summary": "Call back", "lead": lead})
    before = env[Activity].count()
    lead.convert()
    assert env[Activity].count() == before
    assert not step.lead
    assert step.opportunity == lead.opportunity
    assert lead.opportunity.next_activity_date == step.due_date
    assert not lead.activities


def test_a_lead_is_converted_once(env: Env) -> None:
    lead = env[Lead].create(VALUES)
    lead.convert()
    with pytest.raises(UserError, match="converted already"):
        lead.convert()
    assert env[Opportunity].count(Opportunity.name == VALUES["name"]) == 1


def test_a_conversion_that_fails_leaves_nothing_behind(env: Env) -> None:
    lead = env[Lead].create({**VALUES, "email": "no address"})
    accounts = env[Account].count()
    with pytest.raises(UserError), env.savepoint():
        lead.convert()
    assert lead.state == "new"
    assert env[Account].count() == accounts


def test_a_lead_is_not_converted_by_its_state_alone(env: Env) -> None:
    lead = env[Lead].create(VALUES)
    with pytest.raises(ValidationError, match="by the button"), env.savepoint():
        lead.write(state="converted")
    lead.convert()
    with pytest.raises(ValidationError, match="stays so"), env.savepoint():
        lead.write(state="new")


def test_a_dropped_lead_can_be_taken_up_again(env: Env) -> None:
    lead = env[Lead].create(VALUES)
    lead.drop()
    assert lead.state == "dropped"
    lead.reopen()
    assert lead.state == "working"
