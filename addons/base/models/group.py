"""Groups: what a person belongs to, and what that implies."""

from __future__ import annotations

from kernel.errors import ValidationError
from kernel.orm import Model, Unique, fields, validates


class Group(Model, name="base.group", order="name, id", title="name"):
    """A set of people with the same rights; it may imply other groups."""

    name = fields.Char("Name", required=True)
    key = fields.Char("Technical name", readonly=True, copy=False, help="For example crm.manager.")
    addon = fields.Char("Declared by", readonly=True, copy=False)
    note = fields.Text("Purpose")
    implies: fields.Many2many[Group] = fields.Many2many("base.group", "Also member of")

    _key_once = Unique("key", message="There is a group with this technical name already.")

    @validates("implies")
    def _check_circle(self) -> None:
        for group in self:
            if group.id in _reachable(group):
                raise ValidationError(
                    f'The group "{group.name}" would imply itself.',
                    hint="Remove one of the groups it implies.",
                    record=("base.group", group.id),
                    field="implies",
                )


def _reachable(group: Group) -> frozenset[int]:
    """The ids of all groups that a group implies, directly or not."""
    seen: set[int] = set()
    todo = list(group.implies)
    while todo:
        found = todo.pop()
        if found.id not in seen:
            seen.add(found.id)
            todo.extend(found.implies)
    return frozenset(seen)
