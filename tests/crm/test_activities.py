"""Activities: their state follows the day, and searching it finds the same."""

from __future__ import annotations

import datetime as dt

import pytest

from addons.crm.models import Activity, Contact, Opportunity
from kernel.orm import Env


@pytest.fixture
def four(env: Env) -> Activity:
    today = env.today()
    rows = [
        {"summary": name, "due_date": today + dt.timedelta(days=days)}
        for name, days in (("overdue", -1), ("today", 0), ("planned", 1), ("done", -1))
    ]
    made = env[Activity].create(rows)
    made[3:].mark_done()
    return made


def test_the_state_follows_the_day(four: Activity) -> None:
    assert [step.state for step in four] == ["overdue", "today", "planned", "done"]


@pytest.mark.parametrize("state", ["overdue", "today", "planned", "done"])
def test_searching_a_state_finds_what_shows_it(env: Env, four: Activity, state: str) -> None:
    assert [step.summary for step in env[Activity].search(Activity.state == state)] == [state]
    assert len(env[Activity].search(Activity.state != state)) == 3


def test_several_states_are_searched_at_once(env: Env, four: Activity) -> None:
    found = env[Activity].search(Activity.state.is_in(["overdue", "today"]))
    assert {step.summary for step in found} == {"overdue", "today"}


def test_ticking_done_notes_when_and_can_be_taken_back(env: Env) -> None:
    step = env[Activity].create({"summary": "Call"})
    step.write(done=True)
    assert step.done_at is not None
    step.mark_todo()
    assert step.done_at is None


def test_a_note_is_added_when_a_step_is_done(env: Env) -> None:
    step = env[Activity].create({"summary": "Call", "note": "Ask for Tom"})
    step.mark_done(note="Tom is away")
    assert step.note == "Ask for Tom\nTom is away"


def test_what_is_planned_for_a_deal_is_planned_for_its_contact(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada"})
    deal = env[Opportunity].create({"name": "Rollout", "contact": contact})
    step = env[Activity].create({"summary": "Call", "opportunity": deal.id})
    assert step.contact == contact
    assert contact.next_activity_date == deal.next_activity_date == env.today()


def test_an_activity_says_what_it_is_about(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada"})
    step = env[Activity].create({"summary": "Call", "contact": contact})
    assert step.about == "Ada"
    assert contact.next_activity_date == env.today()
