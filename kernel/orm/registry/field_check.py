"""What a field's options must not say together: refused when the registry is built, with the place."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from kernel.errors import RegistryError, ValidationError, suggest
from kernel.orm.fields.reference import Reference
from kernel.orm.registry.bound import Bound

_TO_MANY: Final = ("one2many", "many2many")
_TEXTS: Final = ("char", "text", "html")
_NUMBERS: Final = ("integer", "float", "decimal", "money")
_NOT_UNIQUE: Final = ("html", "json", "binary", "image")


def check_reference(bound: Bound, models: Collection[str], addons: Collection[str]) -> None:
    """Models of addons that are not installed may be named; a wrong noun of an installed one may not."""
    names = bound.field.models if isinstance(bound.field, Reference) else None
    for name in names or ():
        if name not in models and name.split(".")[0] in addons:
            raise RegistryError(
                f'{bound.field.place}: {bound.model.name}.{bound.name} refers to "{name}", which is no model.'
                f"{suggest(name, models)}",
                rule="model-unknown-model",
            )


def check_field(bound: Bound) -> None:
    """Raise RegistryError for options that mean nothing on this field."""
    problem = _index(bound) or _unique(bound) or _presence(bound) or _stored(bound) or _default(bound)
    if problem:
        raise RegistryError(
            f"{bound.field.place}: {bound.model.name}.{bound.name}: {problem}.", rule="model-bad-option"
        )


def _index(bound: Bound) -> str:
    index, type_ = bound.field.index, bound.field.type
    if index not in (True, False, "trigram", "fulltext"):
        return f'index={index!r} is neither True nor "trigram" nor "fulltext"'
    if index in ("trigram", "fulltext") and type_ not in _TEXTS:
        return f'index="{index}" is for texts, not for a field of type {type_}'
    if index == "fulltext" and bound.keyed:
        return 'index="fulltext" is not for texts that are translated or differ by company'
    if index is True and type_ in ("html", "binary", "image"):
        return f"a field of type {type_} takes no plain index"
    if index and bound.column is None:
        return "a field without a column takes no index"
    return ""


def _unique(bound: Bound) -> str:
    if bound.field.unique and bound.field.type in _NOT_UNIQUE:
        return f"unique does not fit a field of type {bound.field.type}"
    if bound.field.unique and bound.column is None:
        return "a field without a column cannot be unique"
    return ""


def _presence(bound: Bound) -> str:
    field = bound.field
    if field.nullable and field.type not in _NUMBERS:
        return f"nullable is for numbers; a field of type {field.type} has one form of absence already"
    if field.required and bound.computed:
        return "a computed field cannot be required: its method says what it is"
    if field.required and field.type == "boolean":
        return "a boolean always has a value; required means nothing on it"
    return ""


def _stored(bound: Bound) -> str:
    if not bound.stored and not bound.computed and bound.inverse is None and bound.field.type not in _TO_MANY:
        return "stored=False needs a compute method, or related="
    return ""


def _default(bound: Bound) -> str:
    field = bound.field
    if not field.has_default:
        return ""
    if bound.computed:
        return "a computed field takes no default"
    value: Any = field._default
    if field.default_name or callable(value) or bound.comodel is not None or field.type == "reference":
        return ""
    try:
        field.convert(value, bound)
    except ValidationError as error:
        return f"default={value!r} does not fit ({error.text})"
    return ""
