"""upsert: rows that match a record by their key are written to it, the others are created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError, ValidationError
from kernel.orm.domains.domain import Domain
from kernel.orm.keyed.access import sight
from kernel.orm.reading.searching import search
from kernel.orm.registry.bound import Bound
from kernel.orm.registry.constraints import Unique

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

Row = Mapping[str, Any]


def upsert(records: Model, rows: Sequence[Row], key: Sequence[str]) -> Model:
    """One record per row, in their order. Of rows with one key, what a later one says goes before.

    Raises ValidationError for a row without a value for a field of the key. Archived records match, too. Where another
    transaction creates the same key at the same moment, the flush raises a conflict that the dispatcher tries again.
    """
    bounds = [_key_field(records, name) for name in key]
    if not bounds:
        raise DeveloperError("upsert needs at least one field as its key.")
    keys = [_key_of(bounds, row, place) for place, row in enumerate(rows)]
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row, values in zip(rows, keys, strict=True):
        merged.setdefault(values, {}).update(row)
    known = _known(records, bounds, merged)
    there = records.browse([known[values] for values in merged if values in known])
    for record, values in zip(there, [values for values in merged if values in known], strict=True):
        record.write(**{name: value for name, value in merged[values].items() if name not in key})
    new = {values: row for values, row in merged.items() if values not in known}
    if new and not _hidden(records, bounds, new):
        _expect_races(records, key)
    known.update(zip(new, records.create(list(new.values())).ids, strict=True))
    return records.browse([known[values] for values in keys])


def _hidden(records: Model, bounds: Sequence[Bound], new: Mapping[tuple[Any, ...], Row]) -> bool:
    """Whether a key is of a record that the actor may not see: it is refused as taken, however often it is tried."""
    env, model = records.env, records.__info__
    if env.is_system or env.rule(model, "read") is None:
        return False
    system = env.as_system("a key that is taken is no race")
    return bool(_known(system.model(model.name), bounds, new))


def _expect_races(records: Model, key: Sequence[str]) -> None:
    """Who creates a key of these at the same moment makes the whole work begin again, and then finds the record."""
    for declared in records.__info__.constraints:
        if isinstance(declared.constraint, Unique) and {*declared.constraint.fields} <= {*key}:
            records.env.tx.races.add(declared.name)


def _key_field(records: Model, name: str) -> Bound:
    bound = records.__info__.field(name)
    if bound.column is None:
        raise DeveloperError(f"{bound.model.name}.{name} has no column and cannot be part of a key.")
    return bound


def _key_of(bounds: Sequence[Bound], row: Row, place: int) -> tuple[Any, ...]:
    values = tuple(bound.field.convert(row.get(bound.name), bound) for bound in bounds)
    for bound, value in zip(bounds, values, strict=True):
        if bound.name not in row or value is None or value == "":
            raise ValidationError(
                f"{bound.model.label}: row {place + 1} has no value for {bound.field.label}, by which it is matched.",
                field=bound.name,
                row=place,
            )
    return values


def _known(records: Model, bounds: Sequence[Bound], merged: Mapping[tuple[Any, ...], Row]) -> dict[Any, int]:
    """Key -> id of the records that are there, read with the columns that are about to be written."""
    if not merged:
        return {}
    model = records.__info__
    names = dict.fromkeys([*(bound.name for bound in bounds), *(name for row in merged.values() for name in row)])
    columns = [name for name in names if model.field(name).column and name != "id"]
    wanted = [
        Domain.term(bound.name, "in", list(dict.fromkeys(_operand(bound, values[place]) for values in merged)))
        for place, bound in enumerate(bounds)
    ]
    if model.archived is not None:
        wanted.append(Domain.term("archived", "in", [True, False]))
    found = search(records, Domain.all_of(wanted), "id", None, 0, columns)
    values = [_values(records.env, bound, found.ids) for bound in bounds]
    return dict(zip(zip(*values, strict=True), found.ids, strict=True))


def _values(env: Env, bound: Bound, ids: Sequence[int]) -> list[Any]:
    """The cached values of records that were just read, as the env sees them."""
    if bound.name == "id":
        return list(ids)
    column = env.work.column(bound)
    found = [column[id] for id in ids]
    return list(map(sight(env, bound), found)) if bound.keyed else found


def _operand(bound: Bound, value: Any) -> Any:
    return value if bound.compared is None else bound.compared(value)
