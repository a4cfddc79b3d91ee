"""Leads: interest that is not a deal yet, and how it becomes one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from addons.base.email_address import normal_email
from addons.base.models import User
from addons.crm.models.account import Account, host_of
from addons.crm.models.contact import Contact
from addons.crm.models.opportunity import Opportunity
from addons.crm.models.planned import Planned
from addons.crm.models.priced import Priced
from addons.crm.models.reach import ContactEmail
from addons.crm.models.team import Team
from addons.crm.models.vocabulary import Source, Tag
from addons.crm.settings import CrmSettings
from kernel.errors import UserError, ValidationError
from kernel.orm import exposed, fields

if TYPE_CHECKING:
    from addons.crm.models.activity import Activity

STATES = (("new", "New"), ("working", "Working"), ("converted", "Converted"), ("dropped", "Dropped"))


class Lead(Planned, Priced, name="crm.lead", order="score desc, id desc", title="name", extensible=True):
    """Somebody may want something. Converting makes or finds account and contact, and opens a deal."""

    name = fields.Char("What is it about", required=True, index="trigram")
    contact_name = fields.Char("Person", pii=True)
    company_name = fields.Char("Company")
    job_title = fields.Char("Job title")
    email = fields.Char("E-mail", pii=True)
    phone = fields.Char("Phone", pii=True)
    website = fields.Char("Website")
    state = fields.Selection(STATES, "State", required=True, default="new", copy=False, tracked=True)
    score = fields.Integer("Score", help="How promising, from 0 to 100.")
    expected_amount = fields.Money("Expected amount")
    source = fields.Many2one(Source, "Source", ondelete="set null")
    owner = fields.Many2one(User, "Owner", ondelete="set null", tracked=True)
    team = fields.Many2one(Team, "Team", ondelete="set null")
    tags = fields.Many2many(Tag, "Tags")
    note = fields.Text("Notes")
    activities: fields.One2many[Activity] = fields.One2many("crm.activity", "Activities", inverse="lead")
    account = fields.Many2one(Account, "Account", ondelete="set null", readonly=True, copy=False)
    contact = fields.Many2one(Contact, "Contact", ondelete="set null", readonly=True, copy=False)
    opportunity = fields.Many2one(Opportunity, "Deal", ondelete="set null", readonly=True, copy=False)
    converted_at = fields.Datetime("Converted at", readonly=True, copy=False)

    @owner.default
    def _default_owner(self) -> int | None:
        return self.env.user_id

    @state.validate
    def _check_state(self) -> None:
        """A lead is converted by conversion, and stays so."""
        for lead in self:
            if (lead.state == "converted") != (lead.converted_at is not None):
                raise ValidationError(
                    f'"{lead.name}" is converted by the button Convert, and stays so.',
                    hint="Press Convert: it makes the account, the contact and the deal.",
                    record=("crm.lead", lead.id),
                    field="state",
                )

    @exposed
    def convert(
        self, account: int | None = None, contact: int | None = None, with_deal: bool = True
    ) -> dict[str, object]:
        """Turn a lead into account, contact and deal in one transaction, and open what it became.

        An account or contact given is linked; else one that is known by its name, host or e-mail is
        found; else it is created. Activities move along, nothing is copied.
        """
        self.ensure_one()
        if self.state == "converted":
            raise UserError(
                f'"{self.name}" was converted already.', hint="Open its deal instead.", code="lead_converted"
            )
        self.account = self.env[Account].browse(account) if account else self._find_account()
        self.contact = self.env[Contact].browse(contact) if contact else self._find_contact()
        if with_deal:
            self.opportunity = self._open_deal()
        self._move_activities()
        self.write(state="converted", converted_at=self.env.now())
        return {"action": self._opened()}

    @exposed
    def drop(self) -> dict[str, object]:
        """Put leads aside that lead nowhere."""
        self.filtered(lambda lead: lead.state != "converted").write(state="dropped")
        return {"action": {"type": "reload"}}

    @exposed
    def reopen(self) -> dict[str, object]:
        """Work on dropped leads again."""
        self.filtered(lambda lead: lead.state == "dropped").write(state="working")
        return {"action": {"type": "reload"}}

    def _carried(self) -> dict[str, object]:
        """What account, contact and deal take over from the lead; nobody's lead becomes one's own."""
        values: dict[str, object] = {"team": self.team, "tags": self.tags.ids}
        return {**values, "owner": self.owner} if self.owner else values

    def _opened(self) -> dict[str, object]:
        """What the person sees next: the deal, else the contact, else the account."""
        became = {
            "crm.opportunity": self.opportunity,
            "crm.contact": self.contact,
            "crm.account": self.account,
        }
        for model, record in became.items():
            if record:
                return {"type": "form", "model": model, "id": record.id}
        return {"type": "reload"}

    def _find_account(self) -> Account:
        """The account of the lead's company: one the person sees, or a new one; none without a name."""
        accounts = self.env[Account]
        host = host_of(self.website)
        if not self.company_name:
            return accounts.search(Account.domain == host, limit=1) if host else accounts
        alike = accounts.search(Account.name.ilike(self.company_name), order="id")
        wanted = self.company_name.casefold()
        same = alike.filtered(lambda account: account.name.casefold() == wanted)
        known = same or (accounts.search(Account.domain == host, order="id") if host else accounts)
        if known:
            return known[:1]
        return accounts.create({"name": self.company_name, "website": self.website, **self._carried()})

    def _find_contact(self) -> Contact:
        """The contact with the lead's e-mail, or a new one; none where no person is known."""
        contacts = self.env[Contact]
        if self.email:
            mine = ContactEmail.normalised == normal_email(self.email)
            found = contacts.search(Contact.emails.any(mine), limit=1)
            if found:
                return found
        if not self.contact_name and not self.email:
            return contacts
        return contacts.create(
            {
                "name": self.contact_name or self.email,
                "job_title": self.job_title,
                "email": self.email,
                "phone": self.phone,
                "account": self.account,
                **self._carried(),
            }
        )

    def _open_deal(self) -> Opportunity:
        days = self.env.settings(CrmSettings).close_days
        return self.env[Opportunity].create(
            {
                "name": self.name,
                "account": self.account,
                "contact": self.contact,
                "amount": self.expected_amount,
                "currency": self.currency,
                "close_date": self.env.today() + dt.timedelta(days=days),
                "source": self.source,
                "note": self.note,
                **self._carried(),
            }
        )

    def _move_activities(self) -> None:
        """All activities go along, also those of colleagues that the person may not see."""
        lead = self.env.as_system("the activities of a lead move with it")[Lead].browse(self.id)
        lead.activities.write(lead=None, opportunity=self.opportunity, contact=self.contact, account=self.account)
