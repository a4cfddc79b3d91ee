"""Models of the VIP example."""

from addons.crm_vip.models.vip import VipContact

__all__ = ["VipContact"]
