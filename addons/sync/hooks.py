"""Hooks of sync: what it offers to bridges."""

from __future__ import annotations

from addons.sync.specs import sync_linked

__all__ = ["sync_linked"]
