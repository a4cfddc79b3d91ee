"""One2many and many2many: loading by chunk, commands, and keeping both sides' caches right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.orm import query
from kernel.orm.computing import recompute
from kernel.orm.domains.domain import Domain
from kernel.orm.fields.relation import DraftId, One2many
from kernel.orm.over_query import ready
from kernel.orm.reading.guard import kept_links
from kernel.orm.registry.bound import Bound
from kernel.orm.work import MISSING, LinkChange, UnitOfWork
from kernel.orm.writing import lines, undo
from kernel.orm.writing.commands import Command
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model


# -- loading ---------------------------------------------------------------------------------------
def load(work: UnitOfWork, bound: Bound, ids: Sequence[Any]) -> None:
    """Read the links of records `ids` into the cache; unwritten changes are seen."""
    read = _load_one2many if isinstance(bound.field, One2many) else _load_many2many
    found = read(work, bound, ids)
    column = work.columns[bound.index]
    for id in ids:
        column[id] = tuple(found.get(id, ()))


def _in_database(work: UnitOfWork, bound: Bound, ids: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([id for id in ids if not isinstance(id, DraftId) and not work.is_new(bound.model, id)])


def _load_one2many(work: UnitOfWork, bound: Bound, ids: Sequence[Any]) -> dict[Any, list[Any]]:
    inverse, comodel = bound.inverse, bound.comodel
    assert inverse is not None
    assert comodel is not None
    found: dict[Any, list[Any]] = {}
    if comodel.query:
        ready(work, comodel)
    newer = work.newer(inverse)
    stored = _in_database(work, bound, ids)
    if stored:
        work.alive()
        domain = Domain.term(inverse.name, "in", list(stored)).check(comodel)
        sql, values = query.select(comodel, domain, columns=[inverse])
        rows = [row for row in work.tx.rows(sql, values) if row[0] not in newer]
        work.fill([inverse], rows)
        for id, parent in rows:
            found.setdefault(parent, []).append(id)
    wanted = set(ids)
    column = work.columns[inverse.index]
    for id in newer:
        parent = column.get(id)
        if parent in wanted:
            found.setdefault(parent, []).append(id)
    return found


def _load_many2many(work: UnitOfWork, bound: Bound, ids: Sequence[Any]) -> dict[Any, list[Any]]:
    link = bound.link
    assert link is not None
    found: dict[Any, list[Any]] = {}
    plus, minus = work.link_pairs(bound)
    stored = _in_database(work, bound, ids)
    if stored:
        work.alive()
        rows = work.tx.rows(
            f'SELECT "{link.left}", "{link.right}" FROM {link.sql} WHERE "{link.left}" = ANY(%s::int8[]) ORDER BY 1, 2',
            (array_literal(stored, "int8"),),
        )
        for left, right in rows:
            if (left, right) not in minus:
                found.setdefault(left, []).append(right)
    wanted = set(ids) if plus else set()
    for left, right in plus:
        if left in wanted:
            found.setdefault(left, []).append(right)
    return found


# -- commands ----------------------------------------------------------------------------------------
def apply(records: Model, bound: Bound, commands: Sequence[Command]) -> None:
    """Run `commands` on the link field of each of `records`."""
    near = records._x.ids if len(records.ids) == 1 else ()  # one record of a loop reads them for its chunk
    apply_each(records.env, bound, [(id, commands) for id in records.ids], near)


def apply_each(env: Env, bound: Bound, each: Sequence[tuple[Any, Sequence[Command]]], near: Sequence[Any] = ()) -> None:
    """Run the commands of each record (by id) on its link field, in a number of statements that does not grow.

    `near` are records whose links are read along.
    """
    if isinstance(bound.field, One2many):
        lines.apply(env, bound, each, near)
    else:
        _apply_many2many(env, bound, each, near)
    if bound.validators:
        env.work.relinked.setdefault(bound.index, {}).update(dict.fromkeys(id for id, _ in each))


def _apply_many2many(
    env: Env, bound: Bound, each: Sequence[tuple[Any, Sequence[Command]]], near: Sequence[Any]
) -> None:
    made = _change_others(env, bound, each)
    work, index = env.work, bound.index
    column = work.columns[index]
    if any(id not in column for id, _ in each):
        chunk = dict.fromkeys((*near, *(id for id, _ in each)))
        load(work, bound, [id for id in chunk if id and id not in column])
    changed = []
    everything = (other for id, _ in each for other in work.columns[index][id])
    unseen = kept_links(env, bound.comodel, everything) if bound.comodel is not None else set()
    for id, commands in each:
        before = work.columns[index][id]
        after = _after(before, commands, made)
        if unseen:
            after = tuple(dict.fromkeys((*(each for each in before if each in unseen), *after)))
        if after != before:
            work.columns[index][id] = after
            _note(work, bound, id, before, after)
            changed.append(id)
    if changed and bound.triggers:
        recompute.modified(work, bound, changed)


def _change_others(env: Env, bound: Bound, each: Sequence[tuple[Any, Sequence[Command]]]) -> dict[int, Any]:
    """Create, update and delete the records linked to; returns the id made for each create command.

    One list of commands for several records makes one record, which all of them link to.
    """
    assert bound.comodel is not None
    if not any(command.action in ("create", "update", "delete") for _, given in each for command in given):
        return {}
    commands = list({id(command): command for _, given in each for command in given}.values())
    creates = [command for command in commands if command.action == "create"]
    others = env.records(bound.comodel, ())
    ids = others.create([command.values or {} for command in creates]).ids if creates else ()
    for command in commands:
        if command.action == "update":
            env.records(bound.comodel, command.ids).write(**(command.values or {}))
    gone = [command.ids[0] for command in commands if command.action == "delete"]
    if gone:
        env.records(bound.comodel, tuple(dict.fromkeys(gone))).delete()
    return {id(command): made for command, made in zip(creates, ids, strict=True)}


def _after(before: tuple[Any, ...], commands: Sequence[Command], made: Mapping[int, Any]) -> tuple[Any, ...]:
    linked = dict.fromkeys(before)
    for command in commands:
        if command.action == "set":
            linked = dict.fromkeys(command.ids)
        elif command.action == "clear":
            linked = {}
        elif command.action == "link":
            linked.update(dict.fromkeys(command.ids))
        elif command.action == "create":
            linked[made[id(command)]] = None
        elif command.action in ("unlink", "delete"):
            for each in command.ids:
                linked.pop(each, None)
    return tuple(linked)


def _note(work: UnitOfWork, bound: Bound, id: Any, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    """Keep what is to be inserted and deleted; the same links seen from the other side follow."""
    was, now = set(before), set(after)
    added, removed = [other for other in after if other not in was], [other for other in before if other not in now]
    if bound.twin is not None:
        _mirror(work, bound.twin, id, added, removed)
    if work.draft:
        return
    owner = bound.twin if bound.mirror and bound.twin is not None else bound
    change = work.links.get(owner.index)
    if change is None:
        change = work.links[owner.index] = LinkChange()
    plus = [(other, id) if bound.mirror else (id, other) for other in added]
    minus = [(other, id) if bound.mirror else (id, other) for other in removed]
    undo.note_pairs(work, owner, change, (*plus, *minus))
    for pair in plus:
        change.add(pair)
    for pair in minus:
        change.remove(pair)


def _mirror(work: UnitOfWork, twin: Bound, id: Any, added: Sequence[Any], removed: Sequence[Any]) -> None:
    column = work.columns[twin.index]
    for other in added:
        if other in column and id not in column[other]:
            column[other] = (*column[other], id)
    for other in removed:
        if other in column:
            column[other] = tuple([each for each in column[other] if each != id])
    if twin.triggers:
        recompute.modified(work, twin, [*added, *removed])


# -- the other side of a many2one ------------------------------------------------------------------------
def moved(work: UnitOfWork, bound: Bound, id: Any, old: Any, new: Any) -> None:
    """A many2one of record `id` changed from `old` to `new`: its one2many sides follow."""
    for side in bound.inverses:
        column = work.columns[side.index]
        if old and old is not MISSING and old in column:
            column[old] = tuple([each for each in column[old] if each != id])
        if new and new in column and id not in column[new]:
            column[new] = (*column[new], id)
        if side.triggers:
            recompute.modified(work, side, [each for each in (old, new) if each and each is not MISSING])
