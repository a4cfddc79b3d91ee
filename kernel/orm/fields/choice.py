"""Selection: one of a fixed list of values, or a member of an Enum; other addons may add to the list."""

from __future__ import annotations

import builtins
import copy
import enum
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from kernel.errors import DeveloperError, suggest
from kernel.orm.fields.base import Field
from kernel.orm.place import Place, caller_place

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Bound

S = TypeVar("S")
E = TypeVar("E", bound=enum.Enum)
Pairs = Sequence[tuple[str, str]]


class Selection(Field[S]):
    """One of a fixed list: `[("open", "Open"), ...]`, or the members of an Enum of texts.

    The database and the wire hold the value; a record reads the text, or the member of the Enum. A value
    that is no longer in the list (its addon was removed) is read as its text.
    """

    type = "selection"
    sql_type = "text"
    exact: builtins.type[Any] = str

    @overload
    def __init__(
        self: Selection[E], values: builtins.type[E], label: str = ..., *, required: Literal[True], **options: Any
    ) -> None: ...
    @overload
    def __init__(self: Selection[E | None], values: builtins.type[E], label: str = ..., **options: Any) -> None: ...
    @overload
    def __init__(
        self: Selection[str], values: Pairs, label: str = ..., *, required: Literal[True], **options: Any
    ) -> None: ...
    @overload
    def __init__(self: Selection[str | None], values: Pairs, label: str = ..., **options: Any) -> None: ...
    def __init__(self, values: Pairs | builtins.type[enum.Enum], label: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.members: Mapping[str, enum.Enum] = {}
        if isinstance(values, type):
            self.exact = values
            self.members = {member.value: member for member in values}
            values = [(member.value, _member_label(member)) for member in values]
        self.values: tuple[tuple[str, str], ...] = ()
        self._labels: dict[str, str] = {}
        self._take(values, self.place)
        if not values:
            raise DeveloperError(f"{self.place}: Selection() needs at least one value.")

    def _take(self, pairs: Iterable[Any], place: Place, after: str = "") -> None:
        """Put values into the list, behind the value `after` or at the end."""
        found: dict[str, str] = {}
        for pair in pairs:
            if not (isinstance(pair, (tuple, list)) and len(pair) == 2 and isinstance(pair[0], str) and pair[0]):
                raise DeveloperError(f"{place}: the value of a Selection is a pair of texts, not {pair!r}.")
            if pair[0] in found or pair[0] in self._labels:
                raise DeveloperError(f'{place}: the value "{pair[0]}" is in the Selection {self.name!r} twice.')
            found[pair[0]] = str(pair[1])
        known = list(self.values)
        at = next((index + 1 for index, (value, _) in enumerate(known) if value == after), None)
        if after and at is None:
            raise DeveloperError(f'{place}: after="{after}" is no value of {self.name}.{suggest(after, self._labels)}')
        known[at or len(known) : at or len(known)] = found.items()
        self.values = tuple(known)
        self._labels = dict(known)

    @property
    def as_stored(self) -> bool:
        return not self.members

    def accept(self, value: Any) -> Any:
        if value in self._labels or isinstance(value, enum.Enum):
            return value
        if value == "":
            return None
        raise self._unknown(value)

    def _unknown(self, value: str) -> ValueError:
        return ValueError(f'"{value}" is none of {", ".join(self._labels)}.{suggest(value, self._labels)}'.rstrip("."))

    def accepts_all(self, values: list[Any]) -> bool:
        return bool(self.members) or self._labels.keys() >= set(values)

    def coerce(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            value = value.value
        if type(value) is not str:
            raise TypeError(f"{value!r} is no text")
        if not self.members or value == "":
            return value
        member = self.members.get(value)
        if member is None:
            raise self._unknown(value)
        return member

    def from_sql(self, value: Any) -> Any:
        return self.members.get(value, value)

    def to_sql(self, value: Any) -> Any:
        return value.value if isinstance(value, enum.Enum) else value

    def to_wire(self, value: Any) -> Any:
        return value.value if isinstance(value, enum.Enum) else value

    def operand(self, value: Any, operator: str, bound: Bound) -> Any:
        return self.to_sql(self.convert(value, bound))

    def text(self, value: Any) -> str:
        """What a person reads for `value`."""
        kept = self.to_wire(value)
        return "" if kept is None else self._labels.get(kept, str(kept))

    if TYPE_CHECKING:

        def __set__(self, record: Model, value: S | str) -> None: ...

    # -- more values from other addons ----------------------------------------------------------------
    def more(self, *values: tuple[str, str], after: str = "") -> MoreValues:
        """Values that an extension adds, behind the value `after` or at the end of the list.

        An attribute of the extending class: `_lost = Deal.stage.more(("lost", "Lost"), after="won")`.
        """
        place = caller_place(sys._getframe(1))
        if self.members:
            raise DeveloperError(
                f"{place}: {self.name} takes the members of {self.exact.__name__}, and an Enum is closed.",
                hint="Declare the field with pairs of texts, if other addons may add values.",
            )
        return MoreValues(self, values, after, place)

    def extended(self, more: MoreValues) -> Self:
        """The same field with more values; this one stays as it is for registries without that addon."""
        field = copy.copy(self)
        field._take(more.values, more.place, more.after)
        return field


class MoreValues:
    """Values that a class adds to a Selection of the model it extends."""

    def __init__(self, field: Selection[Any], values: Pairs, after: str, place: Place) -> None:
        self.field = field
        self.values = tuple(values)
        self.after = after
        self.place = place


def _member_label(member: enum.Enum) -> str:
    """Its `label`, if the Enum has such a property; else its name in words."""
    label = getattr(member, "label", None)
    return label if isinstance(label, str) else member.name.replace("_", " ").capitalize()


def selection_pairs(values: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The wire form of a selection's values."""
    return [[value, text] for value, text in values]


__all__ = ["MoreValues", "Selection", "selection_pairs"]
