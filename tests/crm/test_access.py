"""Who sees and does what: own records only, all records, the configuration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addons.crm.models import Account, Contact, Lead, Opportunity, Stage, StageEvent
from kernel.errors import AccessError, MissingError
from kernel.orm import Env

Member = Callable[[str], Env]


def test_a_salesperson_with_own_records_sees_own_and_unassigned_deals(env: Env, member: Member) -> None:
    mine = member("crm.salesperson_own")
    own = env[Opportunity].create({"name": "Own", "owner": mine.user_id})
    free = env[Opportunity].create({"name": "Nobody's", "owner": None})
    other = env[Opportunity].create({"name": "Other", "owner": member("crm.user").user_id})
    assert mine[Opportunity].search().ids == (own.id, free.id)
    with pytest.raises((AccessError, MissingError)):
        mine[Opportunity].browse(other.id).mapped(Opportunity.name)


def test_the_history_of_a_hidden_deal_is_hidden(env: Env, member: Member) -> None:
    env[Opportunity].create({"name": "Other", "owner": member("crm.user").user_id})
    env.flush()
    assert member("crm.user")[StageEvent].count() == 1
    assert member("crm.salesperson_own")[StageEvent].count() == 0


def test_the_address_book_is_shared(env: Env, member: Member) -> None:
    env[Contact].create({"name": "Ada", "owner": member("crm.user").user_id})
    assert member("crm.salesperson_own")[Contact].count() == 1


def test_a_user_moves_deals_and_the_move_is_noted_in_their_name(env: Env, member: Member) -> None:
    mine = member("crm.salesperson_own")
    deal = mine[Opportunity].create({"name": "Mine", "amount": 5, "close_date": mine.today()})
    mine.flush()
    deal.mark_won()
    mine.flush()
    assert deal.stage_events.mapped(StageEvent.by).ids == (mine.user_id,)


def test_a_user_converts_a_lead(member: Member) -> None:
    mine = member("crm.salesperson_own")
    lead = mine[Lead].create({"name": "Asks", "contact_name": "Ada", "company_name": "Acme"})
    lead.convert()
    assert lead.opportunity.owner.id == mine.user_id


def test_only_a_manager_changes_stages_and_deletes_deals(env: Env, member: Member) -> None:
    user, manager = member("crm.user"), member("crm.manager")
    deal = env[Opportunity].create({"name": "Old"})
    with pytest.raises(AccessError):
        user[Stage].browse(deal.stage.id).write(name="Fresh")
    with pytest.raises(AccessError):
        user[Opportunity].browse(deal.id).delete()
    manager[Stage].browse(deal.stage.id).write(name="Fresh")
    manager[Opportunity].browse(deal.id).delete()


def test_nobody_writes_the_history_of_stages(env: Env, member: Member) -> None:
    deal = env[Opportunity].create({"name": "Old"})
    env.flush()
    manager = member("crm.manager")
    with pytest.raises(AccessError):
        manager[StageEvent].browse(deal.stage_events.id).delete()


def test_a_person_without_a_group_sees_nothing(env: Env, member: Member) -> None:
    env[Account].create({"name": "Acme"})
    with pytest.raises(AccessError):
        member("base.user")[Account].count()
