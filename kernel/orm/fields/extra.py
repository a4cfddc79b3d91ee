"""The column behind the extra fields of a model: one jsonb object, kept as an immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kernel.orm.fields.base import Field


class Extras:
    """The extra values of one record in JSON form, by key; and what was set since they were read.

    A write sends `patch` only, and the database merges it into what it has: two writers of different keys
    leave each other's values alone. `None` in a patch takes the key away.
    """

    __slots__ = ("patch", "values")

    def __init__(self, values: Mapping[str, Any], patch: Mapping[str, Any]) -> None:
        self.values: Final = values
        self.patch: Final = patch

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extras) and self.values == other.values

    def __hash__(self) -> int:
        return hash(frozenset(self.values))

    def __repr__(self) -> str:
        return f"Extras({dict(self.values)!r})"

    def merged(self, patch: Mapping[str, Any]) -> Extras:
        """With other values for some keys; None unsets."""
        values = {key: value for key, value in {**self.values, **patch}.items() if value is not None}
        return Extras(values, {**self.patch, **patch})


EMPTY: Final = Extras({}, {})


class ExtraColumn(Field[Any]):
    """The column `extra`; models get it by `extensible=True`, nobody declares it."""

    type = "extra"
    sql_type = "jsonb"
    exact = Extras
    prefetch = False
    orderable = False

    @property
    def null(self) -> Any:
        return EMPTY

    def coerce(self, value: Any) -> Any:
        raise TypeError("extra fields are set by their names, like x_color")

    def from_sql(self, value: Any) -> Extras:
        return Extras({key: each for key, each in value.items() if each is not None}, {}) if value else EMPTY

    def to_sql(self, value: Extras) -> Mapping[str, Any]:
        return value.patch
