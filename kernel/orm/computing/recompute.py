"""Computed values: what becomes out of date, who is concerned, and computing them in batches, once.

A change costs O(1) per dependent field (`modified`). Own targets are marked record by record; targets
on other records are *suspended* with the links that lead to them, and the records concerned are looked
up in one query when somebody reads the column, or at flush (`settle`). Links are looked up in their
present state; that is right because a change of a link is itself a change, on both of its sides.

Stored values are computed as the system, others as the env that reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from kernel.errors import AccessError, DeveloperError, MissingError, TenonError, ValidationError
from kernel.orm import over_query
from kernel.orm.computing import refresh
from kernel.orm.computing.ordering import in_order, levels, plain_batches
from kernel.orm.computing.reach import reaching
from kernel.orm.fields.relation import DraftId
from kernel.orm.reading.fetch import fetch
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, Column, Path, UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model
    from kernel.orm.reading.scope import Scope

MAX_ROUNDS = 10_000


# -- what becomes out of date --------------------------------------------------------------------------
def modified(work: UnitOfWork, bound: Bound, ids: Iterable[Any]) -> None:
    """Values of `bound` on records `ids` changed: mark everything that depends on them."""
    if bound.feeds and work.shown:
        over_query.forget(work, bound.feeds)
    for index in bound.own_plain:
        work.forget_plain(index, ids)
    for index in bound.far_plain:
        work.forget_plain(index, None)
    for target in bound.own_stored:
        mark(work, target, ids)
    for target, path in bound.far_stored:
        if target is bound and bound.index in work.computing and bound.field.readonly:
            continue  # the closure over its own links was taken before computing
        suspend(work, target).setdefault(path, set()).update(ids)
        _distrust(work, target)


def mark(work: UnitOfWork, target: Bound, ids: Iterable[Any]) -> None:
    """The stored values of `target` on `ids` must be computed; what the database has is kept aside."""
    index = target.index
    column = work.column(target)
    todo, old, dirty = work.todo[index], work.old[index], work.dirty.get(index, set())
    for id in ids:
        value = column.pop(id, MISSING)
        if value is not MISSING and id not in dirty and id not in old:
            old[id] = value
        todo.add(id)
    for path in target.self_links:
        suspend(work, target).setdefault(path, set()).update(ids)
    _distrust(work, target)


def suspend(work: UnitOfWork, target: Bound) -> dict[Path, set[Any]]:
    """Take the target's values out of reach; returns what is pending for it."""
    index = target.index
    pending = work.pending.get(index)
    if pending is None:
        pending = work.pending[index] = {}
        work.stash[index] = work.swap(index, None) or {0: target.null}
    return pending


def _distrust(work: UnitOfWork, target: Bound) -> None:
    if target.feeds and work.shown:
        over_query.forget(work, target.feeds)
    for other in target.downstream:
        suspend(work, other)
    for index in target.downstream_plain:
        work.forget_plain(index, None)


# -- computing ---------------------------------------------------------------------------------------
def ensure(work: UnitOfWork, bound: Bound, id: Any) -> None:
    """Make the stored computed value of one record final, if it is not."""
    if not work.settling:
        settle(work)
        return
    for _ in range(MAX_ROUNDS):  # computing it may put it in doubt again, where two fields are entangled
        _resolve(work, bound)
        if id not in work.todo.get(bound.index, ()):
            return
        if bound.index in work.computing or bound.entangled:
            _compute(work, bound, [id])
        else:
            _run(work, bound, set(work.todo[bound.index]))


def settle(work: UnitOfWork, write: Callable[[UnitOfWork], None] | None = None) -> None:
    """Compute everything that is out of date, what is depended on first.

    With `write`, which sends what is known by then, the database computes what it can for many records.
    """
    if work.settling:
        return
    work.settling = True
    bounds = work.registry.bounds
    try:
        waiting: list[int] = []
        for _ in range(MAX_ROUNDS):
            waiting = [*work.pending, *(index for index, ids in work.todo.items() if ids)]
            if not waiting:
                return
            target = _next([bounds[index] for index in waiting])
            _resolve(work, target)
            ids = work.todo.get(target.index)
            if not ids:
                continue
            if write is not None and refresh.fits(work, target, ids) and not _holes(work):
                write(work)
                ids = work.todo.get(target.index)
                if ids and target.index not in work.pending:
                    refresh.refresh(work, target, set(ids), partial(modified, work))
            else:
                _run(work, target, ids)
        raise DeveloperError(
            f"{bounds[waiting[0]]!r} is still out of date after {MAX_ROUNDS} rounds.",
            hint="Two computed fields change each other without end.",
        )
    finally:
        work.settling = False


