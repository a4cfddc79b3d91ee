"""Paths over extra fields: what people write is looked up by its plain name, and typed for SQL.

`x_size` becomes `x_size@integer`: see `kernel.orm.extra.definitions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kernel.errors import UnknownFieldError
from kernel.orm.domains.operators import JUNCTIONS, Key

if TYPE_CHECKING:
    from kernel.orm.extra.definitions import ExtraBound
    from kernel.orm.registry.bound import ModelInfo

PREFIX: Final = "x_"
_TOKEN: Final = re.compile(r"@[^.:,\s]*")

Resolve = Callable[["ModelInfo", str], "ExtraBound"]
"""(model, API name) -> the field, if the actor may see it; else UnknownFieldError."""


def plain(text: str) -> str:
    """A typed path as people write it."""
    return _TOKEN.sub("", text) if "@" in text else text


def typed_path(path: str, model: ModelInfo, resolve: Resolve) -> tuple[str, ModelInfo | None]:
    """A path with its extra fields typed, and the model that it leads to."""
    done: list[str] = []
    at: ModelInfo | None = model
    for step in path.split("."):
        name, colon, part = step.partition(":")
        if at is not None:
            if "@" in name:
                raise UnknownFieldError(at.name, name, at.fields)
            bound = at.fields.get(name)
            if bound is None and name.startswith(PREFIX):
                extra = resolve(at, name)
                at, name = extra.comodel, extra.definition.token
            else:
                at = None if bound is None else bound.comodel
        done.append(f"{name}{colon}{part}")
    return ".".join(done), at


def typed_order(text: str, model: ModelInfo, resolve: Resolve) -> str:
    """An order with its extra fields typed."""
    parts = [part.strip().partition(" ") for part in text.split(",")]
    return ", ".join(f"{typed_path(path, model, resolve)[0]}{space}{rest}" for path, space, rest in parts)


def typed_key(key: Key, model: ModelInfo, resolve: Resolve) -> Key:
    """A raw key of a domain with its extra fields typed."""
    if key[0] in JUNCTIONS:
        return (key[0], *[typed_key(part, model, resolve) for part in key[1:]])
    path, operator, kind = key
    typed, behind = typed_path(path, model, resolve)
    if operator == "any" and behind is not None:
        return (typed, operator, typed_key(kind, behind, resolve))
    return (typed, operator, kind)


def plain_key(key: Key) -> Key:
    """A typed key as people write it."""
    if key[0] in JUNCTIONS:
        return (key[0], *[plain_key(part) for part in key[1:]])
    return (plain(key[0]), *key[1:])
