"""A user has a login, a password and teams; a team is a group's stable id."""

from __future__ import annotations

from kernel.orm import Model, Unique, fields


class GateUser(Model, name="gate.user", order="login", title="name"):
    """Somebody who can log in."""

    name = fields.Char("Name", required=True)
    login = fields.Char("Login", required=True)
    password_hash = fields.Char("Password hash", hashed=True)
    teams = fields.Char("Teams", help="Stable ids of groups, separated by blanks.")
    archived = fields.Boolean("Archived")

    _login_once = Unique("login", message="There is such a login.")
