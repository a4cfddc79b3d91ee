"""Queries: a checked domain becomes SQL, compiled once per shape and kept in the registry's plans."""

from kernel.orm.query.order import Order, OrderTerm, parse_order
from kernel.orm.query.plan import Plan, Query
from kernel.orm.query.select import condition, count, exists, own_columns, select

__all__ = [
    "Order",
    "OrderTerm",
    "Plan",
    "Query",
    "condition",
    "count",
    "exists",
    "own_columns",
    "parse_order",
    "select",
]
