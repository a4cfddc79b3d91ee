"""Checks a domain's shape against a model, once per shape, and brings it into normal form.

In normal form every path is one field (with a date part, perhaps), the next model is entered by `any`,
operators are positive ones under `!`, a comparison of a to-many relation is an `any` on ids, a text sought
in a relation is sought in its title. What depends on names and operators only is done here and kept; per use
the values alone are converted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kernel.errors import UnknownFieldError, ValidationError
from kernel.orm.domains.operators import (
    ASKED,
    DATE_PARTS,
    EQUALITY,
    FALSE_KEY,
    JUNCTIONS,
    NEGATIVE,
    ORDERING,
    SPANNING,
    TEXTUAL,
    TIME_PARTS,
    TREE,
    TRUE_KEY,
    DomainError,
    Key,
    RecordId,
    RecordIds,
)

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo

Take = Callable[[Any], Any]

_MOST_DIGITS: Final = 10_000
"""Before or behind the point of a number; PostgreSQL takes a few more."""

_TO_MANY: Final = frozenset(("one2many", "many2many"))
_TEXTS: Final = frozenset(("char", "text", "html"))
_SCALAR: Final = EQUALITY | ORDERING
_SCALARS: Final = ("integer", "float", "decimal", "money", "date", "datetime", "duration")
_ALLOWED: Final = {
    **dict.fromkeys(("char", "text", "html"), _SCALAR | TEXTUAL | ASKED),
    "fulltext": frozenset(("matches",)),
    **dict.fromkeys(_SCALARS, _SCALAR),
    **dict.fromkeys(("boolean", "selection", "many2one"), EQUALITY),
    "reference": EQUALITY | {"starts_with"},
    **dict.fromkeys(("daterange", "datetimerange"), EQUALITY | SPANNING),
    **dict.fromkeys(("json", "binary", "image"), frozenset("=")),
}

_UNLIKE: Final = {"json": "JSON", "binary": "a file", "image": "an image"}
"""What can only be compared with nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The normal form of one raw key on one model."""

    key: Key
    takes: tuple[Take, ...] | None
    """What each value is converted by; None: there are no values."""
    seen: tuple[tuple[ModelInfo, frozenset[str]], ...]
    """Every field that is compared or walked through, by model."""
    entered: frozenset[str]
    """Names of the models that are entered by `any`."""
    secret: Bound | None
    """A secret field among them, if there is one."""
    searches: tuple[Bound, ...]
    """Fields in it that are found by a `search` method of their model: the key is not final yet."""
    extras: bool = False
    """Paths go over extra fields: the key must be typed first, for the tenant (`kernel.orm.extra.definitions`)."""


class _UntypedError(Exception):
    """A path goes over an extra field that is not typed yet."""


def shape_for(key: Key, model: ModelInfo, *, typed: bool = False) -> Shape:
    """The shape of a raw key, or of one that was typed; raises `UnknownFieldError` or `DomainError`."""
    plans = model.registry.plans
    place = ("typed shape" if typed else "shape", model.name, key)
    shape: Shape | None = plans.get(place)
    if shape is None:
        try:
            shape = plans[place] = _Walk(typed).shape(key, model)
        except _UntypedError:
            shape = plans[place] = Shape(key, None, (), frozenset(), None, (), extras=True)
        except RecursionError:
            raise DomainError(f"A domain on {model.name} is nested too deeply, or leads in a circle.") from None
    return shape


class _Walk:
    """One walk over a key: gathers conversions in the order of the values."""

    def __init__(self, typed: bool) -> None:
        self.typed = typed
        self.takes: list[Take] = []
        self.uses: set[Bound] = set()
        self.entered: set[str] = set()
        self.searches: dict[Bound, None] = {}

    def shape(self, key: Key, model: ModelInfo) -> Shape:
        """The walk, and what was found on it."""
        normal = self.node(key, model)
        names: dict[ModelInfo, set[str]] = {}
        for bound in self.uses:
            names.setdefault(bound.model, set()).add(bound.name)
        for name in self.entered:
            names.setdefault(model.registry.models[name], set())
        seen = tuple((each, frozenset(found)) for each, found in names.items())
        secret = next((bound for bound in self.uses if bound.field.secret), None)
        return Shape(normal, tuple(self.takes) or None, seen, frozenset(self.entered), secret, tuple(self.searches))

    def node(self, key: Key, model: ModelInfo) -> Key:
        head = key[0]
        if head == "!":
            return _inverse(self.node(key[1], model))
        if head in JUNCTIONS:
            return _join(head, [self.node(part, model) for part in key[1:]])
        path, operator, kind = key
        if operator == "any":
            return self.enter(path, kind, model)
        if operator in NEGATIVE:
            return _inverse(self.leaf(path, NEGATIVE[operator], kind, model))
        return self.leaf(path, operator, kind, model)

    def enter(self, path: str, sub: Key, model: ModelInfo) -> Key:
        """`any` along a path of relations."""
        path = self.resolved(path, model)
        head, _, rest = path.partition(".")
        comodel = self.through(head, path, model)
        return (head, "any", self.enter(rest, sub, comodel) if rest else self.node(sub, comodel))

    def leaf(self, path: str, operator: str, kind: str, model: ModelInfo) -> Key:
        """A term with a positive operator."""
        path = self.resolved(path, model)
        head, _, rest = path.partition(".")
        if not rest:
            return self.own(path, operator, kind, model)
        comodel = self.through(head, path, model)
        found: Key = (head, "any", self.leaf(rest, operator, kind, comodel))
        if model.fields[head].field.type == "many2one" and kind in ("0", "l0") and operator in EQUALITY:
            found = _join("|", [(head, "=", "0"), found])
        return found

    def resolved(self, path: str, model: ModelInfo) -> str:
        """The path with related fields that have no column replaced by where they lead."""
        head, dot, rest = path.partition(".")
        name, colon, part = head.partition(":")
        bound = model.find(name) if self.typed else model.fields.get(name)
        if bound is None:
            if name.startswith("x_") and model.extensible and not self.typed:
                raise _UntypedError
            raise UnknownFieldError(model.name, name, model.fields)
        self.uses.add(bound)
        if kept(bound) or not bound.field.related:
            return path
        return self.resolved(f"{bound.field.related}{colon}{part}{dot}{rest}", model)

    def through(self, name: str, path: str, model: ModelInfo) -> ModelInfo:
        """The model behind the relation `name`."""
        bound = model.find(name)
        if bound is None or bound.comodel is None or not kept(bound):
            raise DomainError(
                f'"{path}": nothing lies behind {model.name}.{name}, it is no stored relation.',
                hint="Only relations can be followed with a point, has() or any().",
            )
        self.entered.add(bound.comodel.name)
        return bound.comodel

    def own(self, path: str, operator: str, kind: str, model: ModelInfo) -> Key:
        """A term on a field of the model itself."""
        name, _, part = path.partition(":")
        bound = model.fields[name]
        if bound.field.type == "fulltext":
            self.uses.update(model.fields[each] for each in bound.field.texts)  # type: ignore[attr-defined]
        elif not kept(bound):
            return self.sought(bound, path, operator, kind)
        if part:
            self.date_part(bound, part, operator)
        elif bound.field.type in _TO_MANY:
            return self.to_many(bound, operator, kind)
        elif bound.comodel is not None and (operator in TEXTUAL or operator in TREE or operator in ASKED):
            return self.linked(name, bound, operator, kind)
        elif operator in TREE and name == "id":
            parent_field(model)
        elif operator not in _ALLOWED.get(bound.field.type, ()):
            raise _refused(operator, bound)
        if kind == "0" and operator not in EQUALITY:
            raise DomainError(f'"{path} {operator}" compares with nothing; only = and != can do that.')
        if kind != "0" and bound.field.type in _UNLIKE:
            raise DomainError(f'"{path}" is {_UNLIKE[bound.field.type]}: it can only be compared with nothing.')
        self.take(bound, operator, kind, part)
        return (path, operator, kind)

    def sought(self, bound: Bound, path: str, operator: str, kind: str) -> Key:
        """A field without a column: its model's `search` method has the say, with the value."""
        if not bound.field.search_name or path != bound.name:
            raise DomainError(
                f"{bound.model.name}.{bound.name} is computed and not stored: it cannot be searched.",
                hint="Declare it stored=True, or give it a search method.",
            )
        self.searches[bound] = None
        if kind != "0":
            self.takes.append(_same)
        return (path, operator, kind)

    def date_part(self, bound: Bound, part: str, operator: str) -> None:
        type_ = bound.field.type
        parts = {"date": DATE_PARTS, "datetime": TIME_PARTS}.get(type_)
        if parts is None:
            raise DomainError(f'"{bound.name}:{part}": {bound.model.name}.{bound.name} is no date.')
        if part not in parts:
            known = ", ".join(sorted(parts))
            raise DomainError(f'"{part}" is no part of a {type_}.', hint=f"There are: {known}.")
        if operator not in _SCALAR:
            raise _refused(operator, bound)

    def to_many(self, bound: Bound, operator: str, kind: str) -> Key:
        name = bound.name
        self.entered.add(comodel_of(bound).name)
        if operator in EQUALITY and kind == "0":
            return ("!", (name, "any", TRUE_KEY))
        if operator in EQUALITY and kind == "l0":
            self.take(bound, operator, kind, "")
            return _join("|", [("!", (name, "any", TRUE_KEY)), (name, "any", ("id", "in", "l"))])
        if operator in EQUALITY:
            self.take(bound, operator, kind, "")
            return (name, "any", ("id", operator, kind))
        if operator in TEXTUAL or operator in TREE or operator in ASKED:
            return self.linked(name, bound, operator, kind)
        raise _refused(operator, bound)

    def linked(self, name: str, bound: Bound, operator: str, kind: str) -> Key:
        """A text sought in the title of the linked records; or the records below or above some."""
        comodel = comodel_of(bound)
        self.entered.add(comodel.name)
        sought = "id" if operator in TREE else comodel.title
        if not sought:
            hint = f'Compare "{bound.name}" with ids.'
            raise DomainError(f"{comodel.name} has no title to look for.", hint=hint)
        self.uses.add(comodel.fields[sought])
        return (name, "any", self.own(sought, operator, kind, comodel))

    def take(self, bound: Bound, operator: str, kind: str, part: str) -> None:
        if kind == "0":
            return
        take = _part_number if part else _operand(bound, operator)
        self.takes.append(partial(_each, bound, take) if kind in ("l", "l0") else take)


