"""Gives gifts when points are earned."""

from __future__ import annotations

from addons.loyalty.models import Purchase
from addons.loyalty_gifts.models import GiftedPartner
from kernel.addons import hookimpl
from kernel.orm import Env


@hookimpl
def loyalty_points_earned(env: Env, purchases: Purchase) -> None:
    partners = purchases.mapped(Purchase.partner)
    env.as_system("who enters purchases need not write partners")[GiftedPartner].browse(partners.ids).give()
