"""Models of the loyalty example."""

from addons.loyalty.models.purchase import LoyalPartner, Purchase

__all__ = ["LoyalPartner", "Purchase"]
