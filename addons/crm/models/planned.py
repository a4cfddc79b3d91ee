"""What has activities knows the date of its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel.orm import Model, fields

if TYPE_CHECKING:
    from addons.crm.models.activity import Activity


class Planned(Model, abstract=True):
    """For models with a one2many `activities`."""

    activities: fields.One2many[Activity]
    next_activity_date = fields.Date("Next step", stored=True, index=True)

    @next_activity_date.compute("activities.due_date", "activities.done_at")
    def _compute_next_activity_date(self) -> None:
        for record in self:
            due = [step.due_date for step in record.activities if step.done_at is None]
            record.next_activity_date = min(due, default=None)
