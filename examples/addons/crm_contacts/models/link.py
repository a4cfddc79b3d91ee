"""Who is who, and what follows what: the CRM owns the e-mail, of phones the last one written counts."""

from __future__ import annotations

from addons.contacts.models import Partner
from addons.crm.models import Contact
from addons.sync import models as sync
from addons.sync.engine import Bridge, Rule, Side
from kernel.orm import Unique, fields, validates


class Link(sync.Link, name="crm_contacts.link", title="contact"):
    """A partner and a contact that are one person."""

    partner = fields.Many2one(Partner, "Partner", required=True, ondelete="cascade")
    contact = fields.Many2one(Contact, "Contact", required=True, ondelete="cascade")

    _pair_once = Unique("partner", "contact", message="These two have a link already.")


BRIDGE = Bridge(
    Link,
    Side(Contact, "contact", phone="phone"),
    Side(Partner, "partner", phone="phone"),
    rules=(Rule("e-mail", "email", "email", "left"), Rule("phone", "phone", "phone", "latest")),
)


class KnownPartner(Partner, extend=True):
    """The e-mail of a linked partner is changed in the CRM."""

    @validates("email")
    def _check_owner(self) -> None:
        BRIDGE.refuse(self, "email")
