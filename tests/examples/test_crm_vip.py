"""The small example: a field, a hook, a section and a widget on top of the CRM."""

from __future__ import annotations

from addons.crm.models import Activity, Contact, Opportunity
from addons.crm_vip.models import VipContact
from kernel.addons import Runtime
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.orm import Env


def won(env: Env, contact: VipContact, amount: int) -> Opportunity:
    values = {"name": "Rollout", "contact": contact, "amount": amount, "close_date": env.today()}
    deal = env[Opportunity].create(values)
    deal.mark_won()
    env.flush()
    return deal


def test_a_contact_earns_stars_for_what_was_won(env: Env) -> None:
    contact = env[VipContact].create({"name": "Ada"})
    won(env, contact, 60_000)
    assert contact.vip_stars == 2
    won(env, contact, 900_000)
    assert contact.vip_stars == 5


def test_a_lost_deal_earns_nothing(env: Env) -> None:
    contact = env[VipContact].create({"name": "Ada"})
    deal = won(env, contact, 60_000)
    deal.mark_lost(reason=env.ref("crm.lost_price").id)
    assert contact.vip_stars == 0


def test_hook_crm_opportunity_won_plans_a_call_of_thanks_once(env: Env) -> None:
    contact = env[VipContact].create({"name": "Ada"})
    deal = won(env, contact, 10)
    deal.write(note="Paid")
    env.flush()
    calls = env[Activity].search(Activity.contact == contact)
    assert calls.mapped(Activity.summary) == ["Say thank you for Rollout"]
    assert calls.opportunity == deal


def test_contacts_that_were_there_before_the_addon_get_their_stars(runtime: Runtime) -> None:
    tenant = create_tenant(runtime, "vip-later", ["crm"])
    with tenant.env(why="a test") as env:
        contact = env[Contact].create({"name": "Ada"})
        values = {"name": "Rollout", "contact": contact, "amount": 60_000, "close_date": env.today()}
        env[Opportunity].create(values).mark_won()
        known = contact.id
    execute(runtime, plan_install(runtime, tenant, ["crm_vip"]))
    with tenant.env(why="a test") as env:
        assert env[VipContact].browse(known).vip_stars == 2
