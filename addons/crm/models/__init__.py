"""Models of the CRM."""

from addons.crm.models.account import Account
from addons.crm.models.activity import Activity
from addons.crm.models.contact import Contact
from addons.crm.models.contact_role import ContactRole
from addons.crm.models.lead import Lead
from addons.crm.models.opportunity import Opportunity
from addons.crm.models.pipeline import Pipeline, Stage
from addons.crm.models.planned import Planned
from addons.crm.models.priced import Priced
from addons.crm.models.reach import ContactEmail, ContactPhone
from addons.crm.models.stage_event import StageEvent
from addons.crm.models.team import Team
from addons.crm.models.vocabulary import LostReason, Source, Tag

__all__ = [
    "Account",
    "Activity",
    "Contact",
    "ContactEmail",
    "ContactPhone",
    "ContactRole",
    "Lead",
    "LostReason",
    "Opportunity",
    "Pipeline",
    "Planned",
    "Priced",
    "Source",
    "Stage",
    "StageEvent",
    "Tag",
    "Team",
]
