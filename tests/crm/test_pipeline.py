"""The pipeline: what a deal begins with, what moving it asks for, and what is kept of its moves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from addons.crm.models import Account, Activity, Contact, Opportunity, Stage, StageEvent
from kernel.errors import UserError, ValidationError
from kernel.orm import Env


def stage(env: Env, name: str) -> Stage:
    return env[Stage].browse(env.ref(f"crm.stage_{name}").id)


def deal(env: Env, **values: object) -> Opportunity:
    return env[Opportunity].create({"name": "Depot rollout", **values})


def backdate(env: Env, opportunity: Opportunity, days: int) -> None:
    """As if the deal had entered its stage some days ago."""
    env.flush()
    last = opportunity.stage_events[-1:]
    row = {
        "opportunity": opportunity,
        "to_stage": opportunity.stage,
        "at": env.now() - dt.timedelta(days=days),
    }
    env[StageEvent].create(row)
    last.delete()
    env.flush()


def test_the_default_pipeline_has_seven_stages(env: Env) -> None:
    found = [(s.name, s.probability, s.kind) for s in env[Stage].search()]
    assert found == [
        ("New", 5, "open"),
        ("Qualified", 20, "open"),
        ("Discovery", 35, "open"),
        ("Proposal", 55, "open"),
        ("Negotiation", 75, "open"),
        ("Won", 100, "won"),
        ("Lost", 0, "lost"),
    ]


def test_a_new_deal_begins_in_the_first_stage_with_its_probability(env: Env) -> None:
    opportunity = deal(env, amount=1000)
    assert opportunity.stage == stage(env, "new")
    assert (opportunity.probability, opportunity.probability_source) == (5, "stage")
    assert opportunity.weighted_amount == Decimal(50)
    assert opportunity.pipeline == opportunity.stage.pipeline
    assert opportunity.currency


def test_a_stage_asks_for_what_it_needs(env: Env) -> None:
    opportunity = deal(env)
    with pytest.raises(ValidationError) as error, env.savepoint():
        opportunity.write(stage=stage(env, "negotiation"))
    assert error.value.details["fields"] == ["amount", "close_date"]
    assert error.value.details["stage"] == stage(env, "negotiation").id
    assert error.value.field == "amount"
    assert opportunity.stage == stage(env, "new")


def test_what_is_needed_may_come_with_the_move(env: Env) -> None:
    opportunity = deal(env)
    opportunity.write(stage=stage(env, "negotiation"), amount=500, close_date=env.today())
    assert opportunity.probability == 75


def test_won_needs_an_amount_and_a_close_date(env: Env) -> None:
    opportunity = deal(env)
    with pytest.raises(ValidationError) as error, env.savepoint():
        opportunity.mark_won()
    assert error.value.details["fields"] == ["amount", "close_date"]
    opportunity.write(amount=500, close_date=env.today())
    opportunity.mark_won()
    assert (opportunity.kind, opportunity.probability) == ("won", 100)
    assert opportunity.weighted_amount == opportunity.amount


def test_the_contact_of_a_won_deal_becomes_a_customer(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada"})
    opportunity = deal(env, contact=contact, amount=500, close_date=env.today())
    opportunity.mark_won()
    env.flush()
    assert contact.lifecycle == "customer"


def test_lost_needs_a_reason(env: Env) -> None:
    opportunity = deal(env, amount=500)
    with pytest.raises(ValidationError) as error, env.savepoint():
        opportunity.mark_lost()
    assert error.value.details["fields"] == ["lost_reason"]
    opportunity.mark_lost(reason=env.ref("crm.lost_price").id, competitor="Paper")
    assert (opportunity.kind, opportunity.probability, opportunity.weighted_amount) == ("lost", 0, Decimal(0))
    assert opportunity.lost_reason.name == "Price"


def test_reopening_clears_the_reason_and_keeps_the_history(env: Env) -> None:
    opportunity = deal(env, stage=stage(env, "qualified"))
    env.flush()
    opportunity.mark_lost(reason=env.ref("crm.lost_price").id, competitor="Paper")
    env.flush()
    assert opportunity.closed_at is not None
    opportunity.reopen()
    env.flush()
    assert opportunity.stage == stage(env, "qualified")
    assert not opportunity.lost_reason
    assert opportunity.competitor == ""
    assert opportunity.closed_at is None
    assert [event.to_stage.name for event in opportunity.stage_events] == ["Qualified", "Lost", "Qualified"]


def test_each_move_is_noted_with_who_and_how_long(env: Env) -> None:
    opportunity = deal(env)
    backdate(env, opportunity, days=3)
    opportunity.write(stage=stage(env, "qualified"))
    env.flush()
    event = opportunity.stage_events[-1:]
    assert (event.from_stage.name, event.to_stage.name) == ("New", "Qualified")
    assert event.seconds == 3 * 24 * 3600
    assert opportunity.stage_since == event.at


def test_assigning_the_stage_is_a_move_too(env: Env) -> None:
    opportunity = deal(env)
    env.flush()
    opportunity.stage = stage(env, "discovery")
    env.flush()
    assert [event.to_stage.name for event in opportunity.stage_events] == ["New", "Discovery"]
    with pytest.raises(ValidationError), env.savepoint():
        opportunity.stage = stage(env, "won")


def test_a_write_that_keeps_the_stage_notes_nothing(env: Env) -> None:
    opportunity = deal(env)
    env.flush()
    opportunity.write(stage=opportunity.stage, note="still here")
    env.flush()
    assert len(opportunity.stage_events) == 1


def test_the_history_of_stages_cannot_be_changed(env: Env) -> None:
    opportunity = deal(env)
    env.flush()
    with pytest.raises(UserError, match="cannot be changed"):
        opportunity.stage_events.write(seconds=5)


def test_a_probability_set_by_hand_is_kept_until_it_is_given_back(env: Env) -> None:
    opportunity = deal(env, amount=1000, close_date=env.today())
    opportunity.write(probability=42)
    assert (opportunity.probability_source, opportunity.weighted_amount) == ("manual", Decimal(420))
    opportunity.write(stage=stage(env, "proposal"))
    assert opportunity.probability == 42
    stage(env, "proposal").write(probability=60)
    assert opportunity.probability == 42
    opportunity.reset_probability()
    assert (opportunity.probability, opportunity.probability_source) == (60, "stage")


def test_a_closed_deal_is_certain_and_remembers_the_hand(env: Env) -> None:
    opportunity = deal(env, amount=1000, close_date=env.today(), probability=42)
    opportunity.mark_won()
    assert opportunity.probability == 100
    env.flush()
    opportunity.reopen()
    assert opportunity.probability == 42


@pytest.mark.parametrize("percent", [0, 100, 140])
def test_a_probability_by_hand_is_never_certain(env: Env, percent: int) -> None:
    opportunity = deal(env)
    with pytest.raises(ValidationError, match="between 1 and 99"), env.savepoint():
        opportunity.write(probability=percent)


def test_a_deal_that_stays_too_long_rots(env: Env) -> None:
    fresh, old = deal(env), deal(env, name="Old one")
    backdate(env, fresh, days=7)
    backdate(env, old, days=8)
    assert (old.days_in_stage, old.rotting) == (8, True)
    assert not fresh.rotting
    assert env[Opportunity].search(Opportunity.rotting == True) == old  # noqa: E712
    assert env[Opportunity].search(Opportunity.rotting == False) == fresh  # noqa: E712


def test_the_next_step_of_a_deal_is_its_earliest_open_activity(env: Env) -> None:
    opportunity, today = deal(env), env.today()
    late = {"summary": "Call", "due_date": today - dt.timedelta(days=1), "opportunity": opportunity}
    soon = {"summary": "Meet", "due_date": today + dt.timedelta(days=5), "opportunity": opportunity}
    first, _ = env[Activity].create([late, soon])
    assert opportunity.next_activity_date == today - dt.timedelta(days=1)
    assert opportunity.health == "overdue"
    first.mark_done()
    assert opportunity.next_activity_date == today + dt.timedelta(days=5)
    assert opportunity.health == "open"


def test_a_stage_cannot_ask_for_a_field_that_is_not_there(env: Env) -> None:
    with pytest.raises(ValidationError, match=r'no field "amuont".*Did you mean "amount"'):
        stage(env, "new").write(required_fields="amuont")


def test_the_open_deals_of_an_account_are_counted(env: Env) -> None:
    opportunity = deal(env, amount=10, close_date=env.today())
    opportunity.account = env[Account].create({"name": "Acme"})
    env.flush()
    assert opportunity.account.open_deals == 1
    opportunity.mark_won()
    assert opportunity.account.open_deals == 0
