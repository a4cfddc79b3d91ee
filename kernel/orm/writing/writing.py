"""Setting values: on one record by attribute, on many by `write`. Nothing is sent before the flush."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError, SingletonError
from kernel.orm.computing import recompute
from kernel.orm.extra.paths import PREFIX
from kernel.orm.extra.values import assign as assign_extras
from kernel.orm.keyed.access import change_for, change_mappings
from kernel.orm.over_query import read_only, sealed
from kernel.orm.reading.guard import guard
from kernel.orm.reading.loading import load
from kernel.orm.reading.scope import hidden
from kernel.orm.registry.bound import Bound
from kernel.orm.work import MISSING, UnitOfWork
from kernel.orm.writing import links, money, undo
from kernel.orm.writing.validation import validate

if TYPE_CHECKING:
    from kernel.orm.model import Model


def singleton(record: Model, name: str) -> SingletonError:
    """The error for an attribute of none or many records."""
    count = len(record.ids)
    return SingletonError(
        f"{record.__info__.name}.{name} was set or read on {count} records; it takes one.",
        hint="Iterate over the records, or use write() or mapped().",
    )


def _id_of(record: Model, bound: Bound) -> Any:
    """The id of the one record whose value is set; raises SingletonError for none or many."""
    try:
        id = record._id
    except AttributeError:
        raise singleton(record, bound.name) from None
    if not id:
        raise singleton(record, bound.name)
    return id


def _target(record: Model, bound: Bound) -> Any:
    """The same, with the right to write."""
    id = _id_of(record, bound)
    scope = record._x
    if not scope.writable:
        scope.grant_write((id,))
    return id


def assign(record: Model, bound: Bound, value: Any) -> None:
    """Set a plain value of one record."""
    id = _target(record, bound)
    value = bound.field.convert(value, bound, id)
    work = record._x.work
    if bound.currency is not None:
        value = money.rounded(record, bound, id, value)
    old = work.columns[bound.index].get(id, MISSING)
    if old is not MISSING and bound.field.same(old, value):
        record._x.check_settable(bound)
        return
    record._x.note_write(bound, (id,))
    put(work, bound, id, value)


def assign_keyed(record: Model, bound: Bound, value: Any) -> None:
    """Set the text of the env's language, or the value of its company; a mapping sets those of several."""
    id = _target(record, bound)
    guard(record._x.env, bound, (value,))
    change_mappings(record._x, bound, (id,), change_for(record.env, bound, value, id))


def assign_reference(record: Model, bound: Bound, value: Any) -> None:
    """Set a reference of one record."""
    _target(record, bound)
    guard(record._x.env, bound, (value,))
    assign(record, bound, value)


def put(work: UnitOfWork, bound: Bound, id: Any, value: Any) -> None:
    """A new value: cache, dirty, dependents."""
    work.columns[bound.index][id] = value
    work.dirty[bound.index].add(id)
    if bound.triggers:
        recompute.modified(work, bound, (id,))


def assign_link(record: Model, bound: Bound, value: Any) -> None:
    """Set a many2one of one record; the one2many sides follow."""
    id = _target(record, bound)
    if type(value) is int:
        guard(record._x.env, bound, (value,))
    value = bound.field.convert(value, bound, id)
    work = record._x.work
    column = work.columns[bound.index]
    old = column.get(id, MISSING)
    if old == value:
        record._x.check_settable(bound)
        return
    record._x.note_write(bound, (id,))
    if old is MISSING and bound.inverses:
        load(record._x, bound, id)
        old = work.columns[bound.index][id]
        if old == value:
            return
    work.columns[bound.index][id] = value
    work.dirty[bound.index].add(id)
    if bound.inverses:
        links.moved(work, bound, id, old, value)
    if bound.amounts:
        money.currency_changed(work, bound, (id,))
    if bound.triggers:
        recompute.modified(work, bound, (id,))


def assign_links(record: Model, bound: Bound, value: Any) -> None:
    """Set a one2many or many2many of one record, by records, ids or commands."""
    id = _target(record, bound)
    work = record._x.work
    outer = work.undo
    if outer is None and not work.draft:
        work.undo = []
    start = len(outer or ())
    try:
        record._x.note_write(bound, (id,))
        guard(record._x.env, bound, (value,))
        links.apply(record, bound, bound.field.commands(value, bound))  # type: ignore[attr-defined]
    except BaseException as error:
        undo.forget_half(record, start, error)
        raise
    finally:
        work.undo = outer


def assign_computed(record: Model, bound: Bound, value: Any) -> None:
    """Set a computed value: by its own method, by a person where it may be edited, or through its inverse."""
    work = record._x.work
    if bound.index in work.computing:
        _set_computed(record, bound, value)
        return
    if bound.field.inverse_name:
        _set_through_inverse(record, bound, value)
        return
    if not bound.field.settable or not bound.stored:
        raise DeveloperError(
            f"{bound.model.name}.{bound.name} is computed and cannot be set.",
            hint="Set what it depends on; or declare readonly=False with stored=True, or an @inverse.",
        )
    id = _target(record, bound)
    recompute.ensure(work, bound, id)
    if bound.field.type == "many2one":
        assign_link(record, bound, value)
    elif bound.field.type == "reference":
        assign_reference(record, bound, value)
    else:
        assign(record, bound, value)


