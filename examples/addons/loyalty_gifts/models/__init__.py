"""Models of the gifts example."""

from addons.loyalty_gifts.models.partner import GiftedPartner

__all__ = ["GiftedPartner"]
