"""`tenon addon`: find, look at, install and write addons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from cli.groups import Entry, SectionGroup

SECTIONS: Final[Mapping[str, Mapping[str, Entry]]] = {
    "Look": {
        "list": Entry("cli.addon.look:list_", "List all addons that can be found."),
        "info": Entry("cli.addon.look:info", "Show what an addon is, needs, and brings."),
        "graph": Entry("cli.addon.look:graph", "Show which addon follows which."),
    },
    "Change a tenant": {
        "install": Entry("cli.addon.change:install", "Install addons and all they need."),
        "upgrade": Entry("cli.addon.change:upgrade", "Bring addons to the code at hand."),
        "uninstall": Entry("cli.addon.change:uninstall", "Uninstall addons; what they hold is kept."),
    },
    "Write": {
        "new": Entry("cli.addon.new:new", "Write the first files of an addon."),
        "check": Entry("cli.addon.check:check", "Look for faults, without a database."),
        "quality": Entry("cli.addon.quality:quality", "Show the levels that addons state and reach."),
        "revision": Entry("cli.addon.write:revision", "Write the next migration from what models say now."),
    },
}


@click.group(cls=SectionGroup, sections=SECTIONS)
def addon() -> None:
    """Find, install and write addons."""
