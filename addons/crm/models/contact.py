"""Contacts: the people one talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addons.base.models import User
from addons.crm.models.account import Account
from addons.crm.models.planned import Planned
from addons.crm.models.team import Team
from addons.crm.models.vocabulary import Tag
from kernel.orm import fields

if TYPE_CHECKING:
    from addons.crm.models.activity import Activity
    from addons.crm.models.contact_role import ContactRole
    from addons.crm.models.opportunity import Opportunity
    from addons.crm.models.reach import ContactEmail, ContactPhone

LIFECYCLES = (
    ("prospect", "Prospect"),
    ("customer", "Customer"),
    ("partner", "Partner"),
    ("former", "Former customer"),
)


class Contact(Planned, name="crm.contact", order="name, id", title="name", extensible=True):
    """A person. `email`, `phone` and `account` show the primary of several, and writing one changes it."""

    name = fields.Char("Name", required=True, index="trigram", pii=True)
    job_title = fields.Char("Job title")
    account = fields.Many2one(Account, "Account", stored=True)
    email = fields.Char("E-mail", stored=True, pii=True, index="trigram")
    phone = fields.Char("Phone", stored=True, pii=True)
    lifecycle = fields.Selection(LIFECYCLES, "Lifecycle", required=True, default="prospect")
    owner = fields.Many2one(User, "Owner", ondelete="set null", tracked=True)
    team = fields.Many2one(Team, "Team", ondelete="set null")
    tags = fields.Many2many(Tag, "Tags")
    note = fields.Text("Notes")
    archived = fields.Boolean("Archived")
    emails: fields.One2many[ContactEmail] = fields.One2many("crm.contact_email", "E-mails", inverse="contact")
    phones: fields.One2many[ContactPhone] = fields.One2many("crm.contact_phone", "Phones", inverse="contact")
    roles: fields.One2many[ContactRole] = fields.One2many("crm.contact_role", "Accounts", inverse="contact")
    opportunities: fields.One2many[Opportunity] = fields.One2many("crm.opportunity", "Deals", inverse="contact")
    activities: fields.One2many[Activity] = fields.One2many("crm.activity", "Activities", inverse="contact")

    @owner.default
    def _default_owner(self) -> int | None:
        return self.env.user_id

    @email.compute("emails.address", "emails.is_primary")
    def _compute_email(self) -> None:
        for contact in self:
            contact.email = contact.emails.primary().address if contact.emails else ""

    @email.inverse
    def _inverse_email(self) -> None:
        for contact in self:
            contact.emails.replace_primary(contact, contact.email)

    @phone.compute("phones.number", "phones.is_primary")
    def _compute_phone(self) -> None:
        for contact in self:
            contact.phone = contact.phones.primary().number if contact.phones else ""

    @phone.inverse
    def _inverse_phone(self) -> None:
        for contact in self:
            contact.phones.replace_primary(contact, contact.phone)

    @account.compute("roles.account", "roles.ended_on")
    def _compute_account(self) -> None:
        for contact in self:
            contact.account = contact.roles.current().account

    @account.inverse
    def _inverse_account(self) -> None:
        for contact in self:
            contact.roles.move_to(contact, contact.account)
