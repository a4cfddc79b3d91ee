"""Demo data of booking."""

from __future__ import annotations

from kernel.orm import Env


def fill(env: Env) -> None:
    """A clinic."""
