"""copy: the values that a copy of a record begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kernel.orm.domains.domain import Domain
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.registry.constraints import Unique
from kernel.orm.writing.commands import Command

if TYPE_CHECKING:
    from kernel.orm.model import Model

Values = dict[str, Any]


def copies(records: Model, changes: Mapping[str, Any]) -> list[Values]:
    """The values of a copy of each record; a title that must be unique gets ` (copy)` behind it."""
    made = [_values(record, changes) for record in records]
    title = _unique_title(records.__info__)
    if title is None or title.name in changes:
        return made
    names = [getattr(record, title.name) for record in records]
    taken = _taken(records, title, names)
    for values, name in zip(made, names, strict=True):
        values[title.name] = _fresh(name, taken)
    return made


def _values(record: Model, changes: Mapping[str, Any]) -> Values:
    """Of one record; lines that are copied with it bring their own."""
    values: Values = {}
    once = _unique_alone(record.__info__)
    for bound in record.__info__.fields.values():
        if bound.name in changes or bound.name == "id" or not bound.field.copied or bound.name in once:
            continue
        if not record.env.is_system and record.env.hides(bound):
            continue
        value: Any = getattr(record, bound.name)
        if bound is record.__info__.extra:
            values.update({name: each for name, each in value.items() if name not in changes})
            continue
        if bound.keyed:
            values[bound.name] = _seen_values(record, bound)
        else:
            values[bound.name] = _lines(bound, value) if bound.field.type == "one2many" else value
    return {**values, **changes}


def _seen_values(record: Model, bound: Bound) -> dict[str, Any]:
    """The texts of all languages, the values of the companies that the actor works for."""
    env = record.env
    found = env.work.columns[bound.index][record.id]
    if bound.keyed == "company" and not env.is_system:
        found = {key: value for key, value in found.items() if int(key) in env.user.companies}
    if bound.comodel is None:
        return dict(found)
    return {key: env.records(bound.comodel, (id,)) for key, id in found.items()}  # they are linked already


def _lines(bound: Bound, lines: Model) -> list[Command]:
    assert bound.inverse is not None
    made = []
    for line in lines:
        values = _values(line, {bound.inverse.name: None})
        del values[bound.inverse.name]
        made.append(Command.create(values))
    return made


def _unique_alone(model: ModelInfo) -> frozenset[str]:
    """Fields whose value no other record may have: a copy of them would be refused."""
    return frozenset(
        declared.constraint.fields[0]
        for declared in model.constraints
        if isinstance(declared.constraint, Unique) and len(declared.constraint.fields) == 1
    )


def _unique_title(model: ModelInfo) -> Bound | None:
    title = model.fields[model.title]
    unique = title.name in _unique_alone(model) and title.column and title.field.type == "char"
    return title if unique and not title.computed else None


def _taken(records: Model, title: Bound, names: list[str]) -> set[str]:
    """The titles that begin like one of `names`, also of records that the actor may not see: they are in the way."""
    env = records.env.as_system("titles that a copy may not have")
    archived = Domain.TRUE if title.model.archived is None else Domain.term("archived", "in", [True, False])
    alike = Domain.any_of(Domain.term(title.name, "starts_with", name) for name in dict.fromkeys(names) if name)
    return {getattr(each, title.name) for each in env.model(title.model.name).search(alike & archived)}


def _fresh(name: str, taken: set[str]) -> str:
    """`Name (copy)`, `Name (copy 2)`, ...: the first that is free."""
    if not name:
        return name
    count = 1
    while (found := f"{name} (copy{f' {count}' if count > 1 else ''})") in taken:
        count += 1
    taken.add(found)
    return found
