"""Removing old records of models declared `transient=True`: wizards, drafts of imports, what is needed for a while."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from kernel.orm.domains.domain import Domain
from kernel.orm.registry.bound import ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env

HOURS = 24
BATCH = 1000


def vacuum(env: Env, hours: float = HOURS, *, now: dt.datetime | None = None, batch: int = BATCH) -> int:
    """Delete the transient records that nobody has changed for `hours`, a batch at a time; how many there were.

    One that its model refuses to delete raises, as `delete` does.
    """
    system = env.as_system("old transient records")
    before = (now or system.now()) - dt.timedelta(hours=hours)
    return sum(_vacuum(system, model, before, batch) for model in system.registry.models.values() if model.transient)


def _vacuum(system: Env, model: ModelInfo, before: dt.datetime, batch: int) -> int:
    old = Domain.term("updated_at", "<", before)
    if model.archived is not None:
        old = old & Domain.term("archived", "in", [True, False])
    count = 0
    while found := system.model(model.name).search(old, order="id", limit=batch):
        count += len(found)
        found.delete()
        system.invalidate()
    return count
