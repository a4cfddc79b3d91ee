"""What the witnesses of `test_hookspecs.py` hear: toy addons that answer hooks tell it here."""

from __future__ import annotations

from typing import Any

told: list[tuple[str, str, dict[str, Any]]] = []
"""(addon, hook, arguments), in the order of the calls."""
answers: dict[tuple[str, str], Any] = {}
"""(addon, hook) -> what it answers; an exception is raised."""


def tell(addon: str, hook: str, /, **arguments: Any) -> Any:
    told.append((addon, hook, arguments))
    answer = answers.get((addon, hook))
    if isinstance(answer, Exception):
        raise answer
    return answer


def heard(hook: str) -> list[tuple[Any, ...]]:
    """(addon, plain arguments in their order) of all calls of a hook."""
    return [(addon, *arguments.values()) for addon, name, arguments in told if name == hook]


def forget() -> None:
    told.clear()
    answers.clear()
