"""The hook that sync declares for bridges; `hooks.py` shows it to the kernel."""

from __future__ import annotations

from typing import Any

from kernel.addons import hookspec
from kernel.orm import Env


@hookspec
def sync_linked(env: Env, links: Any) -> None:
    """Links (of any bridge: look at the model) became active, and their fields were brought in line."""
