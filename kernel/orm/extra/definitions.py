"""Extra fields: what the administrators of one tenant add to a model at run time.

The registry is shared by tenants, so it knows none of them. A tenant's definitions come through a port
(`kernel.orm.ports.ExtraFields`) as an `ExtraSet`; the env shows the actor those that the actor may see.

For SQL all that counts is the cast. A path that goes over an extra field is therefore *typed* before it is
checked: `x_size` becomes `x_size@integer`, `x_car` becomes `x_car@many2one~fleet/vehicle`. Such a token is a
whole field by itself: `model.fields[token]` makes it, and plans are shared by all tenants with fields
of that name and type. Tokens never come from outside: what people write is looked up by its plain name.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal as Number
from typing import TYPE_CHECKING, Any, Final

from kernel.errors import DeveloperError
from kernel.orm.extra.paths import PREFIX
from kernel.orm.fields.base import Field
from kernel.orm.fields.choice import Selection
from kernel.orm.fields.relation import Many2one
from kernel.orm.fields.scalar import Boolean, Char, Decimal, Float, Integer, Text
from kernel.orm.fields.time import Date, Datetime
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from kernel.orm.registry.registry import Registry

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
OPTION: Final = re.compile(r"[a-z0-9_]+")
_numbers = itertools.count(-2, -1)


@dataclass(frozen=True, slots=True)
class ExtraField:
    """One definition: the field `x_<name>` of a model, as a tenant has it."""

    model: str
    name: str
    type: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    comodel: str = ""
    required: bool = False
    nullable: bool = False
    groups: frozenset[str] = frozenset()
    help: str = ""
    in_list: bool = False
    kind: int = 0
    """The custom kind whose records alone have the field; 0: all records."""

    @property
    def token(self) -> str:
        """The name with all that its SQL depends on."""
        detail = self.comodel.replace(".", "/") if self.type == "many2one" else "null" if self.nullable else ""
        if self.type == "selection":
            detail = "|".join(value for value, _ in self.options)
        return f"{PREFIX}{self.name}@{self.type}" + (f"~{detail}" if detail else "")


class ExtraBound(Bound):
    """An extra field in a model: in a tenant (with its label), or as a token in SQL."""

    __slots__ = ("definition",)

    def __init__(self, model: ModelInfo, definition: ExtraField) -> None:
        field = FIELDS[definition.type](definition)
        name = PREFIX + definition.name
        field.name, field.label = name, definition.label
        field.help, field.required = definition.help, definition.required
        super().__init__(next(_numbers), name, model, field, model.addon)
        self.definition = definition
        self.extra_key = definition.name
        self.column = "extra"
        if definition.comodel:
            self.comodel = model.registry.model(definition.comodel)

    def to_json(self, value: Any) -> Any:
        """Cached form -> what the column holds; None where it is unset: the key is taken away."""
        if value == self.null or value is None:
            return None
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC).isoformat()
        return value.isoformat() if isinstance(value, dt.date) else str(value) if isinstance(value, Number) else value

    def from_json(self, value: Any) -> Any:
        """What the column holds -> cached form."""
        return self.null if value is None else _READ.get(self.field.type, _same)(value)


def _same(value: Any) -> Any:
    return value


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "decimal": lambda value: Number(str(value)),
    "float": float,
}

FIELDS: Final[Mapping[str, Callable[[ExtraField], Field[Any]]]] = {
    "char": lambda _: Char(),
    "text": lambda _: Text(),
    "integer": lambda each: _number(Integer, each),
    "float": lambda each: _number(Float, each),
    "decimal": lambda each: _number(Decimal, each),
    "boolean": lambda _: Boolean(),
    "date": lambda _: Date(),
    "datetime": lambda _: Datetime(),
    "selection": lambda each: Selection(each.options),
    "many2one": lambda each: Many2one(each.comodel),
}
"""The types of extra fields."""


def _number(cls: Callable[..., Field[Any]], definition: ExtraField) -> Field[Any]:
    return cls(nullable=definition.nullable)


class ExtraSet:
    """All extra fields of a tenant for one registry; immutable, made anew when a definition changes."""

    def __init__(self, registry: Registry, definitions: Iterable[ExtraField]) -> None:
        self._models: dict[str, dict[str, ExtraBound]] = {}
        for each in definitions:
            model = registry.models.get(each.model)
            if model is None or not model.extensible or (each.comodel and each.comodel not in registry.models):
                continue  # their addon was uninstalled; the values wait in the column
            self._models.setdefault(each.model, {})[PREFIX + each.name] = ExtraBound(model, each)

    def of(self, model: ModelInfo) -> Mapping[str, ExtraBound]:
        """API name -> field."""
        return self._models.get(model.name, {})


NOTHING: Final[Mapping[str, ExtraBound]] = {}


class Fields(dict[str, Bound]):
    """The fields of a model; `[token]` makes the field that a token stands for, `get` and `in` know no tokens."""

    def __init__(self, model: ModelInfo) -> None:
        super().__init__()
        self._model = model

    def __missing__(self, name: str) -> Bound:
        if "@" not in name:
            raise KeyError(name)
        plans = self._model.registry.plans
        place = ("extra", self._model.name, name)
        bound: Bound | None = plans.get(place)
        if bound is None:
            bound = plans[place] = ExtraBound(self._model, _definition(self._model, name))
        return bound


def _definition(model: ModelInfo, token: str) -> ExtraField:
    name, _, rest = token.removeprefix(PREFIX).partition("@")
    type_, _, detail = rest.partition("~")
    if not NAME.fullmatch(name) or type_ not in FIELDS or not model.extensible:
        raise DeveloperError(f'"{token}" is no extra field of {model.name}.')
    options = tuple((value, value) for value in detail.split("|")) if type_ == "selection" else ()
    comodel = detail.replace("/", ".") if type_ == "many2one" else ""
    return ExtraField(model.name, name, type_, PREFIX + name, options, comodel, nullable=detail == "null")
