"""Plans a call of thanks when a deal is won."""

from __future__ import annotations

import datetime as dt

from addons.crm.models import Activity, Opportunity
from kernel.addons import hookimpl
from kernel.orm import Env


@hookimpl
def crm_opportunity_won(env: Env, opportunity: Opportunity) -> None:
    env[Activity].create(
        {
            "summary": f"Say thank you for {opportunity.name}",
            "type": "call",
            "due_date": env.today() + dt.timedelta(days=2),
            "opportunity": opportunity,
            "contact": opportunity.contact,
            "owner": opportunity.owner,
        }
    )
