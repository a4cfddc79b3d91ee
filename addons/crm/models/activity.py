"""Activities: what is to be done, by whom, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from addons.base.models import User
from addons.crm.models.account import Account
from addons.crm.models.contact import Contact
from addons.crm.models.lead import Lead
from addons.crm.models.opportunity import Opportunity
from kernel.orm import Domain, Model, exposed, fields

TYPES = (("call", "Call"), ("mail", "Mail"), ("meeting", "Meeting"), ("task", "Task"))
STATES = (("overdue", "Overdue"), ("today", "Today"), ("planned", "Planned"), ("done", "Done"))


class Activity(Model, name="crm.activity", order="due_date, id", title="summary"):
    """A call, mail, meeting or task, about a deal, a lead, a contact or an account (or several of them)."""

    summary = fields.Char("Summary", required=True)
    type = fields.Selection(TYPES, "Type", required=True, default="task")
    due_date = fields.Date("Due", required=True, index=True)
    owner = fields.Many2one(User, "Owner", ondelete="set null")
    opportunity = fields.Many2one(Opportunity, "Deal", ondelete="cascade")
    lead = fields.Many2one(Lead, "Lead", ondelete="cascade")
    contact = fields.Many2one(Contact, "Contact", ondelete="cascade")
    account = fields.Many2one(Account, "Account", ondelete="cascade")
    note = fields.Text("Notes")
    done_at = fields.Datetime("Done at", readonly=True, copy=False)
    done = fields.Boolean("Done", stored=True)
    state = fields.Selection(STATES, "State")
    about = fields.Char("About")

    @due_date.default
    def _default_due_date(self) -> object:
        return self.env.today()

    @owner.default
    def _default_owner(self) -> int | None:
        return self.env.user_id

    @done.compute("done_at")
    def _compute_done(self) -> None:
        for activity in self:
            activity.done = activity.done_at is not None

    @done.inverse
    def _inverse_done(self) -> None:
        for activity in self:
            if activity.done != (activity.done_at is not None):
                activity.done_at = self.env.now() if activity.done else None

    @state.compute("done_at", "due_date")
    def _compute_state(self) -> None:
        today = self.env.today()
        for activity in self:
            if activity.done_at is not None:
                activity.state = "done"
            elif activity.due_date < today:
                activity.state = "overdue"
            else:
                activity.state = "today" if activity.due_date == today else "planned"

    @state.search
    def _search_state(self, operator: str, value: object) -> Domain:
        today = self.env.today()
        meaning = {
            "done": Activity.done == True,  # noqa: E712
            "overdue": (Activity.done == False) & (Activity.due_date < today),  # noqa: E712
            "today": (Activity.done == False) & (Activity.due_date == today),  # noqa: E712
            "planned": (Activity.done == False) & (Activity.due_date > today),  # noqa: E712
        }
        wanted = value if isinstance(value, (list, tuple)) else (value,)
        found = Domain.any_of(domain for state, domain in meaning.items() if state in wanted)
        return ~found if operator in ("!=", "not in") else found

    @about.compute("opportunity.name", "lead.name", "contact.name", "account.name")
    def _compute_about(self) -> None:
        for activity in self:
            linked = (activity.opportunity, activity.lead, activity.contact, activity.account)
            activity.about = next((record.display_title for record in linked if record), "")

    def create(self, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Self:
        """What is planned for a deal is planned for its contact and account, unless others are given."""
        rows = [values] if isinstance(values, Mapping) else values
        return super().create([{**self._people(row), **row} for row in rows])

    def _people(self, row: Mapping[str, Any]) -> dict[str, object]:
        given = row.get("opportunity")
        if not given or "contact" in row or "account" in row:
            return {}
        deal = given if isinstance(given, Opportunity) else self.env[Opportunity].browse(given)
        return {"contact": deal.contact, "account": deal.account}

    @exposed
    def mark_done(self, note: str = "") -> dict[str, object]:
        """Tick activities off, with what came of them."""
        for activity in self:
            activity.done = True
            if note:
                activity.note = f"{activity.note}\n{note}".strip()
        return {"action": {"type": "reload"}}

    @exposed
    def mark_todo(self) -> dict[str, object]:
        """Take back that activities were done."""
        for activity in self:
            activity.done = False
        return {"action": {"type": "reload"}}
