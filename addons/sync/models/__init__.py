"""Mixins for the tables of a bridge."""

from addons.sync.models.contract import ContractRow
from addons.sync.models.field_state import FieldState
from addons.sync.models.link import Link
from addons.sync.models.log import LogEntry

__all__ = ["ContractRow", "FieldState", "Link", "LogEntry"]
