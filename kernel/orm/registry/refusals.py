"""What is refused when a registry is built beyond single fields: overrides, orders, constraints.

An override of a compute method says what it reads, `@Partner.points.compute("x")`, and the inputs of all classes
are joined; so installing an addon cannot leave a value out of date. An override of any other public method takes
what callers of the first one give.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from types import FunctionType
from typing import Any, Final

from kernel.errors import RegistryError, UnknownFieldError, suggest
from kernel.orm.place import Place
from kernel.orm.registry.bound import Bound, BoundConstraint, ModelInfo
from kernel.orm.registry.constraints import Check, Exclude, Unique
from kernel.orm.registry.faults import Faults

_QUOTED: Final = re.compile(r"'[^']*'")
_WORD: Final = re.compile(r"(?<![:.\w])([a-z_][a-z0-9_]*)\b(?!\s*[(.])")
_SQL: Final = frozenset(
    [
        "and",
        "or",
        "not",
        "is",
        "null",
        "true",
        "false",
        "in",
        "like",
        "ilike",
        "similar",
        "to",
        "between",
        "symmetric",
        "any",
        "all",
        "case",
        "when",
        "then",
        "else",
        "end",
        "cast",
        "as",
        "interval",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "numeric",
        "text",
        "with",
        "where",
        "current_date",
        "current_timestamp",
        "now",
        "asc",
        "desc",
        "distinct",
        "from",
        "collate",
        "array",
        "row",
        "exists",
        "overlaps",
        "unknown",
    ]
)


def refuse(model: ModelInfo, faults: Faults) -> None:
    """Note what does not fit together in a composed model."""
    for path, _ in model.order:
        with faults(model):
            _walk(model, path, f"{model.place} order=")
    for constraint in model.constraints:
        with faults(constraint):
            _refuse_constraint(model, constraint)
    _refuse_overrides(model, faults)


def join_inputs(model: ModelInfo, faults: Faults) -> None:
    """What each computed field depends on: the inputs of its method and of all overrides of it."""
    for bound in model.fields.values():
        name = bound.field.compute_name
        if not name:
            continue
        joined = dict.fromkeys(bound.field.depends)
        declaring = [base for base in reversed(model.cls.__mro__) if name in vars(base)]
        for base in declaring[1:]:
            method = vars(base)[name]
            if not callable(method):
                continue
            with faults(bound):
                joined.update(dict.fromkeys(_inputs(bound, base, method)))
        bound.depends = tuple(joined)


def _inputs(bound: Bound, base: type[Any], method: Any) -> Iterable[str]:
    said = [depends for field, depends in getattr(method, "__computes__", ()) if field.name == bound.name]
    if not said:
        owner = getattr(bound.field.owner, "__name__", "Model")
        raise RegistryError(
            f"{place_of(method)}: {base.__name__}.{method.__name__} overrides the method that computes "
            f"{bound.model.name}.{bound.name}, declared at {bound.field.place}, and does not say what it reads.",
            hint=f'Write @{owner}.{bound.name}.compute("...") above it; the inputs of all classes are joined.',
            rule="model-override-without-inputs",
        )
    return (path for depends in said for path in depends)


def place_of(method: Any) -> Place:
    """Where a method is defined."""
    code = getattr(inspect.unwrap(method), "__code__", None)
    return Place("<unknown>", 0) if code is None else Place(code.co_filename, code.co_firstlineno)


# -- paths and constraints ---------------------------------------------------------------------------------
def _walk(model: ModelInfo, path: str, where: str) -> None:
    """Every step of a path is a field; all but the last lead to a model."""
    at: ModelInfo | None = model
    for name in path.split("."):
        if at is None:
            raise RegistryError(
                f'{where}: "{path}" goes on behind a field of {model.name} that is no relation.',
                rule="model-unknown-field",
            )
        at = at.field(name.partition(":")[0], where).comodel


def _refuse_constraint(model: ModelInfo, bound: BoundConstraint) -> None:
    constraint, where = bound.constraint, str(bound.declared_at)
    if isinstance(constraint, Unique):
        for name in constraint.fields:
            if model.field(name, f"{where} Unique").column is None:
                place = model.fields[name].field.place
                raise RegistryError(
                    f"{where}: Unique on {model.name}.{name}, which has no column; it is declared at {place}.",
                    hint="Declare it stored=True.",
                    rule="model-unknown-column",
                )
    if isinstance(constraint, (Check, Exclude)):
        _refuse_columns(model, constraint.expression, f"{where} {type(constraint).__name__}")


def _refuse_columns(model: ModelInfo, expression: str, where: str) -> None:
    """A word in SQL that is no column, but nearly one. What else an expression says, the database checks."""
    columns = {str(bound.column) for bound in model.columns}
    names = {**{bound.name: bound.column for bound in model.columns}, **{column: column for column in columns}}
    for word in _WORD.findall(_QUOTED.sub("''", expression)):
        if word in columns or word in _SQL:
            continue
        if word in model.fields and model.fields[word].column is None:
            text = f'{where}: "{word}" of {model.name} has no column.'
            raise RegistryError(text, hint="Declare it stored=True.", rule="model-unknown-column")
        if word in names:
            text = f'{where}: the column of {model.name}.{word} is called "{names[word]}".'
            raise RegistryError(text, rule="model-unknown-column")
        if suggest(word, columns):
            raise UnknownFieldError(model.name, word, columns, where=where)


# -- overrides -----------------------------------------------------------------------------------------------
def _refuse_overrides(model: ModelInfo, faults: Faults) -> None:
    """Public methods keep the signature of the one they override."""
    seen: dict[str, tuple[type[Any], FunctionType]] = {}
    for base in model.cls.__mro__[1:-1]:
        for name, member in vars(base).items():
            if name.startswith("_") or not isinstance(member, FunctionType):
                continue
            above = seen.get(name)
            if above is not None and (reason := _misfit(above[1], member)):
                with faults():
                    raise RegistryError(
                        f"{place_of(above[1])}: {above[0].__name__}.{name} overrides {base.__name__}.{name} of "
                        f"{place_of(member)}, and {reason}.",
                        hint="Keep the parameters of the method that is overridden; new ones need a default.",
                        rule="model-wrong-override",
                    )
            seen[name] = (base, member)


def _misfit(override: FunctionType, first: FunctionType) -> str:
    """Why callers of `first` cannot call `override`; empty where they can."""
    given = list(inspect.signature(first).parameters.values())[1:]
    taken = list(inspect.signature(override).parameters.values())[1:]
    kinds = {each.kind for each in taken}
    anything = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    by_name = {each.name: each for each in taken if each.kind not in anything}
    for place, each in enumerate(given):
        if each.kind in kinds & anything or anything <= kinds:
            continue
        mine = None if each.kind in anything else by_name.get(each.name)
        if mine is None:
            if each.kind is inspect.Parameter.KEYWORD_ONLY and inspect.Parameter.VAR_KEYWORD in kinds:
                continue
            return f'does not take "{each.name}"'
        if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and (place >= len(taken) or taken[place] is not mine):
            return f'takes "{each.name}" in another place'
        if each.default is not inspect.Parameter.empty and mine.default is inspect.Parameter.empty:
            return f'needs "{each.name}", which may be left out there'
    known = {each.name for each in given}
    for each in by_name.values():
        if each.name not in known and each.default is inspect.Parameter.empty:
            return f'needs "{each.name}", which its callers do not give'
    return ""


__all__ = ["join_inputs", "place_of", "refuse"]
