"""What has an amount has a currency: the company's, unless another is chosen."""

from __future__ import annotations

from addons.base.models import Company, Currency
from kernel.orm import Model, fields


class Priced(Model, abstract=True):
    """Adds `currency` for the money fields of a model."""

    currency = fields.Many2one(Currency, "Currency", required=True, ondelete="restrict")

    @currency.default
    def _default_currency(self) -> Currency:
        companies = self.env[Company]
        own = self.env.company
        company = companies.browse(own) if own else companies.search(order="id", limit=1)
        return company.currency