def _next(waiting: Sequence[Bound]) -> Bound:
    """What is depended on comes first; what the database computes comes as late as it can."""
    late = [bound for bound in waiting if bound.set_based]
    if late and len(late) < len(waiting):
        after = {other for bound in late for other in (bound, *bound.downstream)}
        early = [bound for bound in waiting if bound not in after]
        waiting = early or waiting
    return min(waiting, key=lambda bound: bound.rank)


def _holes(work: UnitOfWork) -> bool:
    """Whether new records lack stored values: they are not to be written yet."""
    return any(
        ids and not ids.isdisjoint(work.new.get(work.registry.bounds[index].model.name, ()))
        for index, ids in work.todo.items()
    )


def _resolve(work: UnitOfWork, target: Bound) -> None:
    """Find the records that pending changes concern; the values of all others come back."""
    index = target.index
    pending = work.pending.pop(index, None)
    if pending is None:
        return
    stash = work.stash.pop(index)
    stash.update(work.swap(index, stash) or {})
    concerned: set[Any] = set()
    starts: set[Any] = set()
    for path, ids in pending.items():
        if path in target.self_links and target.field.readonly:
            starts |= ids
        else:
            concerned |= reaching(work, path, ids)
    if target.self_links and target.field.readonly:
        concerned |= _below(work, target, starts | concerned)
    _mark_found(work, index, concerned, stash)


def _mark_found(work: UnitOfWork, index: int, concerned: set[Any], stash: Column) -> None:
    """`concerned` are to be computed; what the database has of them is kept aside. By sets, as most are not cached."""
    todo, old, dirty = work.todo[index], work.old[index], work.dirty.get(index, set())
    for id in [id for id in (stash.keys() & concerned if len(stash) > 1 else ()) if id not in todo]:
        value = stash.pop(id)
        if id not in dirty and id not in old:
            old[id] = value
    todo |= concerned


def _below(work: UnitOfWork, target: Bound, starts: set[Any]) -> set[Any]:
    """Who depends on `starts` over any number of steps.

    Not for editable fields: there a record whose dependency turns out the same must keep what a person set.
    """
    found: set[Any] = set()
    level = starts
    while level:
        more: set[Any] = set()
        for path in target.self_links:
            more |= reaching(work, path, level, closed=True)
        level = more - found - starts if len(target.self_links) > 1 else set()
        found |= more
    return found


def _run(work: UnitOfWork, target: Bound, ids: set[Any]) -> None:
    everybody = in_order(ids)
    _read_before(work, target, everybody)
    for sibling in target.siblings:
        if sibling.stored:
            _resolve(work, sibling)
            _read_before(work, sibling, everybody)
    whole = work_env(work).records(target.model, tuple(everybody))._x
    for batch in list(levels(work_env(work), target, ids)):
        _compute(work, target, batch, whole)


def _compute(work: UnitOfWork, target: Bound, ids: Sequence[Any], scope: Scope | None = None) -> None:
    """Run the method for `ids`; the values reach the cache through the field's setter.

    `scope` is one over more records than these: what the method reads is read for all of them.
    """
    index = target.index
    if scope is None:
        _read_before(work, target, ids)
        scope = work_env(work).records(target.model, tuple(ids))._x
    todo = work.todo[index]
    _calling(work, scope.records(tuple(ids)), target)
    if target.entangled:
        return  # what was set may be out of date again by now
    todo.difference_update(ids)
    _all_set(target, ids, work.column(target))


def _calling(work: UnitOfWork, records: Model, target: Bound) -> None:
    """Call the method while its fields may be set."""
    own = {target.index, *(sibling.index for sibling in target.siblings)} - work.computing
    work.computing |= own
    try:
        _call(records, target)
    finally:
        work.computing -= own


def work_env(work: UnitOfWork) -> Env:
    """The system's env of the transaction, which reads the tenant's language; every env was made from one."""
    if work.computer is None:
        first = next(iter(work.envs.values()))
        work.computer = first.as_system("stored computed values").with_language("*")
    return work.computer


