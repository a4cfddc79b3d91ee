"""The demo data: a believable company, the same each time, relative to today."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from addons.base.models import User
from addons.crm.demo import fill
from addons.crm.models import Account, Activity, Contact, ContactEmail, Lead, Opportunity, Stage, StageEvent
from kernel.orm import Env
from kernel.testing import Undo


def test_the_demo_company_has_its_size(demo: Env) -> None:
    assert demo[Account].count() >= 40
    assert demo[Contact].count() >= 120
    assert demo[Opportunity].count() >= 60
    assert demo[Lead].count() == 24


def test_deals_stand_in_every_stage(demo: Env) -> None:
    filled = set(demo[Opportunity].search().mapped(Opportunity.stage).ids)
    assert filled == set(demo[Stage].search().ids)


def test_every_deal_has_a_history_that_ends_where_it_stands(demo: Env) -> None:
    for deal in demo[Opportunity].search():
        assert deal.stage_events[-1:].to_stage == deal.stage
        assert deal.stage_since is not None
        assert deal.stage_since <= demo.now()
        assert deal.account
        assert deal.contact.account == deal.account


def test_activities_are_done_overdue_due_and_planned(demo: Env) -> None:
    states = Counter(step.state for step in demo[Activity].search())
    assert set(states) == {"done", "overdue", "today", "planned"}
    assert min(states.values()) >= 5


def test_some_deals_rot_and_some_have_no_next_step(demo: Env) -> None:
    open_deals = demo[Opportunity].search(Opportunity.kind == "open")
    assert 3 <= len(open_deals.filtered(lambda deal: deal.rotting)) <= len(open_deals) // 2
    assert 2 <= len(open_deals.filtered(lambda deal: deal.next_activity_date is None)) <= len(open_deals) // 3


def test_nobody_real_is_named(demo: Env) -> None:
    addresses = demo[ContactEmail].search().mapped(ContactEmail.address)
    assert all(address.endswith(".example") for address in addresses)
    assert len(set(demo[Contact].search().mapped(Contact.name))) == demo[Contact].count()


def test_what_is_won_was_won_after_it_was_qualified(demo: Env) -> None:
    for deal in demo[Opportunity].search(Opportunity.kind == "won"):
        names = [event.to_stage.name for event in deal.stage_events]
        assert names == ["New", "Qualified", "Discovery", "Proposal", "Negotiation", "Won"]
        moments = deal.stage_events.mapped(StageEvent.at)
        assert moments == sorted(moments)


def told(env: Env) -> list[tuple[str, str, str]]:
    deals = env[Opportunity].search(order="id")
    return [(deal.name, deal.account.name, str(deal.amount)) for deal in deals]


def test_the_person_who_logs_in_has_a_day_with_something_to_do(env: Env) -> None:
    dana = env[User].create({"name": "Dana", "login": "dana"})
    fill(env)
    due = env[Activity].search((Activity.owner == dana) & Activity.state.is_in(["overdue", "today"]))
    assert len(due) >= 3
    assert env[Opportunity].count(Opportunity.owner == dana) >= 10


def test_the_demo_is_the_same_each_time(env: Env) -> None:
    stories = []
    for _ in range(2):
        with suppress(Undo), env.savepoint():
            fill(env)
            stories.append(told(env))
            raise Undo
    assert stories[0] == stories[1]
    assert len(stories[0]) >= 60
