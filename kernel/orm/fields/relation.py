"""Fields that link records: many2one, one2many, many2many."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack

from kernel.errors import DeveloperError, ValidationError, suggest
from kernel.orm.domains.domain import Domain
from kernel.orm.fields.base import Field, Options
from kernel.orm.writing.commands import Command

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Bound

M = TypeVar("M", bound="Model")
OnDelete = Literal["restrict", "cascade", "set null"]
_ON_DELETE = ("restrict", "cascade", "set null")


class Relation(Field[M], Generic[M]):
    """Base of the three kinds. `comodel` is a declared class, or a model's name."""

    orderable = False

    def child_of(self, records: M | int | Iterable[int]) -> Domain:
        """A linked record is one of `records`, or below one."""
        return Domain.term(self.name, "child_of", records)

    def parent_of(self, records: M | int | Iterable[int]) -> Domain:
        """A linked record is one of `records`, or above one."""
        return Domain.term(self.name, "parent_of", records)

    def __init__(self, comodel: builtins.type[M] | str, label: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.comodel = comodel

    @property
    def comodel_name(self) -> str:
        """The name of the model linked to."""
        if isinstance(self.comodel, str):
            return self.comodel
        name = getattr(self.comodel, "__model__", "")
        if not name:
            raise DeveloperError(f"{self.place}: {self.comodel.__name__} is no model one can link to.")
        return str(name)


class Many2one(Relation[M]):
    """A link to one record or none. `ondelete` is what happens here when that one is deleted."""

    type = "many2one"
    sql_type = "int8"
    exact = int
    orderable = True

    def __init__(
        self,
        comodel: builtins.type[M] | str,
        label: str = "",
        *,
        ondelete: OnDelete | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(comodel, label, **options)
        if ondelete not in (None, *_ON_DELETE):
            near = suggest(str(ondelete), _ON_DELETE)
            raise DeveloperError(f'{self.place}: ondelete="{ondelete}" is none of {", ".join(_ON_DELETE)}.{near}')
        self.ondelete: OnDelete = ondelete or ("restrict" if self.required else "set null")
        if self.required and self.ondelete == "set null":
            raise DeveloperError(f'{self.place}: a required link cannot be ondelete="set null".')

    if TYPE_CHECKING:

        def __set__(self, record: Model, value: M | int | None) -> None: ...

    def coerce(self, value: Any) -> Any:
        ids = getattr(value, "ids", None)
        if ids is None:
            if isinstance(value, DraftId):
                return value
            raise TypeError(f"{value!r} is no record")
        if len(ids) > 1:
            raise ValueError(f"{len(ids)} records given, one fits")
        return ids[0] if ids else 0

    def accept(self, value: Any) -> Any:
        return value or None

    def accepts_all(self, values: list[Any]) -> bool:
        return 0 not in values

    def convert(self, value: Any, bound: Bound, id: int | None = None) -> Any:
        model = getattr(type(value), "__model__", None)
        if model is not None and bound.comodel is not None and model != bound.comodel.name:
            raise ValidationError(
                f"{bound.model.label}, {self.label}: a {model} was given, a {bound.comodel.name} fits.",
                record=(bound.model.name, id),
                field=self.name,
            )
        return super().convert(value, bound, id)

    def from_wire(self, value: Any, bound: Bound) -> Any:
        return self.convert(value["id"] if isinstance(value, dict) and "id" in value else value, bound)

    def operand(self, value: Any, operator: str, bound: Bound) -> Any:
        if operator in ("like", "ilike", "not like", "not ilike", "starts_with"):
            return value
        return self.from_wire(value, bound)

    def has(self, domain: Domain) -> Domain:
        """The linked record satisfies `domain`."""
        return Domain.any_(self.name, domain)


class _ToMany(Relation[M]):
    @property
    def null(self) -> Any:
        return ()

    if TYPE_CHECKING:

        def __set__(self, record: Model, value: M | Sequence[Command] | Iterable[int]) -> None: ...

    def commands(self, value: Any, bound: Bound, *, wire: bool = False) -> list[Command]:
        """Input -> commands: a recordset or ids are `set`, a list of commands is itself."""
        if value is None:
            return [Command.clear()]
        if type(value) is tuple and set(map(type, value)) == {int}:
            return [Command.set(value)]
        ids = getattr(value, "ids", None)
        if ids is not None:
            return [Command.set(ids)]
        items = list(value) if isinstance(value, Iterable) and not isinstance(value, (str, dict)) else None
        if items is None:
            raise ValidationError(f"{self.label}: {value!r} is no list of records or commands.", field=self.name)
        if all(isinstance(item, Command) for item in items) and items:
            return items
        if all(isinstance(item, (int, DraftId)) and not isinstance(item, bool) for item in items):
            return [Command.set(items)]
        if wire and all(isinstance(item, dict) and "id" in item for item in items):
            return [Command.set([item["id"] for item in items])]
        return [item if isinstance(item, Command) else Command.from_wire(item, self.name) for item in items]

    def operand(self, value: Any, operator: str, bound: Bound) -> Any:
        if operator in ("like", "ilike", "not like", "not ilike", "starts_with"):
            return value
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        ids = getattr(value, "ids", None)
        if ids is not None and len(ids) <= 1:
            return ids[0] if ids else None
        raise ValidationError(f"{bound.model.label}, {self.label}: {value!r} is no record id.", field=self.name)

    def any(self, domain: Domain) -> Domain:
        """At least one linked record satisfies `domain`."""
        return Domain.any_(self.name, domain)


class One2many(_ToMany[M]):
    """The records that link here by their many2one `inverse`."""

    type = "one2many"

    def __init__(
        self,
        comodel: builtins.type[M] | str,
        label: str = "",
        *,
        inverse: Many2one[Any] | str,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(comodel, label, **options)
        self._inverse = inverse

    @property
    def inverse_field(self) -> str:
        """Name of the many2one on the other side."""
        return self._inverse if isinstance(self._inverse, str) else self._inverse.name

    @property
    def copied(self) -> bool:
        return bool(self._copy)


class Many2many(_ToMany[M]):
    """Links to any number of records, kept in a table of their own.

    With `inverse`, the same links seen from the other side: the field shares the table of that many2many.
    """

    type = "many2many"

    def __init__(
        self,
        comodel: builtins.type[M] | str,
        label: str = "",
        *,
        inverse: Many2many[Any] | str = "",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(comodel, label, **options)
        self._inverse = inverse

    @property
    def inverse_field(self) -> str:
        """Name of the many2many on the other side; empty where this one has the table."""
        return self._inverse if isinstance(self._inverse, str) else self._inverse.name


class DraftId:
    """The id of a record that is not saved; equal to itself only."""

    __slots__ = ("origin",)

    def __init__(self, origin: int | None = None) -> None:
        self.origin = origin

    def __repr__(self) -> str:
        return f"<draft of {self.origin}>" if self.origin else "<draft>"

    def __bool__(self) -> bool:
        return True


__all__ = ["DraftId", "Many2many", "Many2one", "One2many", "Relation"]
