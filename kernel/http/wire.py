"""Values from a client: checked against what a client may set, and turned into what the ORM takes.

The ORM trusts the code that calls `create` and `write`; here is where input from outside is told from it.
A client sets no audit field, no readonly or computed one, and none that it may not know of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kernel.errors import MissingError, ValidationError
from kernel.http.casting import INT8, ArgumentError
from kernel.orm import Command
from kernel.orm.registry.bound import Bound, ModelInfo

AUDIT = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version"})
MOST_IDS = 10_000
"""Records one call may name."""

DEPTH = 8
"""Levels of lines within lines."""

Find = Callable[[ModelInfo, str], Bound]
"""(model, name) -> the field, declared or extra; a hidden one is as unknown as one that does not exist."""


def settable_field(model: ModelInfo, name: str, find: Find) -> Bound:
    """The field, if a client may set it."""
    bound = find(model, name)
    if name in AUDIT or bound.field.readonly:
        raise ValidationError(
            f"{model.label}, {bound.field.label}: this cannot be set.",
            field=name,
            code="readonly",
            hint="The system fills it in.",
        )
    return bound


def read_values(model: ModelInfo, values: Any, find: Find, depth: int = 1) -> dict[str, Any]:
    """`{field: wire value}` as `create` and `write` take it; commands of link fields read through."""
    if depth > DEPTH:
        raise ArgumentError(f"Values are nested deeper than {DEPTH} levels.")
    if not isinstance(values, dict):
        raise ArgumentError(f"The values of {model.name} are an object, not {values!r:.80}.")
    return {name: read_value(settable_field(model, name, find), value, find, depth) for name, value in values.items()}


def read_value(bound: Bound, value: Any, find: Find, depth: int = 1) -> Any:
    """One value from the wire."""
    if bound.field.type not in ("one2many", "many2many"):
        return bound.field.from_wire(value, bound)
    comodel = bound.comodel
    commands: list[Command] = bound.field.commands(value, bound, wire=True)  # type: ignore[attr-defined]
    if comodel is None or not any(command.values is not None for command in commands):
        return commands
    return [_read_command(command, comodel, find, depth + 1) for command in commands]


def _read_command(command: Command, comodel: ModelInfo, find: Find, depth: int) -> Command:
    if command.values is None:
        return command
    values = read_values(comodel, command.values, find, depth)
    return Command(command.action, command.ids, values, command.seen)


def read_ids(given: Any) -> list[int]:
    """A list of ids, each once, in the order given."""
    if not isinstance(given, list):
        raise ArgumentError(f"ids: a list of ids is needed, got {given!r:.80}.")
    if len(given) > MOST_IDS:
        raise ArgumentError(f"ids: {len(given)} records at once are too many, {MOST_IDS} fit.")
    return list(dict.fromkeys(read_id(item) for item in given))


def read_id(given: Any) -> int:
    """One id. What cannot be one is a record that does not exist."""
    if type(given) is not int:
        raise ArgumentError(f"id: a whole number is needed, got {given!r:.80}.")
    if not 0 < given < INT8:
        raise MissingError("There is no such record, or you may not see it.")
    return given


def check_names(given: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise ArgumentError where the body has a key that the method does not take."""
    allowed = frozenset(known)
    for name in given:
        if name not in allowed:
            raise ArgumentError(f'{where} takes no "{name}".', hint=f"It takes {', '.join(sorted(allowed))}.")
