"""What happened to records: changes of tracked fields, and images of what was deleted."""

from __future__ import annotations

from typing import Any

from addons.base.models.user import User
from addons.base.trash import bring_back, deleted_by
from kernel.orm import Model, exposed, fields
from kernel.orm.history.history import history

MOST = 500


class Change(Model, name="base.change", order="id desc", title="model"):
    """One record that one transaction changed or deleted. Written by the kernel only.

    Nobody has rights on it: who may read a record is told of its changes by `of`.
    """

    model = fields.Char("Model", required=True, readonly=True)
    record = fields.Integer("Record", readonly=True, index=True)
    deleted = fields.Boolean("Deleted", readonly=True)
    batch = fields.Integer("Transaction", readonly=True)
    values = fields.Json("Values", readonly=True)

    @exposed
    def of(self, model: str, id: int, limit: int = 80) -> list[dict[str, Any]]:
        """What happened to one record, the newest first; MissingError for one that the caller may not read.

        As `records.history()` tells it, and with `who`: the name of the user.
        """
        return self._named(history(self.env.model(model).browse(id), max(0, min(limit, MOST))))

    @exposed
    def trash(self, model: str, limit: int = 80) -> list[dict[str, Any]]:
        """Deleted records of a model, the newest first: one's own, for administrators everybody's."""
        return self._named(deleted_by(self.env, self.env.model(model), max(0, min(limit, MOST))))

    def _named(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The entries with `who`: readers of a record learn who changed it, though they may not read users."""
        ids = list({entry["user"] for entry in entries if entry["user"]})
        users = self.env.as_system("a history says who changed the record")[User].browse(ids).exists()
        names = {user.id: user.name for user in users}
        return [{**entry, "who": names.get(entry["user"], "")} for entry in entries]

    @exposed
    def restore(self, change: int) -> dict[str, Any]:
        """Bring a deleted record back, with what went along; `{"model", "id"}` of it."""
        made = bring_back(self.env, change)
        return {"model": made.__info__.name, "id": made.id}
