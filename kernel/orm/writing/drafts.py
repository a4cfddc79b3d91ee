"""Drafts: unsaved records. Computes and onchanges run on them, nothing is flushed; `save()` creates.

A draft lives in a unit of work of its own, laid over the transaction's: what it does not hold itself is
read from there, what it sets stays in it. `search` sees the database only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError
from kernel.orm.computing import recompute
from kernel.orm.extra.values import folded, raw
from kernel.orm.fields.relation import DraftId
from kernel.orm.reading.guard import guard
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, Column, Columns, UnitOfWork
from kernel.orm.writing.commands import Command
from kernel.orm.writing.creating import fill_columns, raw_default

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model


class _Overlay(dict[Any, Any]):
    """A column over another: reads fall through, writes stay."""

    def __init__(self, below: Column) -> None:
        super().__init__()
        self.below = below

    def __missing__(self, id: Any) -> Any:
        return self.below[id]

    def __contains__(self, id: object) -> bool:
        return super().__contains__(id) or id in self.below

    def get(self, id: Any, default: Any = None) -> Any:
        if super().__contains__(id):
            return super().__getitem__(id)
        return self.below.get(id, default)

    def pop(self, id: Any, default: Any = MISSING) -> Any:
        return super().pop(id, default)


class _OverlayColumns(Columns):
    def __init__(self, below: UnitOfWork) -> None:
        super().__init__(below.registry)
        self._below = below

    def __missing__(self, index: int) -> Column:
        column: Column = _Overlay(self._below.columns[index])
        column[0] = self._bounds[index].null
        self[index] = column
        return column


class DraftWork(UnitOfWork):
    """The unit of work of a draft."""

    def __init__(self, below: UnitOfWork) -> None:
        super().__init__(below.tx, below.registry)
        self.draft = True
        self.columns = _OverlayColumns(below)
        self.below = below
        self.through: dict[Any, dict[str, Any]] = {}
        """draft -> values of computed fields whose inverse wrote to other records; `save` sets them again"""
        self._inverting: list[tuple[Any, str, Any]] = []

    def wrote(self, env: Env, bound: Bound | None = None, ids: Iterable[Any] = ()) -> None:
        """Raise DeveloperError for a change of a saved record, which nobody would ever write."""
        super().wrote(env, bound, ids)
        if bound is None or all(isinstance(id, DraftId) for id in ids):
            return
        if not self._inverting:
            raise DeveloperError(
                f"{bound.model.name}.{bound.name} of a saved record was set on a draft, and would be lost.",
                hint="An onchange sets its own record and its new lines only.",
            )
        id, name, value = self._inverting[-1]
        self.through.setdefault(id, {})[name] = value

    @contextmanager
    def inverting(self, id: Any, name: str, value: Any) -> Iterator[None]:
        """While an inverse method runs: what it writes to other records is shown, and written by `save`."""
        self._inverting.append((id, name, value))
        try:
            yield
        finally:
            self._inverting.pop()

    def newer(self, bound: Bound) -> set[Any]:
        """Also the drafts, and what waits to be written in the transaction below."""
        own = {id for id in self.columns[bound.index] if isinstance(id, DraftId)}
        return super().newer(bound) | own | self.below.newer(bound)


def draft_env(env: Env) -> Env:
    """The same actor on a unit of work that is never written."""
    if env.work.draft:
        return env
    work = DraftWork(env.work)
    system = env.over(work, is_system=True)
    return system if env.is_system else env.over(work, is_system=False)


def draft(records: Model, values: Mapping[str, Any], origin: int | None) -> Model:
    """A draft of the model with `values`; with `origin`, over that record's own values."""
    env, model = draft_env(records.env), records.__info__
    if model.extensible:
        values = folded(env, model, values)
    for name, value in values.items():
        guard(env, model.field(name), (value,))
    id = DraftId(origin)
    made = env.records(model, (id,), readable=True)
    made._x.writable = True
    if origin:
        _take_over(records, env, model, id, origin)
    else:
        bounds = {name: model.field(name) for name in values if model.field(name).column}
        plain = {name: value for name, value in values.items() if name in bounds}
        fill_columns(made, [plain], [id], bounds)
        for bound in model.fields.values():
            if bound.field.type in ("one2many", "many2many") and not bound.computed:
                env.work.columns[bound.index][id] = ()
                if bound.field.has_default and bound.name not in values:
                    values = {**values, bound.name: raw_default(made, bound)}
        for bound in model.computed_stored:
            if bound.name not in plain or bound.field.readonly:
                env.work.columns[bound.index].pop(id, None)
                env.work.todo[bound.index].add(id)
    set_values(made, {k: v for k, v in values.items() if origin or not model.field(k).column})
    return made


