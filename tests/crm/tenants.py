"""The process that serves the tenants of these tests: it finds the examples, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kernel.addons import Library, Runtime
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool

EXAMPLES = Path(__file__).parents[2] / "examples"


def open_runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    """A runtime with the addons of this project and of its examples."""
    own = replace(settings, addons_path=(*settings.addons_path, EXAMPLES))
    return Runtime(own, cluster, pool, control, Library(own.addon_roots))
