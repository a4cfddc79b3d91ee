"""Commands that change a one2many or a many2many: create, update, delete, link, unlink, set, clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kernel.errors import ValidationError, suggest

Action = Literal["create", "update", "delete", "link", "unlink", "set", "clear"]

_ARITY: dict[str, tuple[str, ...]] = {
    "create": ("values",),
    "update": ("id", "values"),
    "delete": ("id",),
    "link": ("id",),
    "unlink": ("id",),
    "set": ("ids",),
    "clear": (),
}


@dataclass(frozen=True, slots=True)
class Command:
    """One change of a link field. Build it with the class methods."""

    action: Action
    ids: tuple[int, ...] = ()
    values: Mapping[str, Any] | None = None
    seen: Mapping[str, Any] | None = None
    """Of an update from a client: the values it saw, in wire form; compared before anything is written."""

    @classmethod
    def create(cls, values: Mapping[str, Any]) -> Command:
        """A new record, linked."""
        return cls("create", values=values)

    @classmethod
    def update(cls, id: int, values: Mapping[str, Any]) -> Command:
        """Write to a linked record."""
        return cls("update", (id,), values)

    @classmethod
    def delete(cls, id: int) -> Command:
        """Delete a linked record."""
        return cls("delete", (id,))

    @classmethod
    def link(cls, id: int) -> Command:
        """Link a record that exists."""
        return cls("link", (id,))

    @classmethod
    def unlink(cls, id: int) -> Command:
        """Remove the link, keep the record."""
        return cls("unlink", (id,))

    @classmethod
    def set(cls, ids: Iterable[int]) -> Command:
        """Exactly these records are linked afterwards."""
        return cls("set", tuple(ids))

    @classmethod
    def clear(cls) -> Command:
        """Nothing is linked afterwards."""
        return cls("clear")

    @classmethod
    def from_wire(cls, wire: Any, field: str) -> Command:
        """`["update", 3, {...}]` and its like; raises ValidationError for anything else."""
        if not isinstance(wire, list) or not wire or wire[0] not in _ARITY:
            name = wire[0] if isinstance(wire, list) and wire else wire
            near = suggest(name, _ARITY) if isinstance(name, str) else ""
            raise ValidationError(f"{field}: {wire!r} is no link command.{near}", field=field)
        action, arguments = wire[0], wire[1:]
        seen = None
        if action == "update" and len(arguments) == 3:
            seen, arguments = _mapping(arguments[2], field), arguments[:2]
        if len(arguments) != len(_ARITY[action]):
            wanted = ", ".join(_ARITY[action]) or "nothing"
            raise ValidationError(f'{field}: "{action}" takes {wanted}, got {arguments!r}.', field=field)
        ids: tuple[int, ...] = ()
        values: Mapping[str, Any] | None = None
        for kind, argument in zip(_ARITY[action], arguments, strict=True):
            if kind == "values":
                values = _mapping(argument, field)
            else:
                ids = tuple(_id(item, field) for item in (argument if kind == "ids" else [argument]))
        return cls(action, ids, values, seen)


def _mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValidationError(f"{field}: values must be an object, not {value!r}.", field=field)
    return value


def _id(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(f"{field}: {value!r} is no record id.", field=field)
    return value
