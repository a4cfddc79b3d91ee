"""Sales teams."""

from __future__ import annotations

from addons.base.models import User
from kernel.orm import Model, Unique, fields


class Team(Model, name="crm.team", order="name, id", title="name"):
    """People who sell together."""

    name = fields.Char("Name", required=True)
    leader = fields.Many2one(User, "Leader", ondelete="set null")
    members = fields.Many2many(User, "Members")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a team with this name already.")
