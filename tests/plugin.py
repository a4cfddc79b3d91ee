"""How a test runs pytest as an author of addons does."""

from __future__ import annotations

from importlib.metadata import entry_points

PLUGIN = [] if entry_points(group="pytest11", name="tenon") else ["-p", "kernel.testing"]
"""The plugin loads by itself where the distribution is installed."""