def _set_computed(record: Model, bound: Bound, value: Any) -> None:
    id = _id_of(record, bound)
    work = record._x.work
    if bound.field.type in ("one2many", "many2many"):
        _set_computed_links(record, bound, value)
        return
    value = bound.field.convert(value, bound, id)
    if bound.currency is not None:
        value = money.rounded(record, bound, id, value)
    if not bound.stored:
        record._x.env.columns[bound.index][id] = value
        return
    work.column(bound)[id] = value
    work.todo[bound.index].discard(id)
    if work.is_new(bound.model, id):
        changed = True
    else:
        old = work.old[bound.index].get(id, MISSING)
        changed = old is MISSING or not bound.field.same(old, value)
        if changed:
            work.dirty[bound.index].add(id)
        else:
            work.dirty[bound.index].discard(id)
    if changed and bound.inverses:
        links.moved(work, bound, id, work.old[bound.index].get(id), value)
    if changed and bound.amounts:
        money.currency_changed(work, bound, (id,))
    if changed and bound.triggers:
        recompute.modified(work, bound, (id,))


def _set_computed_links(record: Model, bound: Bound, value: Any) -> None:
    ids = tuple(getattr(value, "ids", value) or ())
    if bound.stored:
        links.apply(record, bound, bound.field.commands(ids, bound))  # type: ignore[attr-defined]
        record._x.work.todo[bound.index].discard(record._id)
    else:
        record._x.env.columns[bound.index][record._id] = ids


def _set_through_inverse(record: Model, bound: Bound, value: Any) -> None:
    """Show the value to the inverse method, which writes it to where it belongs."""
    _target(record, bound)
    work = record._x.work
    work.computing.add(bound.index)
    try:
        _set_computed(record, bound, value)
    finally:
        work.computing.discard(bound.index)
    with work.inverting(record._id, bound.name, value):
        getattr(record, bound.field.inverse_name)()


def write(records: Model, values: Mapping[str, Any]) -> None:
    """Set the same values on all of `records`; rights and validation are asked once for the batch.

    A refused call leaves the values as they were.
    """
    work = records.env.work
    outer = work.undo
    if outer is None and not work.draft:
        work.undo = []
    start = len(outer or ())
    try:
        _write(records, values)
    except BaseException as error:
        undo.forget_half(records, start, error)
        raise
    finally:
        work.undo = outer


def _write(records: Model, values: Mapping[str, Any]) -> None:
    model = records.__info__
    if not records.ids:
        return
    if model.extensible:
        values = _assign_extras(records, values)
    bounds = [(checked_field(records, name), value) for name, value in values.items()]
    bounds.sort(key=lambda pair: pair[0].currency is not None)  # amounts are rounded to their new currency
    relations = [(bound, value) for bound, value in bounds if bound.field.type in ("one2many", "many2many")]
    scope = records._x
    if not scope.writable:
        scope.grant_write(records.ids)
    for bound, value in bounds:
        if bound.field.type in ("one2many", "many2many"):
            continue
        if _assign_all(records, bound, value):
            continue
        for record in records:
            setattr(record, bound.name, value)
    for bound, value in relations:
        if bound.computed:
            for record in records:
                setattr(record, bound.name, value)
            continue
        scope.note_write(bound, records.ids)
        guard(scope.env, bound, (value,))
        links.apply(records, bound, bound.field.commands(value, bound))  # type: ignore[attr-defined]
    validate(records, model, frozenset(values))


def _assign_extras(records: Model, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set the extra fields among `values`; returns the rest."""
    fields = records.__info__.fields
    extras = {name: value for name, value in values.items() if name.startswith(PREFIX) and name not in fields}
    if extras:
        assign_extras(records, extras)
    return {name: value for name, value in values.items() if name not in extras} if extras else values


def _assign_all(records: Model, bound: Bound, value: Any) -> bool:
    """One plain value on many records, without making a record of each; False where it is not that simple."""
    if bound.keyed:
        guard(records.env, bound, (value,))
        change_mappings(records._x, bound, records.ids, change_for(records.env, bound, value))
        return True
    if bound.computed or bound.inverses or bound.slow or len(records.ids) < 2:
        return False
    scope = records._x
    work = scope.work
    if type(value) is int and bound.comodel is not None:
        guard(scope.env, bound, (value,))
    value = bound.field.convert(value, bound, None)
    column, dirty = work.columns[bound.index], work.dirty[bound.index]
    changed = [id for id in records.ids if column.get(id, MISSING) != value]
    if not changed:
        return True
    scope.note_write(bound, tuple(changed))
    column.update(dict.fromkeys(changed, value))
    dirty.update(changed)
    if bound.amounts:
        money.currency_changed(work, bound, changed)
    if bound.triggers:
        recompute.modified(work, bound, changed)
    return True


def checked_field(records: Model, name: str) -> Bound:
    """The field `name`, if the env may set it."""
    env, model = records.env, records.__info__
    known = env.settable.setdefault(model.name, {})
    bound = known.get(name)
    if bound is None:
        bound = model.field(name)
        if not env.is_system and env.hides(bound):
            raise hidden(bound)
        if name in ("id", "created_at", "created_by", "updated_at", "updated_by", "version"):
            raise DeveloperError(f"{model.name}.{name} is kept by the system and cannot be set.")
        if sealed(bound):
            raise read_only(bound)
        known[name] = bound
    return bound
