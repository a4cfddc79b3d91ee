"""The SQL of an extra field: a typed path into the column `extra`, the same in queries and indexes.

The key is part of the text, not a parameter: an index is used only where the planner sees the same
expression. Keys are names (`kernel.orm.extra.definitions.NAME`), so nothing of a person's text gets here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kernel.errors import DeveloperError
from kernel.orm.extra.definitions import NAME

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound

_NULL: Final = {"text": "''", "int8": "0", "float8": "0", "numeric": "0", "bool": "false"}
"""What stands for an absent key where the field has no NULL."""


def extra_path(bound: Bound, at: str) -> str:
    """The value under the key, cast; NULL where the key is absent. `at` is the table's name or alias, or empty."""
    if not NAME.fullmatch(bound.extra_key):
        raise DeveloperError(f'"{bound.extra_key}" is no name of an extra field.')
    column = f"{at}.extra" if at else "extra"
    text = f"({column}->>'{bound.extra_key}')"
    return text if bound.sql_type == "text" else f"{text}::{bound.sql_type}"


def extra_value(bound: Bound, at: str) -> str:
    """The value as the field has it: absence in its one form, a link to a record that is gone is unset."""
    path = extra_path(bound, at)
    if bound.comodel is not None:
        return f"(SELECT there.id FROM {bound.comodel.sql} there WHERE there.id = {path})"
    return path if bound.nullable else f"coalesce({path}, {_NULL[bound.sql_type]})"
