"""What the doctor says: one trouble, with the way out and, where nothing can be lost by it, the cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be; without `mend`, a person has to decide."""

    text: str
    hint: str = ""
    mend: Callable[[], object] | None = None
    grave: bool = True
    """False for what is only to be known."""
    rule: str = ""
    """A name for programs, like `missing-column`."""
    tenant: str = ""
    """The tenant it is found in; empty for what is of the whole server."""
    statements: tuple[str, ...] = ()
    """The SQL that would make it right, for a person who decides to run it."""

    def as_json(self) -> dict[str, Any]:
        """For programs: `mendable` says whether `--repair` mends it."""
        return {
            "rule": self.rule,
            "tenant": self.tenant,
            "text": self.text,
            "hint": self.hint,
            "grave": self.grave,
            "mendable": self.mend is not None,
            "statements": list(self.statements),
        }
