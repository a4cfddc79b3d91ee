"""Which contact works for which account, as what, from when to when."""

from __future__ import annotations

from addons.crm.models.account import Account
from addons.crm.models.contact import Contact
from kernel.orm import Check, Model, fields


class ContactRole(Model, name="crm.contact_role", order="ended_on desc, started_on desc, id desc", title="contact"):
    """A contact's part in an account. The contact's account is that of the newest role that has not ended."""

    contact = fields.Many2one(Contact, "Contact", required=True, ondelete="cascade")
    account = fields.Many2one(Account, "Account", required=True, ondelete="cascade")
    role = fields.Char("Role", help="For example decision maker, or technical adviser.")
    started_on = fields.Date("From")
    ended_on = fields.Date("Until", help="Empty: still so.")

    _in_order = Check(
        "started_on IS NULL OR ended_on IS NULL OR ended_on >= started_on",
        message="A role cannot end before it begins.",
    )

    def current(self) -> ContactRole:
        """The newest of these that has not ended; empty where all have."""
        running = self.filtered(lambda role: role.ended_on is None)
        return running.sorted(lambda role: (role.started_on is not None, role.started_on, role.id))[-1:]

    def move_to(self, contact: Contact, account: Account) -> None:
        """End the current role of a contact and begin one at `account`; history stays.

        A role that began today is put right instead: it was a slip of the hand.
        """
        today, current = self.env.today(), self.current()
        if current.account == account:
            return
        if current and current.started_on == today and account:
            current.account = account
            return
        if current:
            current.ended_on = today
        if account:
            self.env[ContactRole].create({"contact": contact, "account": account, "started_on": today})
