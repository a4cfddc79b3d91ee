"""Models of the example bridge."""

from addons.crm_contacts.models.link import BRIDGE, KnownPartner, Link

__all__ = ["BRIDGE", "KnownPartner", "Link"]
