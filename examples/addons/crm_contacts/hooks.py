"""What the bridge listens to: the kernel's hooks on records, and the CRM's hook for a deal that was won."""

from __future__ import annotations

from addons.crm.models import Opportunity
from addons.crm_contacts.models import BRIDGE
from kernel.addons import hookimpl
from kernel.orm import Env, Model


@hookimpl
def install_preview(env: Env, addon: str) -> list[str]:
    return BRIDGE.preview(env) if addon == "crm_contacts" else []


@hookimpl
def addon_installed(env: Env, addon: str) -> None:
    if addon == "crm_contacts":
        BRIDGE.install(env)


@hookimpl
def records_created(env: Env, records: Model) -> None:
    BRIDGE.heard(env, records)


@hookimpl
def records_written(env: Env, records: Model, changed: frozenset[str]) -> None:
    BRIDGE.heard(env, records, changed)


@hookimpl
def crm_opportunity_won(opportunity: Opportunity) -> None:
    """A partner that something was sold to is not archived."""
    BRIDGE.partner_of(opportunity.contact).write(archived=False)
