"""How a contact is reached: e-mails and phones as lines, one of each the primary."""

from __future__ import annotations

from typing import Any, Self

from addons.base.email_address import EMAIL, normal_email
from addons.crm.models.contact import Contact
from addons.crm.settings import CrmSettings
from kernel.errors import ValidationError
from kernel.orm import Exclude, Model, Unique, fields

EMAIL_KINDS = (("work", "Work"), ("private", "Private"), ("other", "Other"))
PHONE_KINDS = (("work", "Work"), ("mobile", "Mobile"), ("private", "Private"), ("other", "Other"))


class ReachLine(Model, abstract=True):
    """One of several ways to reach a contact; the primary one is shown on the contact, else the first."""

    is_primary = fields.Boolean("Primary")

    def primary(self) -> Self:
        """The primary line of these, else the first; empty of none."""
        return (self.filtered(lambda line: line.is_primary) or self)[:1]

    def write(self, **values: Any) -> None:
        """A line that becomes primary takes that from the others of its contact."""
        if values.get("is_primary"):
            self._others().filtered(lambda line: line.is_primary).write(is_primary=False)
            self.env.flush()
        super().write(**values)

    def _others(self) -> Self:
        """The other lines of the same contacts."""
        raise NotImplementedError


class ContactEmail(ReachLine, name="crm.contact_email", order="is_primary desc, id", title="address"):
    """An e-mail address of a contact."""

    contact = fields.Many2one(Contact, "Contact", required=True, ondelete="cascade")
    address = fields.Char("E-mail", required=True, pii=True)
    normalised = fields.Char("Normalised", stored=True, index=True, pii=True)
    kind = fields.Selection(EMAIL_KINDS, "Kind", required=True, default="work")

    _once = Unique("contact", "normalised", message="This contact has this e-mail already.")
    _one_primary = Exclude(
        "contact_id WITH =", where="is_primary", using="btree", message="A contact has one primary e-mail."
    )

    @normalised.compute("address")
    def _compute_normalised(self) -> None:
        for line in self:
            line.normalised = normal_email(line.address)

    @address.validate
    def _check_address(self) -> None:
        for line in self:
            check_email(line.address, line, "address")

    def replace_primary(self, contact: Contact, address: str) -> None:
        """Let these lines of a contact show `address` as the primary; an empty one removes it."""
        check_email(address, contact, "email")
        line = self.primary()
        if not address:
            line.delete()
        elif line:
            line.address = address
        else:
            self.env[ContactEmail].create({"contact": contact, "address": address, "is_primary": True})

    def _others(self) -> ContactEmail:
        return self.mapped(ContactEmail.contact).mapped(Contact.emails) - self


class ContactPhone(ReachLine, name="crm.contact_phone", order="is_primary desc, id", title="number"):
    """A phone number of a contact."""

    contact = fields.Many2one(Contact, "Contact", required=True, ondelete="cascade")
    number = fields.Char("Phone", required=True, pii=True)
    normalised = fields.Char("Normalised", stored=True, index=True, pii=True)
    kind = fields.Selection(PHONE_KINDS, "Kind", required=True, default="work")

    _once = Unique("contact", "normalised", message="This contact has this phone already.")
    _one_primary = Exclude(
        "contact_id WITH =", where="is_primary", using="btree", message="A contact has one primary phone."
    )

    @normalised.compute("number")
    def _compute_normalised(self) -> None:
        prefix = self.env.settings(CrmSettings).country_prefix
        for line in self:
            line.normalised = normal_phone(line.number, prefix)

    @number.validate
    def _check_number(self) -> None:
        for line in self:
            check_phone(line.number, line, "number")

    def replace_primary(self, contact: Contact, number: str) -> None:
        """Let these lines of a contact show `number` as the primary; an empty one removes it."""
        check_phone(number, contact, "phone")
        line = self.primary()
        if not number:
            line.delete()
        elif line:
            line.number = number
        else:
            self.env[ContactPhone].create({"contact": contact, "number": number, "is_primary": True})

    def _others(self) -> ContactPhone:
        return self.mapped(ContactPhone.contact).mapped(Contact.phones) - self


def check_email(address: str, record: Model, field: str) -> None:
    """Refuse a text that is no e-mail address; an empty one is not asked about."""
    if address and not EMAIL.fullmatch(address.strip()):
        raise ValidationError(
            f'"{address}" is no e-mail address.',
            hint="Write it like name@example.com.",
            record=(record.__info__.name, record.id),
            field=field,
        )


def check_phone(number: str, record: Model, field: str) -> None:
    """Refuse a text that is no phone number; an empty one is not asked about."""
    if number and sum(sign.isdigit() for sign in number) < 3:
        raise ValidationError(
            f'"{number}" is no phone number.',
            hint="Write it with its country, like +44 20 7946 0958.",
            record=(record.__info__.name, record.id),
            field=field,
        )


def normal_phone(number: str, prefix: str = "") -> str:
    """The digits of a number with `+` and its country, as far as the number or `prefix` tells it."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if number.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if prefix and digits.startswith("0"):
        return f"{prefix}{digits[1:]}"
    return digits
