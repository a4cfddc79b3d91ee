"""What follows what: the rules of a contract, and how a value is compared, passed on and refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, Literal

from kernel.errors import ValidationError
from kernel.orm import Model

Owner = Literal["left", "right", "latest", "none"]
BURST: Final = 5
"""More changes of one field of one link than these within `BURST_SECONDS` pause the link."""
BURST_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """One field on each side, and whose value counts."""

    field: str
    left: str
    right: str
    owner: Owner = "left"

    def source(self, of_left: bool) -> str:
        """The field's name on one side."""
        return self.left if of_left else self.right

    def flows(self, from_left: bool) -> bool:
        """Whether what is written on that side is passed on to the other."""
        return self.owner == "latest" or self.owner == ("left" if from_left else "right")

    def owned_elsewhere(self, on_left: bool) -> bool:
        """Whether the other side owns it."""
        return self.owner == ("right" if on_left else "left")


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return bool(one == other)


def digest(value: Any) -> str:
    """A short hash, by which a value that is known already is recognised."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def not_yours(record: Model, name: str, owner: Model, rule: Rule) -> ValidationError:
    """The refusal of a write against ownership: it names the record that owns the value, and the way to it."""
    label = record.__info__.field(name).field.label
    kind = owner.__info__.label.lower()
    return ValidationError(
        f'{label} of "{record.display_title}" is kept on the {kind} "{owner.display_title}".',
        hint=f"Change it there: /app/{owner.__info__.name}/{owner.id}",
        record=(record.__info__.name, record.id),
        field=name,
        code="owned_elsewhere",
        owner={"model": owner.__info__.name, "id": owner.id, "field": rule.field},
    )
