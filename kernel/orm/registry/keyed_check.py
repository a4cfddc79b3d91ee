"""Settles keyed fields when the registry is built, and refuses what cannot be kept per language or company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kernel.errors import RegistryError, ValidationError
from kernel.orm.keyed.values import decoder, encoder
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.registry.constraints import Unique
from kernel.orm.registry.faults import Faults

_TEXTS: Final = ("char", "text", "html")
_BY_COMPANY: Final = frozenset(
    (*_TEXTS, "integer", "float", "decimal", "boolean", "date", "datetime", "selection", "many2one")
)
_OPTION: Final = {"language": "translate=True", "company": "company_dependent=True"}


def settle_keyed(models: Iterable[ModelInfo], bounds: Sequence[Bound], faults: Faults) -> None:
    """Set the codecs of keyed columns; combinations that have no meaning are noted."""
    for bound in bounds:
        if bound.keyed:
            with faults(bound):
                _refuse(bound)
                _settle(bound)
    for model in models:
        with faults(model):
            _check_constraints(model)


def _refuse(bound: Bound) -> None:
    for reason, hint in _objections(bound):
        raise RegistryError(
            f"{bound.field.place}: {bound.model.name}.{bound.name} is {_OPTION[bound.keyed]}: {reason}.",
            hint=hint,
            rule="model-bad-option",
        )


def _settle(bound: Bound) -> None:
    bound.encode = encoder(bound.sql_type, bound.encode)
    bound.decode = decoder(bound.sql_type, bound.decode)
    if bound.keyed == "company":
        try:
            bound.unset = bound.field.convert(bound.field.constant_default, bound)
        except ValidationError as refused:
            raise RegistryError(f"{bound.field.place}: the default does not fit. {refused}") from None


def _objections(bound: Bound) -> Iterable[tuple[str, str]]:
    """(what is wrong, what to do instead) of a declaration."""
    field = bound.field
    if field.translate and field.company_dependent:
        yield "it cannot be company_dependent, too", "Keep one of the two."
    if bound.computed:
        yield "a computed value cannot be", "Translate what it is computed from; compute it without stored=True."
    if field.translate and field.type not in _TEXTS:
        yield f"a {field.type} has no language", "Char, Text and Html can be translated."
    if field.unique:
        yield "it cannot be unique", "Keep a code beside it, and make that unique."
    if field.translate and field.index is True:
        yield "a plain index does not serve it", 'Use index="trigram", which serves the search for a part of it.'
    if field.company_dependent:
        yield from _company_objections(bound)


def _company_objections(bound: Bound) -> Iterable[tuple[str, str]]:
    field = bound.field
    if field.type not in _BY_COMPANY:
        yield f"a {field.type} cannot be", "Scalars and many2one can; for money use a Decimal."
    if field.required:
        yield "it cannot be required", "A company that has no value reads the default: give one."
    if field.index:
        yield "it cannot be indexed", "Search by it together with a field that is."
    if field.default_name or callable(field._default) or (bound.comodel is not None and field.has_default):
        yield "its default must be a constant", "It is what every company reads that has no value of its own."
    if bound.comodel is bound.model and bound.name == "parent":
        yield "a tree is the same for all companies", "Give the link another name."
    if bound.inverses:
        side = bound.inverses[0]
        yield f"{side.model.name}.{side.name} cannot be its other side", "Search for the records instead."


def _check_constraints(model: ModelInfo) -> None:
    for declared in model.constraints:
        constraint = declared.constraint
        names = constraint.fields if isinstance(constraint, Unique) else ()
        for name in names:
            if name in model.fields and model.fields[name].keyed:
                raise RegistryError(
                    f"{declared.declared_at}: Unique over {model.name}.{name},"
                    f" which is {_OPTION[model.fields[name].keyed]}.",
                    hint="Keep a code beside it, and make that unique.",
                )
