"""The methods of a composed model that decorators marked: what refuses a deletion, what checks values."""

from __future__ import annotations

from kernel.orm.bound import ModelInfo


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
    for bound in model.fields.values():
        for name in bound.field.validate_names:
            if not hasattr(model.cls, name):
                continue  # of an extension that is not installed
            validators[name] = validators.get(name, frozenset()) | {bound.name}
    model.before_delete = tuple(refusals)
    model.validators = validators
    for name, checked in validators.items():
        for each in checked:
            model.fields[each].validators = (*model.fields[each].validators, name)
