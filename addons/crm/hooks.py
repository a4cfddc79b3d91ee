"""Hooks of the CRM: what it offers to other addons, and what it listens to itself."""

from __future__ import annotations

from addons.crm.models import Account, Contact, Lead, Opportunity, StageEvent
from kernel.addons import hookimpl, hookspec
from kernel.orm import Env, Model


@hookspec
def crm_opportunity_won(env: Env, opportunity: Opportunity) -> None:
    """A deal was won: it entered a stage of the kind "won", whoever moved it and however."""


@hookspec
def crm_lead_converted(env: Env, lead: Lead, account: Account, contact: Contact, opportunity: Opportunity) -> None:
    """A lead was converted. Each of account, contact and opportunity may be empty."""


@hookimpl
def records_created(env: Env, records: Model) -> None:
    if isinstance(records, Opportunity):
        _moved(env, records, new=True)


@hookimpl
def records_written(env: Env, records: Model, changed: frozenset[str]) -> None:
    if isinstance(records, Opportunity) and "stage" in changed:
        _moved(env, records)
    elif isinstance(records, Lead) and "converted_at" in changed:
        _converted(env, records)


@hookimpl
def demo_data(env: Env, addon: str) -> None:
    if addon == "crm":
        from addons.crm.demo import fill  # noqa: PLC0415 - the made-up company is asked for once, or never

        fill(env)


def _moved(env: Env, deals: Opportunity, *, new: bool = False) -> None:
    """Note moves, clear what no longer holds, tell who listens."""
    events = env.as_system("people cannot write the history of stages")[StageEvent].log(deals, new=new)
    deals.forget_outcome()
    for deal in deals.browse(events.mapped(StageEvent.opportunity).ids).filtered(lambda deal: deal.kind == "won"):
        if deal.contact.lifecycle == "prospect":
            deal.contact.lifecycle = "customer"
        env.hooks(crm_opportunity_won)(env=env, opportunity=deal)


def _converted(env: Env, leads: Lead) -> None:
    for lead in leads.filtered(lambda lead: lead.state == "converted"):
        env.hooks(crm_lead_converted)(
            env=env, lead=lead, account=lead.account, contact=lead.contact, opportunity=lead.opportunity
        )
