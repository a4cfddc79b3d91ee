"""Creating records: batch first, with real ids at once; the INSERT comes at the flush."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, ValidationError
from kernel.orm.computing import recompute
from kernel.orm.extra.values import folded
from kernel.orm.extra.values import require as require_extras
from kernel.orm.keyed.access import fill_new
from kernel.orm.over_query import forget
from kernel.orm.reading.guard import guard
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, UnitOfWork
from kernel.orm.writing import links, money, undo
from kernel.orm.writing.validation import validate
from kernel.orm.writing.writing import checked_field

if TYPE_CHECKING:
    from kernel.orm.model import Model

Values = Mapping[str, Any]


def create(records: Model, batch: Sequence[Values]) -> Model:
    """New records with the given values, defaults for the rest; raises ValidationError, AccessError.

    A refused call leaves nothing behind: neither records nor lines nor links.
    """
    work = records.env.work
    outer = work.undo
    if outer is None:
        work.undo = []
    start = len(outer or ())
    try:
        return _create(records, batch)
    except BaseException as error:
        undo.forget_half(records, start, error)
        raise
    finally:
        work.undo = outer


def _create(records: Model, batch: Sequence[Values]) -> Model:
    env, model, work = records.env, records.__info__, records.env.work
    if not env.may(model, "create"):
        raise AccessError(
            f"You may not create {model.label.lower()} records.", hint="Ask an administrator for the right."
        )
    if not batch:
        return env.records(model, ())
    if model.extensible:
        batch = [folded(env, model, values) for values in batch]
    given = dict.fromkeys(chain.from_iterable(batch))
    known = env.settable.get(model.name, {})
    bounds = {name: known.get(name) or checked_field(records, name) for name in given}
    for name, bound in bounds.items():
        if bound.comodel is not None or bound.field.type == "reference":
            guard(env, bound, [values[name] for values in batch if name in values])
    ids = work.draw_ids(model, len(batch))
    if work.undo is not None:
        work.undo.append(undo.Made(model, ids, work.flushes))
    made = env.records(model, tuple(ids), readable=True)
    made._x.writable = True
    env.granted.setdefault(model.name, set()).update(ids)
    work.wrote(env)
    fill_columns(made, batch, ids, bounds)  # a default that searches flushes: these are not to be seen yet
    work.new[model.name].update(dict.fromkeys(ids))
    _mark_computed(work, model, batch, ids, bounds)
    _announce(work, model, ids)
    if model.feeds:
        forget(work, model.feeds)
    _apply_links(made, batch, ids, bounds)
    _set_inverses(made, batch, bounds)
    if not env.is_system and env.rule(model, "create") is not None:
        work.checks.setdefault((env, model.name, "create"), {}).update(dict.fromkeys(ids))
    validate(made, model, model.column_names | given.keys())
    if model.extensible:
        require_extras(made)
    return made


def fill_columns(made: Model, batch: Sequence[Values], ids: Sequence[Any], bounds: Mapping[str, Bound]) -> None:
    """Every stored column of the new records gets its value: given, default, or null."""
    work, model = made.env.work, made.__info__
    amounts: list[Bound] = []
    one = batch[0] if len(batch) == 1 else None
    for bound in model.fillable:
        if bound.computed and bound.name not in bounds:
            continue
        if bound.keyed:
            fill_new(made, bound, ids, _keyed_values(made, bound, batch))
            continue
        column = work.column(bound)
        if one is not None and bound.name in one:
            column[ids[0]] = bound.field.convert(one[bound.name], bound)
        elif bound.name not in bounds:
            column.update(dict.fromkeys(ids, _default(made, bound)))
        else:
            values = _column_values(made, bound, batch)
            column.update(zip(ids, values, strict=True))
            if bound.computed:
                for id, value in zip(ids, values, strict=True):
                    if value is MISSING:
                        del column[id]
        if bound.currency is not None:
            amounts.append(bound)
    for bound in amounts:
        money.round_all(work, bound, ids)


def _keyed_values(made: Model, bound: Bound, batch: Sequence[Values]) -> list[Any]:
    """Values as they were given; a text that was not is the default, what belongs to a company stays unset."""
    if all(bound.name in values for values in batch):
        return [values[bound.name] for values in batch]
    default = _default(made, bound) if bound.keyed == "language" else {}
    return [values.get(bound.name, default) for values in batch]


def _column_values(made: Model, bound: Bound, batch: Sequence[Values]) -> list[Any]:
    name, field = bound.name, bound.field
    try:
        try:
            return field.convert_many([values[name] for values in batch], bound)
        except KeyError:
            default = MISSING if bound.computed else _default(made, bound)
            return [field.convert(values[name], bound) if name in values else default for values in batch]
    except ValidationError as error:
        raise _placed(error, bound, batch) from None


def _placed(error: ValidationError, bound: Bound, batch: Sequence[Values]) -> ValidationError:
    """The error of a batch says which of its records is wrong, counted from 1."""
    for place, values in enumerate(batch, 1):
        try:
            if bound.name in values:
                bound.field.convert(values[bound.name], bound)
        except ValidationError as found:
            found.hint = found.hint or f"It is number {place} of the {len(batch)} records that were given."
            found.details["position"] = place
            return found
    return error


def _default(made: Model, bound: Bound) -> Any:
    field = bound.field
    if not field.has_default:
        return bound.null
    if field.default_name:
        return field.convert(getattr(made.env.records(bound.model, ()), field.default_name)(), bound)
    return field.convert(field.default_value(), bound)


def _mark_computed(
    work: UnitOfWork, model: ModelInfo, batch: Sequence[Values], ids: Sequence[Any], bounds: Mapping[str, Bound]
) -> None:
    """Stored computed values that were not given are computed before the INSERT."""
    for bound in model.computed_stored:
        if bound.name in bounds and bound.field.settable:
            asks = bound.field.asks
            todo = [
                id
                for id, values in zip(ids, batch, strict=True)
                if bound.name not in values or asks(values[bound.name])
            ]
            for id in todo:
                work.column(bound).pop(id, None)
        else:
            todo = list(ids)
        if todo:
            work.todo[bound.index].update(todo)


def _announce(work: UnitOfWork, model: ModelInfo, ids: Sequence[Any]) -> None:
    """The one2many sides of the new records' links change; nothing else can depend on them yet."""
    for bound in model.inverse_links:
        column = work.column(bound)
        parents = dict.fromkeys(column.get(id) for id in ids)
        parents.pop(None, None)
        if not parents:
            continue
        for side in bound.inverses:
            lists = work.columns[side.index]
            for id in ids:
                parent = column.get(id)
                if parent and parent in lists:
                    lists[parent] = (*lists[parent], id)
            if side.triggers:
                recompute.modified(work, side, list(parents))


