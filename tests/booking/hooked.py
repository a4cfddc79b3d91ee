"""What the hooks of booking told; a toy addon's `hooks.py` notes it here."""

from __future__ import annotations

told: list[tuple[object, ...]] = []
barred: set[object] = set()