def _read_before(work: UnitOfWork, target: Bound, ids: Sequence[Any]) -> None:
    """What the database has, to write only what changes; the plain columns come along."""
    model = target.model
    old, new, dirty = work.old[target.index], work.new.get(model.name, ()), work.dirty.get(target.index, ())
    unknown = [id for id in ids if id not in new and id not in old and id not in dirty and not isinstance(id, DraftId)]
    if unknown and target.column is not None:
        fetch(work, model, unknown, [target, *_wanted(work, target, unknown)])


def _wanted(work: UnitOfWork, target: Bound, ids: Sequence[Any]) -> list[Bound]:
    """The own columns that the method reads by its declared paths, and that are not there yet for all of `ids`."""
    model: ModelInfo = target.model
    names = dict.fromkeys(path.split(".")[0] for path in (target.depends or (target.field.related,)) if path)
    bounds = [model.fields[name] for name in names]
    return [
        bound
        for bound in bounds
        if bound.column and bound is not target and not all(map(work.column(bound).__contains__, ids))
    ]


def _call(records: Model, target: Bound) -> None:
    """Run the method; an error that names no record gets the first one that has no value yet."""
    try:
        if target.field.related:
            _follow(records, target)
        elif target.field.aggregate:
            _sum_up(records, target)
        else:
            getattr(records, target.field.compute_name)()
    except (TenonError, psycopg.Error) as error:
        if isinstance(error, ValidationError) and error.record is None:
            error.record, error.field = [target.model.name, _unset(records, target)], error.field or target.name
        raise
    except RecursionError:
        raise
    except Exception as error:
        id = _unset(records, target)
        method = target.field.compute_name or target.field.related or target.field.aggregate
        raise DeveloperError(
            f"Computing {target.model.name}.{target.name} of record {id!r} failed in {method}:"
            f" {type(error).__name__}: {error}",
            model=target.model.name,
            id=id,
            field=target.name,
        ) from error


def _unset(records: Model, target: Bound) -> int | None:
    """The first record without a value: methods go through their records in order."""
    work = records.env.work
    todo = work.todo.get(target.index, ()) if target.stored else None
    column = records.env.columns[target.index]
    id = next((id for id in records.ids if (id in todo if todo is not None else id not in column)), None)
    return id if isinstance(id, int) else None


def _follow(records: Model, target: Bound) -> None:
    """A related field takes the value at the end of its path; behind what the reader may not see it is unset."""
    first, *rest = target.field.related.split(".")
    for record in records:
        value: Any = getattr(record, first)
        try:
            for name in rest:
                value = getattr(value, name)
        except (AccessError, MissingError):
            if records.env.is_system:
                raise
            value = target.field.null
        setattr(record, target.name, value)


def _sum_up(records: Model, target: Bound) -> None:
    """An aggregate takes the sum, the least, the greatest or the number over its lines."""
    link, source, function = refresh.check_aggregate(target)
    for record in records:
        lines = getattr(record, link.name)
        if source is None:
            setattr(record, target.name, len(lines))
            continue
        values = [value for value in lines.mapped(source.name) if value is not None]
        if function == "count":
            found: Any = len(values)
        elif function == "sum":
            found = sum(values, start=source.null or 0) if values else target.null
        else:
            found = (min if function == "min" else max)(values, default=target.null)
        setattr(record, target.name, found)


def compute_plain(env: Env, bound: Bound, ids: Sequence[Any]) -> None:
    """Compute values that are not stored, for the env that asks."""
    wanted = [id for id in ids if id]
    if not bound.self_links or bound.index in env.work.computing:
        _plain(env, bound, wanted, None)
        return
    batches = plain_batches(env, bound, wanted)
    whole = env.records(bound.model, tuple(id for batch in batches for id in batch))._x
    for batch in batches:
        try:
            _plain(env, bound, batch, whole)
        except MissingError:  # one of those between may not be read: then only who was asked for counts
            _plain(env, bound, [id for id in batch if id in wanted], None)


def _plain(env: Env, bound: Bound, ids: Sequence[Any], scope: Scope | None) -> None:
    work = env.work
    if not ids:
        return
    _calling(work, scope.records(tuple(ids)) if scope else env.records(bound.model, tuple(ids)), bound)
    _all_set(bound, ids, env.columns[bound.index])


def _all_set(bound: Bound, ids: Sequence[Any], column: Column) -> None:
    for id in ids:
        if id not in column:
            raise DeveloperError(
                f"{bound.model.name}.{bound.field.compute_name} did not set {bound.name} of record {id!r}.",
                hint="A compute method sets its field on every record it is given.",
            )
