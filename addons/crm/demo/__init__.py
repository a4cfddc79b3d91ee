"""Demo data of the CRM: a year in the life of a company that sells software for workshops and depots."""

from __future__ import annotations

from random import Random

from addons.crm.demo.company import SEED, make_cast, name_company
from addons.crm.demo.deals import make_activities, make_deals, make_leads
from kernel.orm import Env


def fill(env: Env) -> None:
    """Forty accounts, 120 contacts, 60 deals, two dozen leads, activities; dates are relative to today."""
    rng = Random(SEED)  # noqa: S311 - the same demo each time
    name_company(env)
    cast = make_cast(env, rng)
    deals = make_deals(env, rng, cast)
    leads = make_leads(env, rng, cast)
    make_activities(env, rng, cast, deals, leads)
    for lead in leads.filtered(lambda lead: lead.score >= 85):
        lead.convert()
