"""Companies of a tenant, and the mixin for records that belong to one."""

from __future__ import annotations

from zoneinfo import available_timezones

from addons.base.models.currency import Currency
from addons.base.models.language import Language
from kernel.errors import ValidationError, suggest
from kernel.orm import Model, Unique, fields, validates


class Company(Model, name="base.company", order="name, id", title="name"):
    """A company: its currency, and the time zone in which its people agree on what a day is."""

    name = fields.Char("Name", required=True)
    currency = fields.Many2one(Currency, "Currency", required=True, ondelete="restrict")
    language = fields.Many2one(Language, "Language", required=True, ondelete="restrict")
    tz = fields.Char("Time zone", required=True, default="UTC", help="For example Europe/Lisbon.")
    code = fields.Char("Code", size=8, help="Stands in numbers of this company's records that ask for it.")
    email = fields.Char("E-mail")
    phone = fields.Char("Phone")
    website = fields.Char("Website")
    address = fields.Text("Address")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a company with this name already.")

    @validates("tz")
    def _check_tz(self) -> None:
        for company in self:
            check_tz("base.company", company.id, company.tz)


class CompanyScoped(Model, abstract=True):
    """Adds `company`; a person sees records of their companies and those that belong to none."""

    company = fields.Many2one(Company, "Company", ondelete="restrict", index=True)

    @company.default
    def _default_company(self) -> int | None:
        return self.env.company


def check_tz(model: str, id: int | None, tz: str) -> None:
    """Refuse a time zone that is not one; an empty one is not asked about."""
    if tz and tz not in available_timezones():
        raise ValidationError(
            f'There is no time zone "{tz}".{suggest(tz, available_timezones())}',
            hint="Use a name of the IANA list, for example Europe/Lisbon or America/New_York.",
            record=(model, id),
            field="tz",
        )
