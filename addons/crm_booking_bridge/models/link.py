"""The tables of the bridge: who is who, what is kept equal, and what happened."""

from __future__ import annotations

from typing import Final

from addons.booking.models import Customer
from addons.crm.models import Contact
from addons.sync import models as sync
from kernel.orm import Exclude, Unique, fields

KINDS: Final = (("contact", "Contact and customer"),)
OWNERS: Final = (
    ("crm", "CRM"),
    ("booking", "Booking"),
    ("latest", "Whoever wrote last"),
    ("none", "Nobody: not kept equal"),
)


class Link(sync.Link, name="crm_booking_bridge.link", order="id desc", title="contact"):
    """A contact and a customer that are one person."""

    kind = fields.Selection(KINDS, "Kind", required=True, default="contact", readonly=True)
    contact = fields.Many2one(Contact, "Contact", required=True, ondelete="cascade", readonly=True)
    customer = fields.Many2one(Customer, "Customer", required=True, ondelete="cascade", readonly=True)

    _pair_once = Unique("contact", "customer", message="These two have a link already.")
    _one_customer = Exclude(
        "contact_id WITH =",
        where="state = 'active'",
        using="btree",
        message="This contact is linked to a customer already. Unlink them first.",
    )
    _one_contact = Exclude(
        "customer_id WITH =",
        where="state = 'active'",
        using="btree",
        message="This customer is linked to a contact already. Unlink them first.",
    )


class Contract(sync.ContractRow, name="crm_booking_bridge.contract", order="id", title="field", label="Contract"):
    """Which field follows which, and whose value counts."""

    owner = fields.Selection(OWNERS, "Owner", required=True, default="crm")

    _field_once = Unique("field", message="This field is in the contract already.")


class FieldState(sync.FieldState, name="crm_booking_bridge.field_state", order="id", title="field"):
    """What was last passed on for a field of a link."""

    link = fields.Many2one(Link, "Link", required=True, ondelete="cascade", readonly=True)

    _once = Unique("link", "field", message="The state of this field is kept already.")


class LogEntry(sync.LogEntry, name="crm_booking_bridge.log", order="id desc", title="event", label="Log"):
    """What the bridge did."""

    link = fields.Many2one(Link, "Link", ondelete="cascade", readonly=True)