def _apply_links(made: Model, batch: Sequence[Values], ids: Sequence[Any], bounds: Mapping[str, Bound]) -> None:
    """One2many and many2many values: an empty list for all, then the given commands."""
    env, work, model = made.env, made.env.work, made.__info__
    for bound in model.to_many:
        work.columns[bound.index].update(dict.fromkeys(ids, ()))
    for bound in model.to_many:
        if bound.name not in bounds and not bound.field.has_default:
            continue
        default = None
        if bound.field.has_default and any(bound.name not in values for values in batch):
            default = raw_default(made, bound)
        each = []
        for id, values in zip(ids, batch, strict=True):
            value = values.get(bound.name, default)
            if value is not None:
                each.append((id, bound.field.commands(value, bound)))  # type: ignore[attr-defined]
        if each:
            links.apply_each(env, bound, each)


def raw_default(made: Model, bound: Bound) -> Any:
    """The default of a link field, as it was declared: records, ids or commands."""
    if bound.field.default_name:
        return getattr(made.env.records(bound.model, ()), bound.field.default_name)()
    return bound.field.default_value()


def _set_inverses(made: Model, batch: Sequence[Values], bounds: Mapping[str, Bound]) -> None:
    """Given values of computed fields go through their inverse method."""
    for bound in bounds.values():
        if not bound.computed or not bound.field.inverse_name:
            continue
        for record, values in zip(made, batch, strict=True):
            if bound.name in values:
                setattr(record, bound.name, values[bound.name])
