"""Calls of `tenon` that the reference shows with their answers, and the world they are called in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "tenon init": ("tenon init",),
    "tenon doctor": ("tenon doctor",),
    "tenon tenant create": (
        "tenon tenant create acme crm --admin ada@acme.example",
        "tenon tenant create beta booking --dry-run",
    ),
    "tenon tenant list": ("tenon tenant list",),
    "tenon tenant delete": ("tenon tenant delete acme --dry-run",),
    "tenon tenant tidy": ("tenon tenant tidy",),
    "tenon addon list": ("tenon addon list --tenant acme",),
    "tenon addon info": ("tenon addon info crm",),
    "tenon addon graph": ("tenon addon graph crm_booking_bridge",),
    "tenon addon install": ("tenon addon install acme booking --dry-run", "tenon addon install acme booking"),
    "tenon addon upgrade": ("tenon addon upgrade acme",),
    "tenon addon uninstall": (
        "tenon addon uninstall acme booking --dry-run",
        "tenon addon uninstall acme booking --yes",
        "tenon addon install acme booking --dry-run",
    ),
    "tenon addon check": ("tenon addon check crm",),
    "tenon addon new": ("tenon addon new lending --title Lending",),
    "tenon addon revision": ("tenon addon revision lending -m 'Items have a price'",),
    "tenon user create": ("tenon user create acme bob@acme.example --group crm.user",),
    "tenon user password": ("tenon user password acme bob@acme.example --generate",),
    "tenon shell": ("tenon shell acme -c \"print(env.model('crm.contact').count())\"",),
}
"""The order of the page is the order of the calls, so each finds what those before it made."""
