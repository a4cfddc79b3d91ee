"""Conflicts on lines: `["update", 5, {"quantity": 3}, {"quantity": 2}]` says what was seen of the line, too.

The lines' rows are locked and compared before anything is written, whatever the depth they stand at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.http.calls import Call
from kernel.http.calls import missing as gone
from kernel.http.casting import ArgumentError
from kernel.http.seen import conflict, same_value
from kernel.http.wire import settable_field
from kernel.orm import Command, Model
from kernel.orm.registry.bound import Bound, ModelInfo

Line = tuple[Bound, Command]
"""The link field of the record itself, under whose name the client shows the line; and the update."""


def check_lines(call: Call, model: ModelInfo, values: Mapping[str, Any]) -> None:
    """Raise ConflictError where a line is not what the client saw of it; `values` as `create` takes them."""
    found: dict[ModelInfo, list[Line]] = {}
    for name, value in values.items():
        bound = call.env.field(model, name)
        for comodel, command in _updates(call, bound, value):
            found.setdefault(comodel, []).append((bound, command))
    for comodel, updates in found.items():
        _check(call, comodel, updates)


def _updates(call: Call, bound: Bound, value: Any) -> Iterator[tuple[ModelInfo, Command]]:
    """The updates with seen values in the commands of a link field, and in the lines within lines."""
    if bound.comodel is None or bound.field.type not in ("one2many", "many2many"):
        return
    for command in value:
        if command.seen is not None:
            yield bound.comodel, command
        for name, inner in (command.values or {}).items():
            yield from _updates(call, call.env.field(bound.comodel, name), inner)


def _check(call: Call, model: ModelInfo, updates: list[Line]) -> None:
    ids = tuple(dict.fromkeys(command.ids[0] for _, command in updates))
    lines = call.env.records(model, ids)
    if len(lines.exists()) != len(ids):
        raise gone()
    call.lock(lines)
    for bound, command in updates:
        _compare(call, call.env.records(model, command.ids), bound, command)


def _compare(call: Call, line: Model, link: Bound, command: Command) -> None:
    model, values, seen = line.__info__, command.values or {}, command.seen or {}
    if stray := [name for name in seen if name not in values]:
        raise ArgumentError(f"{link.name}: {stray[0]!r} was seen of line {command.ids[0]}, and is not changed.")
    fields = [settable_field(model, name, call.env.field) for name in seen]
    fields = [bound for bound in fields if not bound.field.secret]
    now = line.read({bound.name: {} for bound in fields})[0]
    conflicts = [
        {"field": bound.name, "label": bound.field.label, "theirs": now[bound.name], "yours": yours}
        for bound in fields
        if not same_value(bound, seen[bound.name], now[bound.name])
        and not same_value(bound, yours := _wire(bound, values[bound.name]), now[bound.name])
    ]
    if conflicts:
        of = {"model": model.name, "id": line.id, "field": conflicts[0]["field"]}
        raise conflict(call, line, conflicts, field=link.name, line=of)


def _wire(bound: Bound, value: Any) -> Any:
    """A value that was read from the wire, in wire form again."""
    return value if bound.comodel is not None else bound.field.to_wire(value)
