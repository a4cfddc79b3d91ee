"""The fields every model has: id, who made and changed it and when, and the version."""

from __future__ import annotations

from typing import Any

from kernel.orm.fields.base import Field
from kernel.orm.fields.scalar import Integer
from kernel.orm.fields.time import Datetime


class Identity(Integer[int]):
    """The primary key; 0 on the empty recordset."""

    def __init__(self) -> None:
        super().__init__("ID", readonly=True, copy=False)


def audit_fields() -> dict[str, Field[Any]]:
    """Name -> field. No foreign key on the users: two of them would cost half of the insert's time."""
    fields: dict[str, Field[Any]] = {
        "id": Identity(),
        "created_at": Datetime("Created", readonly=True, copy=False),
        "created_by": Integer("Created by", nullable=True, readonly=True, copy=False),
        "updated_at": Datetime("Changed", readonly=True, copy=False),
        "updated_by": Integer("Changed by", nullable=True, readonly=True, copy=False),
        "version": Integer("Version", readonly=True, copy=False, default=1),
    }
    return fields
