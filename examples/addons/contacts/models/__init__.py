"""Models of the contacts example."""

from addons.contacts.models.partner import Partner

__all__ = ["Partner"]
