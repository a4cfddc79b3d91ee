"""The trail: what a flush changes of `tracked=True` fields, handed to the change log in one piece.

The values of before are those of the database: one SELECT per UPDATE of a model that has tracked fields, of
these fields only. So setting a value costs nothing, a value that was never read is known all the same, and what
comes back to where it was leaves no trace. Models without tracked fields are not asked for anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import RegistryError
from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.ports import Change
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.work import LinkChange, UnitOfWork

Before = tuple[Sequence[Bound], list[tuple[Any, ...]]]


def tracked(model: ModelInfo) -> frozenset[int]:
    """Indexes of the fields whose changes are kept; RegistryError for one that no table holds."""
    bounds = [bound for bound in model.fields.values() if bound.field.tracked]
    for bound in bounds:
        if not bound.column and bound.link is None:
            raise RegistryError(
                f'{bound.field.place}: "{bound.name}" of {model.name} cannot be tracked, no column holds it.',
                hint="Track what it is computed from, or the fields of the lines.",
            )
    return frozenset(bound.index for bound in bounds)


def before(work: UnitOfWork, model: ModelInfo, group: Sequence[Bound], ids: Sequence[Any]) -> Before | None:
    """What the database has of the tracked fields among `group`; None where nobody asks."""
    if work.ports.changes is None:
        return None
    bounds = [bound for bound in group if bound.index in model.tracked]
    created = work.created.get(model.name, ())  # what an INSERT had to leave open is no change
    known = tuple([id for id in ids if id not in created])
    if not bounds or not known:
        return None
    sql, values = query.select(model, Domain.TRUE, columns=bounds, ids=known, order=())
    return bounds, work.tx.rows(sql, values)


def note(work: UnitOfWork, model: ModelInfo, seen: Before) -> None:
    """Put what is different now on the trail."""
    bounds, rows = seen
    columns = [work.column(bound) for bound in bounds]
    for id, *values in rows:
        changed: dict[str, tuple[Any, Any]] = {}
        for bound, column, old in zip(bounds, columns, values, strict=True):
            old = old if bound.decode is None else bound.decode(old)
            new = column[id]
            if old != new:
                changed[bound.name] = (_wire(bound, old), _wire(bound, new))
        if changed:
            work.trail.append(Change(model.name, id, changed))


def _wire(bound: Bound, value: Any) -> Any:
    """A link is kept as its id, its title is looked up for who reads the log; of keyed fields all values are kept."""
    if bound.keyed:
        plain = bound.comodel is not None
        return {key: each if plain else bound.field.to_wire(each) for key, each in (value or {}).items()}
    return value if bound.comodel is not None else bound.field.to_wire(value)


def note_links(work: UnitOfWork, bound: Bound, change: LinkChange) -> None:
    """Put changed many2many links on the trail, before they are written; those of new records are none."""
    table, created = bound.link, work.created.get(bound.model.name, {})
    lefts = dict.fromkeys(left for left, _ in (*change.plus, *change.minus) if left not in created)
    if work.ports.changes is None or table is None or not lefts:
        return
    linked: dict[Any, list[Any]] = {left: [] for left in lefts}
    for left, right in work.tx.rows(
        f'SELECT "{table.left}", "{table.right}" FROM {table.sql} WHERE "{table.left}" = ANY(%s::int8[]) ORDER BY 1, 2',
        (array_literal(list(lefts), "int8"),),
    ):
        linked[left].append(right)
    for left, old in linked.items():
        new = [right for right in old if (left, right) not in change.minus]
        new += [right for each, right in change.plus if each == left and right not in old]
        if new != old:
            work.trail.append(Change(bound.model.name, left, {bound.name: (old, new)}))


def send(work: UnitOfWork) -> None:
    """Give the log what is on the trail: one call, whatever the number of records."""
    log = work.ports.changes
    if work.trail and log is not None:
        changes, work.trail = work.trail, []
        log.written(_author(work), _joined(changes))


def _joined(changes: Sequence[Change]) -> list[Change]:
    """One change per record, though its columns and links went out in several statements."""
    found: dict[tuple[str, int], dict[str, tuple[Any, Any]]] = {}
    for change in changes:
        values = found.setdefault((change.model, change.id), {})
        for name, (old, new) in change.values.items():
            if name in values and values[name][0] == new:
                del values[name]  # it is back where it was
            else:
                values[name] = (values[name][0] if name in values else old, new)
    return [Change(model, id, values) for (model, id), values in found.items() if values]


def keep_images(work: UnitOfWork, taken: Mapping[str, tuple[ModelInfo, Collection[Any]]]) -> None:
    """Before the DELETE: the log keeps the rows of everything that goes along."""
    log = work.ports.changes
    if log is not None:
        log.deleting(_author(work), {name: (model, ids) for name, (model, ids) in taken.items() if ids})


def _author(work: UnitOfWork) -> Any:
    return work.writer or next(iter(work.envs.values()))
