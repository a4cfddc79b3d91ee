"""Ids that are given from outside: who may not read a record cannot link to it, or learn that it is there.

Code that holds a recordset is trusted. A bare id may have been guessed: as the value of a many2one, in a list
or in a command it must be one that the actor may read; else the answer is the one for a record that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any

from kernel.orm.fields.reference import split
from kernel.orm.query import own_fields
from kernel.orm.reading.scope import missing
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.writing.commands import Command

if TYPE_CHECKING:
    from kernel.orm.env import Env

FIRST_BLOCK, BLOCK = 16, 256
"""How many ids are asked for at once, where ids are given one by one and in their order."""


def guard(env: Env, bound: Bound, values: Iterable[Any]) -> None:
    """Raise MissingError for an id among `values` of a link field that the actor may not read."""
    if env.is_system:
        return
    if bound.field.type == "reference":
        _guard_references(env, values)
    elif bound.comodel is not None and not env.sees_all(bound.comodel):  # looked up first: ids cost 5% of W11
        _guard_ids(env, bound.comodel, _all_given(values))


def _all_given(values: Iterable[Any]) -> dict[int, None]:
    """The bare ids in all of `values`, once each."""
    values = list(values)
    if set(map(type, values)) <= {int, NoneType}:  # what an import gives; one by one is 6% of W1
        ids = dict.fromkeys(values)
        ids.pop(None, None)
        ids.pop(0, None)
        return ids
    return dict.fromkeys(id for value in values for id in given_ids(value))


def _guard_references(env: Env, values: Iterable[Any]) -> None:
    """The same for texts and wire forms of references, by the models they name."""
    ids: dict[str, dict[Any, None]] = {}
    for value in values:
        pair = split(value) if isinstance(value, str) else _pair(value)
        if pair is not None:
            ids.setdefault(pair[0], {})[pair[1]] = None
    for name, given in ids.items():
        if name in env.registry.models:
            _guard_ids(env, env.registry.models[name], given)


def _pair(value: Any) -> tuple[str, int] | None:
    """Model and id of the wire form of a reference; None for a record."""
    pair = (value.get("model"), value.get("id")) if isinstance(value, Mapping) else (None, None)
    return (pair[0], pair[1]) if isinstance(pair[0], str) and type(pair[1]) is int else None


def _guard_ids(env: Env, model: ModelInfo, ids: Iterable[int]) -> None:
    ids = list(ids)
    if not ids or env.sees_all(model):
        return
    granted = env.granted.setdefault(model.name, set())  # one's own new records, too
    if granted.issuperset(ids):
        return
    readable = env.readable(model, _with_neighbours(env, model, ids[0]) if len(ids) == 1 else ids) | granted
    for id in ids:
        if id not in readable:
            raise missing(model, id)


def _with_neighbours(env: Env, model: ModelInfo, id: int) -> list[int]:
    """`id` and the ids after it, of which the actor may give the next: an import row by row asks once a block.

    1,000 single creates below 100 parents (W2) send 13 statements instead of 110. What is not written yet is
    left out: asking for it would flush.
    """
    work, after = env.work, env.guarded.get(model.name, (0, 0))
    count = min(after[1] * 4, BLOCK) if after[0] == id else FIRST_BLOCK
    env.guarded[model.name] = (id + count, count)
    new, rule = work.new.get(model.name, ()), env.rule(model, "read")
    near = [each for each in range(id + 1, id + count) if each not in new]
    names = own_fields(rule) if rule is not None else None
    return [id, *near] if names is not None and work.settled(model, names, near) else [id]


def given_ids(value: Any) -> Iterator[int]:
    """The bare ids in a value of a link field: alone, in a list, in commands, by company."""
    if type(value) is int:
        if value:
            yield value
    elif isinstance(value, Command):
        yield from (id for id in value.ids if type(id) is int)
    elif isinstance(value, Mapping):
        yield from given_ids(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from given_ids(item)


def kept_links(env: Env, model: ModelInfo, ids: Iterable[Any]) -> set[Any]:
    """Those of `ids` that the actor cannot see, and so cannot take away."""
    if env.sees_all(model):
        return set()
    found = set(ids)
    return found - env.readable(model, found)


__all__ = ["given_ids", "guard", "kept_links"]
