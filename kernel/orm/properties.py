"""The generated properties of composed classes: the fast path of every read and write of a field.

A property is a closure over its `Bound`. The happy path is two dictionary look-ups; everything else
(rights, loading, computing, errors) happens in `kernel.orm.reading.loading` and `kernel.orm.writing.writing` on a miss.
`Model` must never have a `__getattr__`: with one, attribute reads cost twice as much.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kernel.orm.extra.values import ExtraValues, assign_column
from kernel.orm.over_query import read_only, sealed
from kernel.orm.reading.loading import miss, miss_many, miss_one
from kernel.orm.reading.references import follow
from kernel.orm.registry.bound import Bound
from kernel.orm.work import MISSING
from kernel.orm.writing.writing import (
    assign,
    assign_computed,
    assign_keyed,
    assign_link,
    assign_links,
    assign_reference,
    singleton,
)

if TYPE_CHECKING:
    from kernel.orm.model import Model

Getter = Callable[["Model"], Any]
Setter = Callable[["Model", Any], None]


def property_for(bound: Bound) -> property:
    """The property that reads and writes `bound` on records."""
    kind = bound.field.type
    if bound.name == "id":
        return property(_id)
    if kind == "extra":
        return property(ExtraValues, assign_column, doc="The extra fields of the record, by name.")
    if kind == "many2one":
        getter = _get_one(bound)
    elif kind in ("one2many", "many2many"):
        getter = _get_many(bound)
    elif kind == "reference":
        getter = _get_reference(bound)
    else:
        getter = _get_value(bound) if bound.present is None else _get_presented(bound, bound.present)
    return property(getter, _setter(bound), doc=bound.field.help or bound.field.label)


def _id(record: Model) -> Any:
    try:
        return record._id
    except AttributeError:
        raise singleton(record, "id") from None


def _get_value(bound: Bound) -> Getter:
    index = bound.index

    def get(record: Model) -> Any:
        try:
            return record._c[index][record._id]
        except (KeyError, AttributeError):
            pass  # leave the handler first: no chained traceback, and the fast path stays short
        return miss(record, bound)

    return get


def _get_presented(bound: Bound, present: Callable[[Any, Model], Any]) -> Getter:
    plain = _get_value(bound)

    def get(record: Model) -> Any:
        return present(plain(record), record)

    return get


def _get_one(bound: Bound) -> Getter:
    index = bound.index

    def get(record: Model) -> Any:
        try:
            return record._x.targets[index][record._c[index][record._id]]
        except (KeyError, AttributeError):
            pass
        return miss_one(record, bound)

    return get


def _get_many(bound: Bound) -> Getter:
    index = bound.index

    def get(record: Model) -> Any:
        try:
            return record._x.many(bound, record._c[index][record._id])
        except (KeyError, AttributeError):
            pass
        return miss_many(record, bound)

    return get


def _get_reference(bound: Bound) -> Getter:
    read = _get_value(bound)
    return lambda record: follow(record, bound, read(record))


def _setter(bound: Bound) -> Setter:
    if sealed(bound):
        return _refusing(bound)
    if bound.computed and bound.comodel is None and not bound.slow:
        return _set_computed(bound)
    if bound.computed:
        return lambda record, value: assign_computed(record, bound, value)
    if bound.keyed:
        return lambda record, value: assign_keyed(record, bound, value)
    if bound.field.type == "many2one":
        return lambda record, value: assign_link(record, bound, value)
    if bound.field.type in ("one2many", "many2many"):
        return lambda record, value: assign_links(record, bound, value)
    if bound.field.type == "reference":
        return lambda record, value: assign_reference(record, bound, value)
    if bound.slow or bound.keep is not None:
        return lambda record, value: assign(record, bound, value)
    return _set_value(bound)


def _refusing(bound: Bound) -> Setter:
    def refuse(_record: Model, _value: Any) -> None:
        raise read_only(bound)

    return refuse


def _set_value(bound: Bound) -> Setter:
    index, exact, field = bound.index, bound.exact, bound.field
    accept, convert = field.accept, field.convert

    def set_(record: Model, value: Any) -> None:
        try:
            id = record._id
        except AttributeError:
            raise singleton(record, bound.name) from None
        scope = record._x
        if not scope.writable:
            scope.grant_write((id,))
        if type(value) is exact:
            try:
                value = accept(value)
            except (ValueError, ArithmeticError):
                value = convert(value, bound, id)
        else:
            value = convert(value, bound, id)
        work = scope.work
        column = work.columns[index]
        if column.get(id, MISSING) == value:
            scope.check_settable(bound)
            return
        if not id:
            raise singleton(record, bound.name)
        scope.note_write(bound, (id,))
        column[id] = value
        work.dirty[index].add(id)
        if bound.triggers:
            scope.modified(bound, (id,))

    return set_


def _set_computed(bound: Bound) -> Setter:
    """The value that a compute method sets: the way of most, for the field of one value.

    What is not stored goes into the column of the env that asks; what is stored is compared with what the
    database has.
    """
    index, exact, field, model, stored = bound.index, bound.exact, bound.field, bound.model.name, bound.stored
    accept, convert = field.accept, field.convert

    def set_(record: Model, value: Any) -> None:
        scope = record._x
        work = scope.work
        try:
            id = record._id
        except AttributeError:
            raise singleton(record, bound.name) from None
        if index not in work.computing or not id:
            assign_computed(record, bound, value)
            return
        if type(value) is exact:
            try:
                value = accept(value)
            except (ValueError, ArithmeticError):
                value = convert(value, bound, id)
        else:
            value = convert(value, bound, id)
        if not stored:
            scope.env.columns[index][id] = value
            return
        work.column(bound)[id] = value
        work.todo[index].discard(id)
        if id not in work.new[model]:
            if work.old[index].get(id, MISSING) == value:
                work.dirty[index].discard(id)
                return
            work.dirty[index].add(id)
        if bound.triggers:
            scope.modified(bound, (id,))

    return set_
