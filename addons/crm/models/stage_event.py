"""The log of stages: which deal moved when, from where to where. Rows are added, never changed."""

from __future__ import annotations

from typing import Any

from addons.base.models import User
from addons.crm.models.opportunity import Opportunity
from addons.crm.models.pipeline import Stage
from kernel.errors import UserError
from kernel.orm import Model, fields

SECONDS_A_DAY = 24 * 60 * 60


class StageEvent(Model, name="crm.stage_event", order="at, id", title="to_stage"):
    """A deal entered a stage."""

    opportunity = fields.Many2one(Opportunity, "Deal", required=True, ondelete="cascade")
    from_stage = fields.Many2one(Stage, "From", ondelete="set null", readonly=True)
    to_stage = fields.Many2one(Stage, "To", required=True, ondelete="restrict", readonly=True)
    at = fields.Datetime("At", required=True, readonly=True)
    by = fields.Many2one(User, "By", ondelete="set null", readonly=True)
    seconds = fields.Integer("Seconds in the stage before", readonly=True)
    days = fields.Integer("Days in the stage before")

    @days.compute("seconds")
    def _compute_days(self) -> None:
        for event in self:
            event.days = event.seconds // SECONDS_A_DAY

    def write(self, **values: Any) -> None:
        """Refused: what happened, happened."""
        if values:
            raise UserError(
                "The history of stages cannot be changed.", hint="Move the deal; the move is noted by itself."
            )

    def log(self, deals: Opportunity, *, new: bool = False) -> StageEvent:
        """Note that `deals` are in their stages now; one statement reads what was noted before."""
        now, user = self.env.now(), self.env.user_id
        last: dict[int, StageEvent] = {}
        if not new:
            for event in self.search(StageEvent.opportunity.is_in(deals), order="at, id"):
                last[event.opportunity.id] = event
        rows: list[dict[str, object]] = []
        for deal in deals:
            before = last.get(deal.id)
            if before is not None and before.to_stage == deal.stage:
                continue
            rows.append(
                {
                    "opportunity": deal.id,
                    "from_stage": before.to_stage.id if before is not None else None,
                    "to_stage": deal.stage.id,
                    "at": now,
                    "by": user,
                    "seconds": int((now - before.at).total_seconds()) if before is not None else 0,
                }
            )
        return self.create(rows)
