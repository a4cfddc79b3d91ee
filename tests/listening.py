"""Hears one hook of a tenant's addons, beside those who answer it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from kernel.orm import Env


def listen(env: Env, hook: str, patch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The arguments of each call of a hook from now on, in a list that grows."""
    heard: list[dict[str, Any]] = []
    callers = cast(Any, env.ports.hooks)._callers
    call = callers[hook]

    def told(**arguments: Any) -> Any:
        heard.append(arguments)
        return call(**arguments)

    patch.setitem(callers, hook, told)
    return heard
