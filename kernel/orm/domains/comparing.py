"""References in a domain: one that leads to a hidden record is equal to nothing that a person can name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import JUNCTIONS, Key
from kernel.orm.fields.reference import split
from kernel.orm.registry.bound import ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env

NOTHING: Final = "-"
"""A text that no reference is equal to, or begins with."""
_MODEL: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+,")


def seen_references(env: Env, domain: Domain, model: ModelInfo) -> Domain:
    """The checked domain, hidden records among the values that references are compared with replaced by nothing.

    One query for each model that is named and of which the actor sees a part.
    """
    places = _places(domain.key, model)
    if not places:
        return domain
    given = [text for place in places for text in _texts(domain.params[place])]
    hidden = _hidden(env, given)
    params = list(domain.params)
    for place in places:
        value = params[place]
        if isinstance(value, str):
            params[place] = NOTHING if value in hidden else value
        else:
            params[place] = type(value)([NOTHING if each in hidden else each for each in value])
    return Domain(domain.key, tuple(params))


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _hidden(env: Env, texts: Iterable[str]) -> set[str]:
    """Those of the texts that name a record which may not be read, or the beginning of its id."""
    pairs = {text: split(text) for text in texts}
    ids: dict[str, list[int]] = {}
    for pair in pairs.values():
        if pair is not None:
            ids.setdefault(pair[0], []).append(pair[1])
    readable: dict[str, Any] = {}
    for name, given in ids.items():
        known = env.registry.models.get(name)
        sees_all = known is None or env.sees_all(known)
        readable[name] = set(given) if sees_all or known is None else env.readable(known, given)
    return {
        text
        for text, pair in pairs.items()
        if (pair is None and text and not _MODEL.fullmatch(text)) or (pair and pair[1] not in readable[pair[0]])
    }


def _places(key: Key, model: ModelInfo) -> tuple[int, ...]:
    """Where among the values those of references are; found once per shape."""
    plans = model.registry.plans
    place = ("references", model.name, key)
    found: tuple[int, ...] | None = plans.get(place)
    if found is None:
        leaves = [kind for kind in _leaves(key, model) if kind is not None]
        found = plans[place] = tuple([at for at, is_reference in enumerate(leaves) if is_reference])
    return found


def _leaves(key: Key, model: ModelInfo) -> Iterator[bool | None]:
    """Of each term in order whether it compares a reference; None for one without a value."""
    if key[0] in JUNCTIONS:
        for part in key[1:]:
            yield from _leaves(part, model)
        return
    path, operator, kind = key
    bound = model.fields[path.partition(":")[0]]
    if operator == "any":
        assert bound.comodel is not None
        yield from _leaves(kind, bound.comodel)
    else:
        yield None if kind == "0" else bound.field.type == "reference"


__all__ = ["seen_references"]