def _same(value: Any) -> Any:
    return value


def _each(bound: Bound, take: Take, values: tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(values, RecordIds):
        if bound.field.type == "reference":
            return tuple([take(f"{values.model},{id}") for id in values])
        _refuse_stranger(bound, values)
    return tuple([take(value) for value in values])


def _refuse_stranger(bound: Bound, given: RecordId | RecordIds) -> None:
    """A record of another model has an id that means nothing here."""
    fits = bound.comodel or (bound.model if bound.name == "id" else None)
    if fits is None or given.model not in ("", fits.name):
        wanted = f"a record of {fits.name}" if fits else f"a value of type {bound.field.type}"
        raise DomainError(f"{bound.model.name}.{bound.name} is compared with a {given.model}; {wanted} fits.")


def _operand(bound: Bound, operator: str) -> Take:
    """What converts one value for SQL; texts and exact numbers are neither cut nor rounded."""
    type_ = bound.field.type
    if bound.field.secret:
        return partial(_no_secret, bound)
    if type_ in _TEXTS or operator in ASKED or (operator in TEXTUAL and type_ != "reference"):
        return partial(_as_text, bound)
    if type_ in ("decimal", "money"):
        return partial(_as_number, bound)
    if bound.comodel is not None or type_ == "integer":
        return partial(_as_integer, bound)
    if type_ in ("date", "boolean"):
        return partial(_as_exact, bound, bound.exact)
    return lambda value: bound.field.operand(value, operator, bound)


def _wrong(bound: Bound, value: Any, wanted: str) -> ValidationError:
    shown = "the value" if bound.field.private else repr(value)
    text = f"{bound.model.label}, {bound.field.label}: {shown} is no {wanted}."
    return ValidationError(text, field=bound.name)


def _no_secret(bound: Bound, _value: Any) -> Any:
    raise DomainError(f"{bound.model.name}.{bound.name} is encrypted: it can only be compared with nothing.")


def _as_text(bound: Bound, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(bound, value, "text")
    if "\0" in value:
        raise _wrong(bound, value, "text: it has a NUL character")
    return value


def _as_number(bound: Bound, value: Any) -> Decimal:
    if not isinstance(value, (int, float, str, Decimal)) or isinstance(value, bool):
        raise _wrong(bound, value, "number")
    try:
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise _wrong(bound, value, "number") from None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise _wrong(bound, value, "finite number")
    return number


def _as_integer(bound: Bound, value: Any) -> int:
    if value.__class__ is RecordId:
        _refuse_stranger(bound, value)
        value = int(value)
    id = value if value.__class__ is int else bound.field.operand(value, "=", bound)
    if not isinstance(id, int) or not -(2**63) <= id < 2**63:
        raise _wrong(bound, value, "whole number of 64 bits")
    return id


def _as_exact(bound: Bound, exact: type[Any], value: Any) -> Any:
    return value if value.__class__ is exact else bound.field.operand(value, "=", bound)


def _part_number(value: Any) -> int:
    if value.__class__ is not int or not -(2**31) <= value < 2**31:
        raise ValidationError(f"A part of a date is a whole number, not {value!r}.")
    return int(value)


def _refused(operator: str, bound: Bound) -> DomainError:
    type_ = bound.field.type
    known = sorted(_ALLOWED.get(type_, ()) or EQUALITY)
    return DomainError(
        f'"{operator}" does not fit {bound.model.name}.{bound.name}, which is of type {type_}.',
        hint=f"It takes: {', '.join(known)}, and their negations.",
    )


def _inverse(key: Key) -> Key:
    if key[0] == "!":
        inner: Key = key[1]
        return inner
    if key == TRUE_KEY:
        return FALSE_KEY
    return TRUE_KEY if key == FALSE_KEY else ("!", key)


def _join(sign: str, parts: list[Key]) -> Key:
    flat: list[Key] = []
    for part in parts:
        flat.extend(part[1:] if part[0] == sign else (part,))
    return flat[0] if len(flat) == 1 else (sign, *flat)


def kept(bound: Bound) -> bool:
    """Whether the database has it: a column, a link table, the many2one that it is the other side of, an index."""
    return bound.stored or bound.inverse is not None or bound.field.type == "fulltext"


def comodel_of(bound: Bound) -> ModelInfo:
    """The model that a relation leads to."""
    if bound.comodel is None:
        raise DomainError(f"{bound.model.name}.{bound.name} is no relation.")
    return bound.comodel


def parent_field(model: ModelInfo) -> Bound:
    """The link of a model to itself that makes it a tree: `parent`, or the only one there is."""
    if model.tree is not None:
        return model.tree
    links = [each for each in model.columns if each.comodel is model and not each.keyed]
    named = [bound for bound in links if bound.name == "parent"] or links
    if len(named) != 1:
        raise DomainError(f"{model.name} is no tree: child_of needs one link to itself, it has {len(named)}.")
    return named[0]
