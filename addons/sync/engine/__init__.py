"""The engine: who is who (`matching`), what a bridge is (`bridge`), and what follows what (`contract`)."""

from addons.base.email_address import normal_email
from addons.sync.engine.bridge import Bridge
from addons.sync.engine.contract import Rule
from addons.sync.engine.matching import Matches, Party, Proposal, is_role_mailbox, match
from addons.sync.engine.parties import Side

__all__ = ["Bridge", "Matches", "Party", "Proposal", "Rule", "Side", "is_role_mailbox", "match", "normal_email"]
