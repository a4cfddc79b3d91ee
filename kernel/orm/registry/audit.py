"""The fields every model has: id, who made and changed it and when, and the version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kernel.orm.domains.domain import Domain
from kernel.orm.fields.base import Field
from kernel.orm.fields.scalar import Integer
from kernel.orm.fields.time import Datetime

if TYPE_CHECKING:
    from kernel.orm.model import Model


class Identity(Integer[int]):
    """The primary key; 0 on the empty recordset."""

    def __init__(self) -> None:
        super().__init__("ID", readonly=True, copy=False)

    def child_of(self, records: Model | int | Iterable[int]) -> Domain:
        """The record itself is one of `records`, or below one: `Genre.id.child_of(poetry)`."""
        return Domain.term(self.name, "child_of", records)

    def parent_of(self, records: Model | int | Iterable[int]) -> Domain:
        """The record itself is one of `records`, or above one."""
        return Domain.term(self.name, "parent_of", records)


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
