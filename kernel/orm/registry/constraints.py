"""Constraints declared on a model: they become named SQL constraints, and a violation names the record."""

from __future__ import annotations

import sys
from typing import Any

from kernel.errors import DeveloperError
from kernel.orm.place import Place, caller_place


class Constraint:
    """Base of the three kinds. `message` is what the person reads when it is violated."""

    message: str

    def __init__(self, message: str) -> None:
        if not message:
            raise DeveloperError("A constraint needs a message= for the person who violates it.")
        self.message = message
        self.name = ""
        self.place: Place = caller_place(sys._getframe(2))

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name.lstrip("_")


class Unique(Constraint):
    """No two records have the same values in `fields`.

    Rows in which a text part is empty do not take part; unset relations are distinct unless
    `unset_equal` is true.
    """

    def __init__(self, *fields: str, message: str, unset_equal: bool = False) -> None:
        super().__init__(message)
        if not fields:
            raise DeveloperError("Unique() needs the name of at least one field.")
        self.fields = fields
        self.unset_equal = unset_equal


class Check(Constraint):
    """`expression` is a SQL condition over the columns of one row of the model's table."""

    def __init__(self, expression: str, *, message: str) -> None:
        super().__init__(message)
        self.expression = expression


class Exclude(Constraint):
    """No two rows match in all parts: `Exclude("int8range(room_id, room_id, '[]') WITH &&, during WITH &&", ...)`."""

    def __init__(self, expression: str, *, message: str, where: str = "", using: str = "gist") -> None:
        super().__init__(message)
        self.expression = expression
        self.where = where
        self.using = using
