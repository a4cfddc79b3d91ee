"""A field more on customers."""

from __future__ import annotations

from addons.shop.models import Customer

from kernel.orm import fields


class LateCustomer(Customer, extend=True):
    """Customers know how late they come."""

    minutes_late = fields.Integer("Minutes late")
