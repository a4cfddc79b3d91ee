"""The methods of a composed model that decorators marked: what refuses a deletion, what checks values."""

from __future__ import annotations

from typing import Any

from kernel.orm.fields.base import Field
from kernel.orm.registry.bound import ModelInfo


def find_methods(model: ModelInfo) -> None:
    """Methods marked by decorators, overrides counted once, by the name of the attribute."""
    refusals: list[str] = []
    validators: dict[str, frozenset[str]] = {}
    for base in reversed(model.cls.__mro__):
        for name, member in vars(base).items():
            if getattr(member, "__before_delete__", False) and name not in refusals:
                refusals.append(name)
            checked = getattr(member, "__validates__", None)
            if checked is not None:
                for each in checked:
                    model.field(each, f"{base.__module__}.{base.__name__}.{name} @validates")
                validators[name] = frozenset(checked)
    for base in model.cls.__mro__:
        declaration = base.__dict__.get("__declaration__")
        for field in declaration.fields.values() if declaration is not None else ():
            _note_checks(model, field, validators)  # also of a mixin's field that the model declares anew
    model.before_delete = tuple(refusals)
    model.validators = validators
    for name, checked in validators.items():
        for each in checked:
            model.fields[each].validators = (*model.fields[each].validators, name)


def _note_checks(model: ModelInfo, field: Field[Any], validators: dict[str, frozenset[str]]) -> None:
    for name in field.validate_names:
        if hasattr(model.cls, name):  # else of an extension that is not installed
            validators[name] = validators.get(name, frozenset()) | {field.name}
