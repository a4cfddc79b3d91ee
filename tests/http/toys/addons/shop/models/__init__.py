"""The models of the shop."""

from addons.shop.models.customer import Customer
from addons.shop.models.order import Line, Order

__all__ = ["Customer", "Line", "Order"]
