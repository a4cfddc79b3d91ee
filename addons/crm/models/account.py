"""Accounts: the companies and organisations one sells to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from addons.base.models import User
from addons.crm.models.planned import Planned
from addons.crm.models.team import Team
from addons.crm.models.vocabulary import Tag
from kernel.errors import ValidationError
from kernel.orm import fields

if TYPE_CHECKING:
    from addons.crm.models.activity import Activity
    from addons.crm.models.contact_role import ContactRole
    from addons.crm.models.opportunity import Opportunity

INDUSTRIES = (
    ("construction", "Construction"),
    ("energy", "Energy and water"),
    ("food", "Food"),
    ("health", "Health"),
    ("logistics", "Transport and logistics"),
    ("manufacturing", "Manufacturing"),
    ("public", "Public sector"),
    ("retail", "Retail"),
    ("services", "Services"),
    ("technology", "Technology"),
)
SIZES = (("10", "1-10"), ("50", "11-50"), ("250", "51-250"), ("1000", "251-1,000"), ("5000", "Over 1,000"))


class Account(Planned, name="crm.account", order="name, id", title="name", extensible=True):
    """A company or an organisation. Subsidiaries are accounts below it."""

    name = fields.Char("Name", required=True, index="trigram")
    parent: fields.Many2one[Account] = fields.Many2one("crm.account", "Part of", ondelete="restrict")
    children: fields.One2many[Account] = fields.One2many("crm.account", "Subsidiaries", inverse="parent")
    full_name = fields.Char("Full name", stored=True)
    website = fields.Char("Website")
    domain = fields.Char("Domain", stored=True, index=True, help="The host of the website and of its mail.")
    industry = fields.Selection(INDUSTRIES, "Industry")
    size = fields.Selection(SIZES, "Employees")
    phone = fields.Char("Phone")
    street = fields.Char("Street")
    postcode = fields.Char("Postcode")
    city = fields.Char("City")
    country = fields.Char("Country")
    owner = fields.Many2one(User, "Owner", ondelete="set null", tracked=True)
    team = fields.Many2one(Team, "Team", ondelete="set null")
    tags = fields.Many2many(Tag, "Tags")
    note = fields.Text("Notes")
    archived = fields.Boolean("Archived")
    roles: fields.One2many[ContactRole] = fields.One2many("crm.contact_role", "People", inverse="account")
    opportunities: fields.One2many[Opportunity] = fields.One2many("crm.opportunity", "Deals", inverse="account")
    activities: fields.One2many[Activity] = fields.One2many("crm.activity", "Activities", inverse="account")
    open_deals = fields.Integer("Open deals", stored=True)

    @owner.default
    def _default_owner(self) -> int | None:
        return self.env.user_id

    @full_name.compute("name", "parent.full_name")
    def _compute_full_name(self) -> None:
        for account in self:
            above = account.parent.full_name if account.parent else ""
            account.full_name = f"{above} / {account.name}" if above else account.name

    @domain.compute("website")
    def _compute_domain(self) -> None:
        for account in self:
            account.domain = host_of(account.website)

    @open_deals.compute("opportunities.kind")
    def _compute_open_deals(self) -> None:
        for account in self:
            account.open_deals = sum(deal.kind in ("open", "hold") for deal in account.opportunities)

    @parent.validate
    def _check_parent(self) -> None:
        for account in self:
            above, seen = account.parent, {account.id}
            while above:
                if above.id in seen:
                    raise ValidationError(
                        f'"{account.name}" would be part of itself.',
                        hint="Choose an account that is not below this one.",
                        record=("crm.account", account.id),
                        field="parent",
                    )
                seen.add(above.id)
                above = above.parent


def host_of(website: str) -> str:
    """The host of an address without `www.`, in small letters; empty for an empty address."""
    address = website.strip().lower()
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    return host.removeprefix("www.")
