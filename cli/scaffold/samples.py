"""Values from which a record of any model can be made: what the tests of a new addon begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kernel.orm import ModelInfo
from kernel.orm.registry.bound import Bound

DEPTH: Final = 4
"""Links that are followed for what must be there first."""


def sample(model: ModelInfo, depth: int = DEPTH) -> str:
    """Source of a dict with every field that must be given: `{"name": "Example"}`."""
    given = [bound for bound in model.required if not bound.field.has_default]
    parts = [f'"{bound.name}": {_value(bound, depth)}' for bound in given]
    return "{" + ", ".join(parts) + "}"


def _value(bound: Bound, depth: int) -> str:
    kind = bound.field.type
    if kind == "many2one" and bound.comodel is not None and depth:
        return f'env.model("{bound.comodel.name}").create({sample(bound.comodel, depth - 1)})'
    return _VALUES.get(kind, lambda _field: '"Example"')(bound.field)


def _first_choice(field: Any) -> str:
    return f'"{field.values[0][0]}"'


_VALUES: Final[Mapping[str, Callable[[Any], str]]] = {
    "integer": lambda _field: "1",
    "float": lambda _field: "1.0",
    "decimal": lambda _field: "1",
    "money": lambda _field: "1",
    "date": lambda _field: "env.today()",
    "datetime": lambda _field: "env.now()",
    "selection": _first_choice,
}
