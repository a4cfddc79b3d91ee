"""Rows of settings, and what each person chose for themselves."""

from __future__ import annotations

from typing import Any

from addons.base.models.company import Company
from addons.base.models.user import User
from kernel.errors import ValidationError
from kernel.orm import Model, Unique, exposed, fields

MAXIMUM = 200


class Setting(Model, name="base.setting", order="addon, name, id", title="name"):
    """One stored value of an addon's typed settings, for the tenant or for one company."""

    addon = fields.Char("Addon", required=True)
    name = fields.Char("Name", required=True)
    company = fields.Many2one(Company, "Company", ondelete="cascade", help="Empty: for the whole tenant.")
    value = fields.Json("Value")

    _once = Unique("addon", "name", "company", unset_equal=True, message="This setting is stored already.")


class Preference(Model, name="base.preference", order="user, key, id", title="key"):
    """What a person chose for themselves: theme, columns, folded stages."""

    user = fields.Many2one(User, "User", required=True, ondelete="cascade")
    key = fields.Char("Key", required=True)
    value = fields.Json("Value")

    _once = Unique("user", "key", message="This preference is stored already.")

    @exposed
    def put(self, key: str, value: Any = None) -> None:
        """Keep a value of the acting user under a key; null forgets it."""
        if len(key) > MAXIMUM:
            raise ValidationError(f"The key has {len(key)} characters; {MAXIMUM} are allowed.", field="key")
        mine = (Preference.user == self.env.user_id) & (Preference.key == key)
        found = self.env[Preference].search(mine, limit=1)
        if value is None:
            found.delete()
        elif found:
            found.write(value=value)
        else:
            self.env[Preference].create({"user": self.env.user_id, "key": key, "value": value})
