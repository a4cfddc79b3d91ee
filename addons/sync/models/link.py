"""Links: that a record of one addon and a record of another are the same person or thing."""

from __future__ import annotations

from typing import Final

from kernel.errors import UserError
from kernel.orm import Model, exposed, fields

STATES: Final = (
    ("active", "Linked"),
    ("suggested", "Suggested"),
    ("unlinked", "Unlinked"),
    ("rejected", "Rejected"),
)
RELOAD: Final[dict[str, object]] = {"action": {"type": "reload"}}


class Link(Model, abstract=True):
    """One pair. A bridge adds the two many2one fields, and that each side has one active link.

    A pair that a person has rejected or unlinked stays in the table: it is never proposed again.
    """

    state = fields.Selection(STATES, "State", required=True, default="active", index=True, readonly=True)
    method = fields.Char("Found by", readonly=True)
    confidence = fields.Integer("Confidence", readonly=True, help="Percent.")
    paused = fields.Boolean("Paused", readonly=True, help="Changed too often in a short time; nothing is passed on.")

    @exposed
    def accept(self) -> dict[str, object]:
        """Link what was suggested."""
        return self._step("accept", ("suggested",), "active")

    @exposed
    def reject(self) -> dict[str, object]:
        """These are two; it is not suggested again."""
        return self._step("reject", ("suggested",), "rejected")

    @exposed
    def unlink(self) -> dict[str, object]:
        """Let the two go their own ways; they are not linked again by themselves."""
        return self._step("unlink", ("active",), "unlinked")

    @exposed
    def relink(self) -> dict[str, object]:
        """Link again what was unlinked or rejected."""
        return self._step("relink", ("unlinked", "rejected"), "active")

    @exposed
    def resume(self) -> dict[str, object]:
        """Pass changes on again."""
        self.write(paused=False)
        return RELOAD

    def _step(self, verb: str, before: tuple[str, ...], after: str) -> dict[str, object]:
        labels = dict(STATES)
        for link in self:
            if link.state not in before:
                allowed = " or ".join(labels[state].lower() for state in before)
                raise UserError(
                    f"This link is {labels[link.state].lower()}; you can {verb} one that is {allowed}.",
                    code="link_state",
                )
        self.write(state=after)
        return RELOAD
