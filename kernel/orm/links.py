"""One2many and many2many: loading by chunk, commands, and keeping both sides' caches right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import ValidationError
from kernel.orm import query, recompute
from kernel.orm.bound import Bound
from kernel.orm.commands import Command
from kernel.orm.domain import Domain
from kernel.orm.fields.relation import DraftId, One2many
from kernel.orm.literals import array_literal
from kernel.orm.work import MISSING, LinkChange, UnitOfWork

if TYPE_CHECKING:
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
    newer = work.dirty.get(inverse.index, set()) | set(work.new.get(comodel.name, ()))
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
    change = work.links.get(bound.index)
    stored = _in_database(work, bound, ids)
    if stored:
        work.alive()
        rows = work.tx.rows(
            f'SELECT "{link.left}", "{link.right}" FROM {link.sql} WHERE "{link.left}" = ANY(%s::int8[]) ORDER BY 1, 2',
            (array_literal(stored, "int8"),),
        )
        minus = change.minus if change else {}
        for left, right in rows:
            if (left, right) not in minus:
                found.setdefault(left, []).append(right)
    if change:
        wanted = set(ids)
        for left, right in change.plus:
            if left in wanted:
                found.setdefault(left, []).append(right)
    return found


# -- commands ----------------------------------------------------------------------------------------
def apply(records: Model, bound: Bound, commands: Sequence[Command]) -> None:
    """Run `commands` on the link field of each of `records`."""
    if isinstance(bound.field, One2many):
        for id in records.ids:
            _apply_one2many(records, bound, id, commands)
    else:
        _apply_many2many(records, bound, commands)


def _apply_one2many(records: Model, bound: Bound, id: Any, commands: Sequence[Command]) -> None:
    env, inverse = records.env, bound.inverse
    assert inverse is not None
    assert bound.comodel is not None
    lines = env.records(bound.comodel, ())
    created = [{**(command.values or {}), inverse.name: id} for command in commands if command.action == "create"]
    if created:
        lines.create(created)
    for command in commands:
        if command.action == "create":
            continue
        if command.action in ("set", "clear"):
            _set_lines(records, bound, id, command.ids)
            continue
        line = env.records(bound.comodel, command.ids)
        if command.action != "link":
            _refuse_foreign(records, bound, id, command)
        if command.action == "update":
            line.write(**(command.values or {}))
        elif command.action == "delete":
            line.delete()
        elif command.action == "link":
            setattr(line, inverse.name, id)
        else:
            _detach(bound, line)


def _refuse_foreign(records: Model, bound: Bound, id: Any, command: Command) -> None:
    linked = getattr(records.env.records(bound.model, (id,)), bound.name).ids
    if command.ids[0] not in linked:
        raise ValidationError(
            f"{bound.field.label}: line {command.ids[0]} does not belong to this {bound.model.label.lower()}.",
            record=(bound.model.name, id),
            field=bound.name,
        )


def _set_lines(records: Model, bound: Bound, id: Any, ids: tuple[Any, ...]) -> None:
    env, inverse = records.env, bound.inverse
    assert inverse is not None
    assert bound.comodel is not None
    before = getattr(env.records(bound.model, (id,)), bound.name)
    gone = tuple(each for each in before.ids if each not in set(ids))
    if gone:
        _detach(bound, env.records(bound.comodel, gone))
    for line in env.records(bound.comodel, tuple(each for each in ids if each not in set(before.ids))):
        setattr(line, inverse.name, id)


def _detach(bound: Bound, lines: Model) -> None:
    """Lines that cannot live without their parent are deleted, others lose the link."""
    assert bound.inverse is not None
    if bound.inverse.field.required or getattr(bound.inverse.field, "ondelete", "") == "cascade":
        lines.delete()
    else:
        lines.write(**{bound.inverse.name: None})


def _apply_many2many(records: Model, bound: Bound, commands: Sequence[Command]) -> None:
    env, work = records.env, records.env.work
    assert bound.comodel is not None
    made: list[Any] = []
    for command in commands:
        if command.action == "create":
            made.extend(env.records(bound.comodel, ()).create(command.values or {}).ids)
        elif command.action == "update":
            env.records(bound.comodel, command.ids).write(**(command.values or {}))
        elif command.action == "delete":
            env.records(bound.comodel, command.ids).delete()
    index = bound.index
    column = work.columns[index]
    if any(id not in column for id in records.ids):
        chunk = dict.fromkeys((*records._x.ids, *records.ids))  # one record of a loop reads them for its chunk
        load(work, bound, [id for id in chunk if id and id not in column])
    changed = []
    for id in records.ids:
        before = work.columns[index][id]
        after = _after(before, commands, made)
        if after != before:
            work.columns[index][id] = after
            _note(work, bound, id, before, after)
            changed.append(id)
    if changed and bound.triggers:
        recompute.modified(work, bound, changed)


def _after(before: tuple[Any, ...], commands: Sequence[Command], made: Iterable[Any]) -> tuple[Any, ...]:
    linked = dict.fromkeys(before)
    for command in commands:
        if command.action == "set":
            linked = dict.fromkeys(command.ids)
        elif command.action == "clear":
            linked = {}
        elif command.action == "link":
            linked.update(dict.fromkeys(command.ids))
        elif command.action in ("unlink", "delete"):
            for id in command.ids:
                linked.pop(id, None)
    linked.update(dict.fromkeys(made))
    return tuple(linked)


def _note(work: UnitOfWork, bound: Bound, id: Any, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    if work.draft:
        return
    change = work.links.get(bound.index)
    if change is None:
        change = work.links[bound.index] = LinkChange()
    was = set(before)
    for other in after:
        if other not in was:
            change.add((id, other))
    if before:
        now = set(after)
        for other in before:
            if other not in now:
                change.remove((id, other))


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
