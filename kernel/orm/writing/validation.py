"""The models' own checks: once per batch, after its last change.

`create` and `write` check at once. What was set by attribute is checked at the flush; so is what a
recomputation changed. Values that have passed are remembered, so that a flush does not check them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import ValidationError
from kernel.orm.keyed.access import is_filled
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

_NUMBERS = ("integer", "float", "decimal", "money", "boolean", "duration")


def validate(records: Model, model: ModelInfo, names: frozenset[str]) -> None:
    """Required values, then the model's own checks that concern `names`, once for the batch."""
    require(records, model, names)
    for method, concerned in model.validators.items():
        if concerned & names:
            _check(records, model, method)


def check_unwritten(env: Env) -> None:
    """Check what is about to be written and has not been checked as it is; `env` is the system's."""
    work = env.work
    bounds = work.registry.bounds
    asked: dict[tuple[str, str], set[Any]] = {}
    changed: list[tuple[int, Iterable[Any]]] = [*work.dirty.items(), *work.relinked.items()]
    for index, ids in changed:
        bound = bounds[index]
        if ids:
            for method in bound.validators:
                asked.setdefault((bound.model.name, method), set()).update(ids)
    work.relinked.clear()
    for (name, method), ids in asked.items():
        model = work.registry.models[name]
        passed = work.checked.get((name, method), {})
        rest = [id for id in ids if id not in passed or passed[id] != _values(work, model, method, id)]
        if rest:
            _check(env.records(model, tuple(sorted(rest))), model, method)


def _check(records: Model, model: ModelInfo, method: str) -> None:
    """Run one check; an error that names no record gets the only one there is."""
    try:
        getattr(records, method)()
    except ValidationError as error:
        if error.record is None and len(records.ids) == 1 and isinstance(records.ids[0], int):
            error.record = [model.name, records.ids[0]]
        if error.field is None and len(model.validators[method]) == 1:
            error.field = next(iter(model.validators[method]))
        raise
    work = records.env.work
    passed = work.checked.setdefault((model.name, method), {})
    for id in records.ids:
        passed[id] = _values(work, model, method, id)


def _values(work: UnitOfWork, model: ModelInfo, method: str, id: Any) -> tuple[Any, ...]:
    bounds: Sequence[Bound] = [model.fields[name] for name in model.validators[method]]
    return tuple([work.column(bound).get(id, MISSING) for bound in bounds])


def require(records: Model, model: ModelInfo, names: frozenset[str]) -> None:
    """Raise ValidationError where a required field is unset."""
    work = records.env.work
    for bound in model.required:
        if bound.name not in names:
            continue
        empty: Any = None if bound.field.type in _NUMBERS else bound.null
        column = work.column(bound)
        for id in records.ids:
            found = column.get(id, MISSING)
            if found == empty if not bound.keyed else found is not MISSING and not is_filled(records.env, found):
                raise ValidationError(
                    f"{model.label}: {bound.field.label} must be filled in.",
                    record=(model.name, id if isinstance(id, int) else None),
                    field=bound.name,
                )
