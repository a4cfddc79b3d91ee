"""Taking back what a refused `create()` or `write()` has done so far: nothing is left half done.

While such a call runs, the unit of work keeps a list of what it changes. A refusal goes through it backwards:
new records are forgotten, values and links are again what they were, and what was computed from them is
computed anew. Where a part is in the database already (a check that searches flushes first), written values
are written back; where that is not certain, the transaction is dead, as after a failed statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from kernel.orm.computing import recompute
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, Column, LinkChange, UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.model import Model


@dataclass(slots=True)
class Made:
    """Records that the call creates."""

    model: ModelInfo
    ids: Sequence[Any]
    flushes: int


@dataclass(slots=True)
class Changed:
    """What a field was on some records, and which of them were not written."""

    bound: Bound
    before: Column
    dirty: set[Any]
    flushes: int


@dataclass(slots=True)
class Relinked:
    """Pairs of a link table that were to be inserted, or to be deleted, before they changed."""

    owner: Bound
    before: dict[tuple[Any, Any], tuple[bool, bool]]
    flushes: int


@dataclass(slots=True)
class Gone:
    """Records were deleted: nothing brings them back but the database."""

    flushes: int


Entry = Made | Changed | Relinked | Gone


def note_change(work: UnitOfWork, log: list[Any], bound: Bound, ids: Iterable[Any]) -> None:
    """Keep what `bound` is on `ids`, which are about to change."""
    if not bound.column:
        return  # lines are changed on their own side, links by pair, a computed value by its inverse
    column, dirty = work.column(bound), work.dirty.get(bound.index)
    ids = tuple(ids)
    before = dict(zip(ids, map(column.get, ids, repeat(MISSING)), strict=False))
    log.append(Changed(bound, before, dirty.intersection(before) if dirty else set(), work.flushes))


def note_pairs(work: UnitOfWork, owner: Bound, change: LinkChange, pairs: Iterable[tuple[Any, Any]]) -> None:
    """Keep what is to be written of `pairs`, and not of the whole table: that made many small changes quadratic."""
    if work.undo is not None:
        before = {pair: (pair in change.plus, pair in change.minus) for pair in pairs}
        work.undo.append(Relinked(owner, before, work.flushes))


def take_back(work: UnitOfWork, log: list[Any], start: int, error: BaseException) -> None:
    """Undo what was noted from `start` on; kills the transaction where a part cannot be undone."""
    entries: list[Entry] = log[start:]
    del log[start:]
    if work.tx.dead is not None:
        return
    if not all(_can_undo(work, entry) for entry in entries):
        work.tx.kill(error)
        return
    paused, work.undo = work.undo, None
    try:
        for entry in reversed(entries):
            if isinstance(entry, Made):
                _forget(work, entry.model, entry.ids)
            elif isinstance(entry, Changed):
                _restore(work, entry)
            elif isinstance(entry, Relinked):
                _restore_links(work, entry)
    finally:
        work.undo = paused


def _can_undo(work: UnitOfWork, entry: Entry) -> bool:
    if isinstance(entry, Gone):
        return False
    if entry.flushes == work.flushes:
        return True
    if isinstance(entry, Made):
        return not entry.ids
    return isinstance(entry, Changed) and MISSING not in entry.before.values() and not entry.bound.model.tracked


def _forget(work: UnitOfWork, model: ModelInfo, ids: Sequence[Any]) -> None:
    """The records were never there."""
    gone = set(ids)
    parents = {bound: _parents(work, bound, ids) for bound in model.inverse_links}
    for bound in model.fields.values():
        if bound.contextual:
            work.forget_plain(bound.index, gone)
        for columns in (work.columns, work.stash):
            if bound.index in columns:
                _drop(columns[bound.index], gone)
        for marks in (work.dirty.get(bound.index), work.todo.get(bound.index)):
            if marks:
                marks.difference_update(gone)
        for part in (work.old.get(bound.index), work.relinked.get(bound.index)):
            _drop(part, gone)
        if bound.field.type == "many2many" and not bound.computed:
            _unlink(work, bound, gone)
    _drop(work.new.get(model.name), gone)
    for each in work.envs.values():
        each.granted.get(model.name, set()).difference_update(gone)
    for (_, name, _operation), concerned in work.checks.items():
        if name == model.name:
            _drop(concerned, gone)
    for (name, _method), passed in work.checked.items():
        if name == model.name:
            _drop(passed, gone)
    for paths in work.pending.values():
        for path, over in paths.items():
            if path and path[0].comodel is model:
                over.difference_update(gone)
    for bound, linked in parents.items():
        _forget_sides(work, bound, linked)


def _parents(work: UnitOfWork, bound: Bound, ids: Iterable[Any]) -> dict[Any, None]:
    column = work.column(bound)
    parents = dict.fromkeys(column.get(id) for id in ids)
    parents.pop(None, None)
    return parents


def _forget_sides(work: UnitOfWork, bound: Bound, parents: Iterable[Any]) -> None:
    """The lists of lines of `parents` are read anew."""
    for side in bound.inverses:
        _drop(work.columns.get(side.index), parents)
        if side.triggers:
            recompute.modified(work, side, list(parents))


def _unlink(work: UnitOfWork, bound: Bound, gone: set[Any]) -> None:
    """Links of forgotten records in a table that two fields may show."""
    owner = bound.twin if bound.mirror and bound.twin is not None else bound
    change = work.links.get(owner.index)
    if change is None:
        return
    place = 1 if bound.mirror else 0
    others: dict[Any, None] = {}
    for pair in [pair for pair in change.plus if pair[place] in gone]:
        del change.plus[pair]
        others[pair[1 - place]] = None
    if bound.twin is not None and others:
        _drop(work.columns.get(bound.twin.index), others)
        if bound.twin.triggers:
            recompute.modified(work, bound.twin, list(others))


def _restore(work: UnitOfWork, entry: Changed) -> None:
    bound, column, dirty = entry.bound, work.column(entry.bound), work.dirty[entry.bound.index]
    written = entry.flushes != work.flushes
    changed = [id for id, before in entry.before.items() if column.get(id, MISSING) != before]
    sides = {column.get(id): None for id in changed} if bound.inverses else {}
    for id in changed:
        before = entry.before[id]
        if before is MISSING:
            column.pop(id, None)
        else:
            column[id] = before
        if written:
            dirty.add(id)
        elif id not in entry.dirty:
            dirty.discard(id)
    if bound.keyed:
        work.forget_plain(bound.index, changed)
    if bound.inverses:
        sides.update(dict.fromkeys(entry.before[id] for id in changed))
        _forget_sides(work, bound, [id for id in sides if id and id is not MISSING])
    if changed and bound.triggers:
        recompute.modified(work, bound, changed)


def _restore_links(work: UnitOfWork, entry: Relinked) -> None:
    """The pairs that were to be written; both sides are read anew."""
    owner = entry.owner
    change = work.links.setdefault(owner.index, LinkChange())
    pairs = []
    for pair, (added, removed) in entry.before.items():
        if (pair in change.plus, pair in change.minus) != (added, removed):
            pairs.append(pair)
        for part, was in ((change.plus, added), (change.minus, removed)):
            if was:
                part[pair] = None
            else:
                part.pop(pair, None)
    for bound, place in ((owner, 0), (owner.twin, 1)):
        if bound is not None:
            ids = list({pair[place]: None for pair in pairs})
            _drop(work.columns.get(bound.index), ids)
            if ids and bound.triggers:
                recompute.modified(work, bound, ids)


def _drop(part: Any, ids: Iterable[Any]) -> None:
    if part:
        for id in ids:
            part.pop(id, None)


def forget_half(records: Model, start: int, error: BaseException) -> None:
    """Undo a refused call on `records` that began when the list had `start` entries."""
    work = records.env.work
    if work.undo is not None:
        take_back(work, work.undo, start, error)
