"""Queries: a checked domain becomes SQL, compiled once per shape and kept in the registry's plans."""

from kernel.orm.query.group import Aggregate, Grouping, GroupTerm, count_groups, group, group_members, parse_group
from kernel.orm.query.order import Order, OrderTerm, parse_order
from kernel.orm.query.periods import beginning, between, group_domain
from kernel.orm.query.plan import Plan, Query
from kernel.orm.query.secure import View, secure, secure_paths
from kernel.orm.query.select import Rules, condition, count, exists, hide_archived, own_fields, select

__all__ = [
    "Aggregate",
    "GroupTerm",
    "Grouping",
    "Order",
    "OrderTerm",
    "Plan",
    "Query",
    "Rules",
    "View",
    "beginning",
    "between",
    "condition",
    "count",
    "count_groups",
    "exists",
    "group",
    "group_domain",
    "group_members",
    "hide_archived",
    "own_fields",
    "parse_group",
    "parse_order",
    "secure",
    "secure_paths",
    "select",
]
