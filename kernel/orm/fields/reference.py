"""Reference: a link to one record of any model, or of some; kept as the text `addon.noun,id`."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from kernel.errors import DeveloperError, ValidationError, suggest
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import RecordId
from kernel.orm.fields.base import Field, Options

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Bound

_TEXT = re.compile(r"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*),([1-9][0-9]{0,18})")


def split(text: str) -> tuple[str, int] | None:
    """Model and id of a kept reference; None for nothing, and for what is no reference."""
    match = _TEXT.fullmatch(text)
    return (match[1], int(match[2])) if match else None


class Reference(Field["Model"]):
    """A link to a record of one of `models` (classes or names), or of any model.

    Unset, and where the record or its model is gone, it is an empty recordset: of the first of `models`
    that is installed, else of the field's own model. The database keeps no foreign key.
    """

    type = "reference"
    sql_type = "text"
    exact = str
    orderable = False

    def __init__(
        self,
        label: str = "",
        *,
        models: Sequence[builtins.type[Model] | str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        options.setdefault("index", True)
        super().__init__(label, **options)
        if models is not None and (isinstance(models, str) or not models):
            raise DeveloperError(f"{self.place}: models= takes a list of models; leave it out for any model.")
        self.models: tuple[str, ...] | None = None if models is None else tuple(map(self._name_of, models))

    def _name_of(self, model: builtins.type[Model] | str) -> str:
        name = model if isinstance(model, str) else getattr(model, "__model__", "")
        if "." not in name:
            raise DeveloperError(f"{self.place}: {model!r} is no model one can refer to.")
        return str(name)

    @property
    def null(self) -> Any:
        return ""

    @property
    def as_stored(self) -> bool:
        return False  # `to_sql` takes records, too: a domain compares what attributes give

    def to_sql(self, value: Any) -> Any:
        return value if isinstance(value, str) else _text_of(value)

    def convert(self, value: Any, bound: Bound, id: int | None = None) -> Any:
        try:
            text = _text_of(value)
            if text:
                self._check(text, bound)
        except (ValueError, TypeError) as reason:
            raise self.refused(reason, bound, id) from None
        return text

    def _check(self, text: str, bound: Bound) -> None:
        found = split(text)
        if found is None or found[1] >= 2**63:
            raise ValueError(f'{text!r} is no reference; give a record, or a text like "addon.noun,5"')
        installed = bound.model.registry.models
        known = [name for name in self.models if name in installed] if self.models else installed
        if found[0] not in known:
            allowed = f"; it may be one of {', '.join(known)}" if self.models else ""
            raise ValueError(f'no model "{found[0]}" fits here{allowed}.{suggest(found[0], known)}'.rstrip("."))

    def to_wire(self, value: Any) -> Any:
        found = split(value)
        return {"model": found[0], "id": found[1]} if found else None

    def operand(self, value: Any, operator: str, bound: Bound) -> Any:
        if operator == "starts_with":
            if not isinstance(value, str):
                raise ValidationError(f"{bound.model.label}, {self.label}: {value!r} is no text.", field=self.name)
            return value
        return self.convert(value, bound)

    if TYPE_CHECKING:

        def __set__(self, record: Model, value: Model | str | None) -> None: ...

    # -- domains -------------------------------------------------------------------------------------
    def __eq__(self, value: object) -> Domain:  # type: ignore[override]
        return Domain.term(self.name, "=", _operand(value))

    def __ne__(self, value: object) -> Domain:  # type: ignore[override]
        return Domain.term(self.name, "!=", _operand(value))

    __hash__ = object.__hash__

    def is_in(self, values: Iterable[Any]) -> Domain:
        """It refers to one of `values`: records (of several models, perhaps) or texts."""
        return Domain.term(self.name, "in", [_operand(value) for value in values])

    def not_in(self, values: Iterable[Any]) -> Domain:
        """It refers to none of `values`; unset ones are included."""
        return Domain.term(self.name, "not in", [_operand(value) for value in values])

    def is_a(self, model: builtins.type[Model] | str) -> Domain:
        """It refers to a record of `model`."""
        return Domain.term(self.name, "starts_with", f"{self._name_of(model)},")


def _operand(value: Any) -> Any:
    return _text_of(value) if hasattr(value, "ids") else value


def _text_of(value: Any) -> str:
    """The kept form of a record, of a wire form, or of a text; raises ValueError or TypeError."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value_id = value.get("id")
        return f"{value.get('model')},{value_id}" if value_id is not None else ""
    if isinstance(value, RecordId):
        return f"{value.model},{int(value)}"
    ids = getattr(value, "ids", None)
    if ids is None:
        raise TypeError(f'{value!r} is no record, and no text like "addon.noun,5"')
    if len(ids) > 1:
        raise ValueError(f"{len(ids)} records given, one fits")
    if not ids or not ids[0]:
        return ""
    if not isinstance(ids[0], int):
        raise ValueError("a draft cannot be referred to; save it first")
    return f"{value.__info__.name},{ids[0]}"
