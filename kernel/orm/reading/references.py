"""The records that references lead to: looked for together, by one query per model and chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kernel.orm.fields.reference import Reference, split
from kernel.orm.reading.fetch import fetch
from kernel.orm.reading.scope import Scope
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Registry


class Referred:
    """What the references of a chunk to one model lead to."""

    __slots__ = ("gone", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.gone: set[int] = set()
        """Ids that were looked for and are not there."""


def installed(registry: Registry, text: str) -> tuple[ModelInfo, int] | None:
    """Model and id of a kept reference; None where it is unset or the model is not installed."""
    found = split(text)
    model = registry.models.get(found[0]) if found else None
    return None if found is None or model is None else (model, found[1])


def follow(record: Model, bound: Bound, text: str) -> Model:
    """The record that the kept reference of `record` leads to; empty where there is none."""
    scope = record._x
    found = installed(scope.work.registry, text)
    if found is None:
        return nothing(scope.env, bound)
    model, id = found
    known = scope.referred.get((bound.index, model.name))
    if known is None or not known.scope.has((id,)):
        ids = _referred_ids(scope, bound, model.name)
        known = Referred(Scope(scope.env, model, tuple(dict.fromkeys((*ids, id)))))
        scope.referred[bound.index, model.name] = known
    if not _is_there(scope.work, model, known, id):
        return nothing(scope.env, bound)
    return known.scope.record(id)


def nothing(env: Env, bound: Bound) -> Model:
    """The empty recordset that an unset reference reads as."""
    names = bound.field.models if isinstance(bound.field, Reference) else None
    models = env.registry.models
    return env.records(next((models[name] for name in names or () if name in models), bound.model), ())


def _referred_ids(scope: Scope, bound: Bound, name: str) -> list[int]:
    column = scope.env.columns[bound.index]
    pairs = [split(column[id]) for id in scope.ids if id in column]
    return [pair[1] for pair in pairs if pair is not None and pair[0] == name]


def _is_there(work: UnitOfWork, model: ModelInfo, known: Referred, id: int) -> bool:
    """Whether the record exists; its whole chunk is looked for, and the titles come along."""
    probe, title = model.probe, model.fields[model.title]
    if id in work.columns[probe.index] or _is_new(work, model, id):
        return True
    if id in known.gone:
        return False
    wanted = [each for each in known.scope.ids if not _is_new(work, model, each)]
    columns = [probe, title] if title.column and title.name != "id" and not title.contextual else [probe]
    known.gone = set(wanted).difference(fetch(work, model, wanted, columns))
    return id not in known.gone


def _is_new(work: UnitOfWork, model: ModelInfo, id: Any) -> bool:
    below: UnitOfWork | None = getattr(work.columns, "_below", None)  # of a draft
    return work.is_new(model, id) or (below is not None and below.is_new(model, id))
