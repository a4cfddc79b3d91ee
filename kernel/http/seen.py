"""Conflicts: a change carries the value that its author saw; another value in the database is a conflict.

The rows are locked before they are compared. Under REPEATABLE READ a row that somebody changed since our
snapshot cannot be locked: the request begins anew and then compares with the newest value. So nothing that
was not seen is overwritten, and writers of different fields do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import ConflictError, MissingError
from kernel.http.calls import Call
from kernel.http.casting import ArgumentError
from kernel.http.wire import Find, read_value, settable_field
from kernel.orm import Model
from kernel.orm.registry.bound import Bound, ModelInfo

UNSEEN: Any = object()
_LINKS = ("one2many", "many2many")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a client changes."""

    bound: Bound
    seen: Any
    wanted: Any
    """Both in wire form; `seen` is UNSEEN where commands need no comparison."""
    value: Any
    """What is written."""


def read_changes(model: ModelInfo, given: Any, find: Find) -> list[Change]:
    """`{field: {"from": seen, "to": wanted}}` from a body."""
    if not isinstance(given, dict):
        raise ArgumentError('changes: an object {field: {"from": ..., "to": ...}} is needed.')
    return [_read_change(settable_field(model, name, find), change, find) for name, change in given.items()]


def _read_change(bound: Bound, change: Any, find: Find) -> Change:
    is_link = bound.field.type in _LINKS
    needed = {"to"} if is_link else {"from", "to"}
    if not isinstance(change, dict) or not needed <= change.keys() <= {"from", "to"}:
        raise ArgumentError(f'changes.{bound.name}: {{"from": what was seen, "to": what is wanted}} is needed.')
    seen = change.get("from", UNSEEN)
    return Change(bound, seen, change["to"], read_value(bound, change["to"], find))


def check_seen(call: Call, record: Model, changes: Sequence[Change]) -> None:
    """Raise ConflictError where the locked record has values that the client has not seen."""
    compared = [change for change in changes if change.seen is not UNSEEN and not change.bound.field.secret]
    if not compared:
        return
    now = record.read({change.bound.name: {} for change in compared})[0]
    conflicts = [
        {
            "field": change.bound.name,
            "label": change.bound.field.label,
            "theirs": theirs,
            "yours": change.wanted,
        }
        for change in compared
        if not same_value(change.bound, change.seen, theirs := now[change.bound.name])
        and not same_value(change.bound, change.wanted, theirs)
    ]
    if conflicts:
        raise conflict(call, record, conflicts)


def check_texts(call: Call, record: Model, bound: Bound, changes: Mapping[str, Mapping[str, str]]) -> None:
    """The same for the texts of one field, by language; what is not translated was seen as an empty text."""
    now = record.translations(bound.name)
    conflicts = [
        {"field": bound.name, "label": bound.field.label, "language": language, "theirs": theirs, "yours": change["to"]}
        for language, change in changes.items()
        if (theirs := now.get(language, "")) not in (change["from"], change["to"])
    ]
    if conflicts:
        raise conflict(call, record, conflicts)


def same_value(bound: Bound, given: Any, theirs: Any) -> bool:
    """Whether a value from the client is the one read now, whatever its spelling."""
    if bound.field.type in _LINKS:
        return bool(_ids(given) == _ids(theirs))
    if bound.field.type == "many2one":
        return bool(_id(given) == _id(theirs))
    if given == theirs:
        return True
    if bound.field.type == "reference":
        return bool(bound.field.from_wire(given, bound) == bound.field.from_wire(theirs, bound))
    if bound.field.type in ("binary", "image"):
        return bool(_content(given) == _content(theirs))
    return bool(bound.field.to_wire(bound.field.from_wire(given, bound)) == theirs)


def _content(value: Any) -> Any:
    """What a file holds; one that is being sent is like no other."""
    return value.get("sha256", object()) if isinstance(value, dict) else None


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value or None


def _ids(value: Any) -> Any:
    """The set of ids in a list of ids or of `{"id": ...}`; a list of commands is equal to nothing."""
    items = value if isinstance(value, list) else []
    if any(isinstance(item, list) for item in items):
        return None
    return frozenset(_id(item) for item in items)


def conflict(call: Call, record: Model, conflicts: list[dict[str, Any]], **details: Any) -> ConflictError:
    """The error for a record (or a line) whose fields are not what the client saw."""
    system = call.env.as_system("a conflict says who changed the record")
    theirs = system.records(record.__info__, record.ids).read({"updated_by": {}, "updated_at": {}})[0]
    labels = ", ".join(str(conflict["label"]) for conflict in conflicts)
    who = _name(call, theirs["updated_by"])
    return ConflictError(
        f"{who or 'Somebody'} changed {labels} while you were editing.",
        hint="Compare both values and choose one.",
        **{**conflicts[0], **details},
        who=who,
        when=theirs["updated_at"],
        conflicts=conflicts,
    )


def _name(call: Call, user: Any) -> str:
    users = call.env.ports.users
    if users is None or not user:
        return ""
    try:
        return users.user(call.env.as_system("a conflict says who changed the record"), int(user)).name
    except MissingError:
        return ""
