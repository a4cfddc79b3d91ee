"""What happens when a read misses the cache: rights, loading by chunk, computing, and the right error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError, MissingError, SingletonError
from kernel.orm.computing import recompute
from kernel.orm.fields.relation import DraftId
from kernel.orm.keyed.access import load_view
from kernel.orm.reading.fetch import companions, fetch
from kernel.orm.reading.scope import Scope, hidden, missing
from kernel.orm.registry.bound import Bound
from kernel.orm.writing import links

if TYPE_CHECKING:
    from kernel.orm.model import Model


def miss(record: Model, bound: Bound) -> Any:
    """The value of a field that the fast path did not find."""
    id = _only(record, bound)
    if not id:
        return bound.null
    scope = record._x
    if record._c is not scope.env.columns:
        scope.open(record, id, bound)
    try:
        column = scope.env.columns[bound.index]
    except KeyError:
        raise hidden(bound) from None
    if id not in column:
        load(scope, bound, id)
        column = scope.env.columns[bound.index]
    return column[id]


def miss_one(record: Model, bound: Bound) -> Model:
    """The record a many2one leads to, on a miss."""
    return record._x.one(bound, miss(record, bound))


def miss_many(record: Model, bound: Bound) -> Model:
    """The records a one2many or many2many leads to, on a miss."""
    return record._x.many(bound, miss(record, bound))


def _only(record: Model, bound: Bound) -> Any:
    try:
        return record._id
    except AttributeError:
        raise SingletonError(
            f"{bound.model.name}.{bound.name} was read on {len(record._ids)} records at once.",
            hint=f"Iterate over them, or use mapped({bound.name!r}).",
        ) from None


def load(scope: Scope, bound: Bound, id: Any) -> None:
    """Bring the value of one record into the cache, and that of its chunk with it."""
    work = scope.work
    if bound.computed and bound.stored:
        recompute.ensure(work, bound, id)
        if id in work.columns[bound.index]:
            return
    column = scope.env.columns[bound.index]
    wanted = tuple([each for each in scope.neighbours(id) if each and each not in column])
    if bound.field.type in ("one2many", "many2many") and not bound.computed:
        links.load(work, bound, wanted)
    elif bound.computed and not bound.stored:
        _compute_plain(scope, bound, wanted, id)
    elif bound.keyed:
        load_view(scope, bound, wanted)
    else:
        _load_columns(scope, bound, wanted)
    column = scope.env.columns[bound.index]
    if id in column:
        return
    if bound.index in work.stash:
        recompute.ensure(work, bound, id)
        if id in work.columns[bound.index]:
            return
    if isinstance(id, DraftId):
        column[id] = bound.null
        return
    raise missing(bound.model, id)


def _compute_plain(scope: Scope, bound: Bound, wanted: Sequence[Any], id: Any) -> None:
    """For the chunk; if that meets a record that is not there or may not be read, for the one that is asked for."""
    try:
        recompute.compute_plain(scope.env, bound, wanted)
    except MissingError:
        if len(wanted) == 1:
            raise
        recompute.compute_plain(scope.env, bound, (id,))


def _load_columns(scope: Scope, bound: Bound, wanted: Sequence[Any]) -> None:
    """One SELECT for the chunk: the field, and the other plain columns that are not there yet."""
    work, model = scope.work, bound.model
    if bound.column is None:
        raise DeveloperError(f"{bound!r} has no column to read.")
    if bound not in model.insertable and any(work.is_new(model, each) for each in wanted):
        scope.env.flush()  # the database fills it in
    stored = [each for each in wanted if not isinstance(each, DraftId) and not work.is_new(model, each)]
    if not stored:
        return
    fetch(work, model, stored, companions(work, bound, stored[0]))
