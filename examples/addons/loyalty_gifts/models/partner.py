"""One more field on partners: the gifts they were given."""

from __future__ import annotations

from addons.loyalty.models import LoyalPartner
from kernel.orm import fields

POINTS = 100
"""What one gift costs."""


class GiftedPartner(LoyalPartner, extend=True):
    """Adds the gifts. They stay given, also where a purchase goes away."""

    gifts = fields.Integer("Gifts", readonly=True)

    def give(self) -> None:
        """Give what the points have earned and is not given yet."""
        for partner in self:
            partner.gifts = max(partner.gifts, partner.points // POINTS)