def _take_over(records: Model, env: Env, model: ModelInfo, id: DraftId, origin: int) -> None:
    """The draft begins with the values of the record it stands for, lines included."""
    source = records.browse(origin)
    for bound in model.fields.values():
        if bound.computed and not bound.stored:
            continue
        if not env.is_system and env.hides(bound):
            continue
        if bound.field.secret:  # nobody is shown it: unset, until it is entered anew
            env.work.columns[bound.index][id] = bound.null
            continue
        value: Any = raw(source) if bound is model.extra else getattr(source, bound.name)
        if bound.keyed:
            env.work.columns[bound.index][id] = records.env.work.columns[bound.index].get(origin, bound.column_null)
        elif bound.field.type == "reference":
            env.work.columns[bound.index][id] = bound.field.to_sql(value)
        elif bound.comodel is None:
            env.work.columns[bound.index][id] = value
        elif bound.field.type == "many2one":
            env.work.columns[bound.index][id] = value.ids[0] if value.ids else None
        else:
            env.work.columns[bound.index][id] = value.ids


def set_values(record: Model, values: Mapping[str, Any]) -> None:
    """Set values on a draft; lines of a one2many become drafts themselves."""
    model = record.__info__
    if model.extensible:
        values = folded(record.env, model, values)
    for name, value in values.items():
        bound = model.field(name)
        if bound.field.type == "one2many" and not bound.computed:
            guard(record.env, bound, (value,))
            _set_lines(record, bound, bound.field.commands(value, bound))  # type: ignore[attr-defined]
        else:
            setattr(record, name, value)


def _set_lines(record: Model, bound: Bound, commands: Sequence[Command]) -> None:
    env, work = record.env, record.env.work
    assert bound.comodel is not None
    assert bound.inverse is not None
    lines: dict[Any, None] = dict.fromkeys(getattr(record, bound.name).ids)
    by_origin = {line.origin: line for line in lines if isinstance(line, DraftId) and line.origin}
    for command in commands:
        if command.action == "create":
            line = draft(env.records(bound.comodel, ()), command.values or {}, None)
            lines[line.id] = None
        elif command.action == "update":
            line = _line_draft(env, bound, command.ids[0], by_origin)
            lines = {(line.id if each == command.ids[0] else each): None for each in lines}
            set_values(line, command.values or {})
        elif command.action in ("delete", "unlink"):
            gone = {command.ids[0], by_origin.get(command.ids[0])}
            lines = {each: None for each in lines if each not in gone}
        elif command.action == "link":
            lines[command.ids[0]] = None
        else:
            lines = dict.fromkeys(command.ids)
    work.columns[bound.index][record.id] = tuple(lines)
    for id in lines:
        if isinstance(id, DraftId):
            work.columns[bound.inverse.index][id] = record.id
    if bound.triggers:
        recompute.modified(work, bound, (record.id,))


def _line_draft(env: Env, bound: Bound, id: Any, by_origin: Mapping[Any, Any]) -> Model:
    assert bound.comodel is not None
    if isinstance(id, DraftId) or id in by_origin:
        known = id if isinstance(id, DraftId) else by_origin[id]
        line = env.records(bound.comodel, (known,), readable=True)
        line._x.writable = True
        return line
    return draft(env.records(bound.comodel, ()), {}, id)


def onchange(records: Model, values: Mapping[str, Any], changed: Sequence[str], origin: int | None) -> Model:
    """A draft with `values` on which the onchange methods of the `changed` fields ran."""
    env = records.env
    made = draft(records, values, origin)
    recompute.settle(made.env.work)
    for name in changed:
        for method in env.field(made.__info__, name).field.onchange_names:
            if hasattr(type(made), method):  # else of an extension that is not installed
                getattr(made, method)()
    recompute.settle(made.env.work)
    return made


def save(record: Model) -> Model:
    """Create the draft's record, lines included, in the transaction it was made in."""
    env, model = record.env, record.__info__
    below = env.work.columns._below  # type: ignore[attr-defined]
    target = env.over(below, is_system=env.is_system)
    made: Model = target.records(model, ()).create(values_of(record, model))
    return made


def values_of(record: Model, model: ModelInfo) -> dict[str, Any]:
    """What `create` needs to make the draft's record."""
    work = record.env.work
    values: dict[str, Any] = {}
    for bound in model.fields.values():
        if bound.name in ("id", "created_at", "created_by", "updated_at", "updated_by", "version"):
            continue
        if bound.computed and (bound.field.readonly or not bound.stored):
            continue
        column = work.columns[bound.index]
        if record.id not in column:
            continue
        value = column[record.id]
        if bound.field.type == "one2many":
            values[bound.name] = _line_commands(record, bound, value)
        elif not isinstance(value, DraftId):
            values[bound.name] = value
    return {**values, **work.through.get(record.id, {})} if isinstance(work, DraftWork) else values


def _line_commands(record: Model, bound: Bound, ids: Sequence[Any]) -> list[Command]:
    assert bound.comodel is not None
    assert bound.inverse is not None
    commands = []
    for id in ids:
        if isinstance(id, DraftId):
            values = values_of(record.env.records(bound.comodel, (id,), readable=True), bound.comodel)
            values.pop(bound.inverse.name, None)
            commands.append(Command.create(values))
        else:
            commands.append(Command.link(id))
    return commands


__all__ = ["DraftWork", "draft", "draft_env", "onchange", "save", "set_values", "values_of"]
