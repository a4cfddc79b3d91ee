"""A menu that is computed: each person gets one with their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.addons import hookimpl
from kernel.orm import Env


@hookimpl
def menu_items(env: Env) -> list[Mapping[str, Any]]:
    return [{"id": "depot.own", "title": f"Of {env.user.name}", "parent": "depot", "url": "/depot/own"}]
