"""Who satisfies which rule, as far as it was asked: known until a field changes that the rule looks at.

Only rules over columns of the record's own row are remembered; what else might change the answer of one
that looks further cannot be told from a write.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.registry.bound import ModelInfo

TOUCHED = frozenset({"updated_at", "updated_by", "version"})
"""What every UPDATE changes."""


class Standing:
    """Records that satisfied a rule in the database, per model and rule."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, Domain], tuple[frozenset[str], set[Any]]] = {}

    def of(self, model: ModelInfo, rule: Domain) -> set[Any]:
        """The ids known to satisfy `rule`: to be looked up and added to. Of a rule that looks further: a new set."""
        key = (model.name, rule)
        held = self._held.get(key)
        if held is None:
            names = query.own_fields(rule)
            if names is None or any(model.fields[name].keyed for name in names):
                return set()
            held = self._held[key] = (names, set())
        return held[1]

    def changed(self, model: ModelInfo, names: frozenset[str], ids: Iterable[Any]) -> None:
        """Fields of records were written: what rests on them is not known any more."""
        for (name, _), (fields, held) in self._held.items():
            if name == model.name and held and not (fields.isdisjoint(names) and fields.isdisjoint(TOUCHED)):
                held.difference_update(ids)

    def forget(self, model: ModelInfo) -> None:
        """Nothing is known of the records of a model any more."""
        for (name, _), (_, held) in self._held.items():
            if name == model.name:
                held.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
