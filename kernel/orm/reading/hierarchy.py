"""Trees: models with a many2one to themselves named `parent`. Climbing, descending, and no record below itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kernel.errors import ValidationError
from kernel.orm.domains.check import parent_field
from kernel.orm.keyed.values import seen_text
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import UnitOfWork
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.model import Model

SHOWN = 6
"""Records of a circle that a message names."""


def climb(work: UnitOfWork, parent: Bound, ids: Iterable[Any]) -> dict[Any, Any]:
    """Record -> parent, of `ids` and of all above them, unwritten changes included.

    What the cache lacks is read by one recursive query, and another where an unwritten change leads elsewhere.
    """
    column, found = work.column(parent), {}
    level = set(ids)
    while level:
        unread = [id for id in level if id not in column and _is_stored(work, parent.model, id)]
        if unread:
            work.fill([parent], read_above(work, parent, unread))
        for id in level:
            found[id] = column.get(id)
        level = {up for id in level if (up := found[id])} - found.keys()
    return found


def read_above(work: UnitOfWork, parent: Bound, ids: Iterable[Any], suffix: str = "") -> list[tuple[Any, ...]]:
    """Rows (id, parent) of the records and all above them, as the database has them."""
    work.alive()
    link = f't."{parent.column}"'
    return work.tx.rows(
        f"WITH RECURSIVE up(id) AS (SELECT unnest(%s::int8[]) UNION SELECT {link} FROM {parent.model.sql} t"
        f" JOIN up ON t.id = up.id WHERE {link} IS NOT NULL)"
        f" SELECT t.id, {link} FROM {parent.model.sql} t WHERE t.id IN (SELECT id FROM up){suffix}",
        (array_literal(list(ids), "int8"),),
    )


def _is_stored(work: UnitOfWork, model: ModelInfo, id: Any) -> bool:
    return type(id) is int and not work.is_new(model, id)


def ancestors(records: Model) -> Model:
    """All above the records that the actor may read, the nearest first; the records themselves are not among them."""
    parent = parent_field(records.__info__)
    env, model = records.env, records.__info__
    ids = list(records.ids)
    if not env.sees_all(model):
        readable = env.readable(model, ids)
        ids = [id for id in ids if id in readable]
    parents = climb(env.work, parent, ids)
    above: dict[Any, None] = {}
    level = ids
    while level:
        level = [up for id in level if (up := parents.get(id)) and up not in above]
        above.update(dict.fromkeys(level))
    found = [id for id in above if id not in set(records.ids)]
    if not env.sees_all(model):
        seen = env.readable(model, found)
        found = [id for id in found if id in seen]
    return env.records(model, tuple(found))


def refuse_circles(work: UnitOfWork) -> None:
    """Raise ValidationError if an unwritten change puts a record of a tree below itself.

    Two transactions may each make one half of a circle, so the records above a moved one are locked.
    """
    for model in work.registry.trees:
        assert model.tree is not None
        new, moved = work.new.get(model.name, {}), work.dirty.get(model.tree.index, set())
        column = work.column(model.tree)
        changed = {id: column.get(id) for id in moved if id in column}
        among = {id: up for id in new if (up := column.get(id)) in new or up in changed}
        edges = {**among, **changed}
        if not edges:
            continue
        parents: dict[Any, Any] = {}
        starts = {up for up in edges.values() if up and up not in new}
        if starts and not changed.keys() <= new.keys():
            parents.update(read_above(work, model.tree, starts, " FOR SHARE"))
        parents.update({id: column.get(id) for id in new} if among else {})
        parents.update(changed)
        _refuse_circle(work, model, edges, parents)


def _refuse_circle(work: UnitOfWork, model: ModelInfo, starts: Iterable[Any], parents: Mapping[Any, Any]) -> None:
    done: set[Any] = set()
    for start in starts:
        chain: dict[Any, None] = {}
        at = start
        while at and at not in done and at not in chain:
            chain[at] = None
            at = parents.get(at)
        if at in chain:
            ids = list(chain)
            raise _circle(work, model, ids[ids.index(at) :])
        done.update(chain)


def _shown(work: UnitOfWork, title: Any) -> str:
    """A title as the person who is told of it reads it."""
    env = next(iter(work.envs.values()))
    return seen_text(title, env.language, env.tenant_language) if isinstance(title, Mapping) else str(title)


def _circle(work: UnitOfWork, model: ModelInfo, ids: list[Any]) -> ValidationError:
    assert model.tree is not None
    title = model.fields[model.title]
    known = work.column(title) if title.column and title.exact is str else {}
    missing = [id for id in ids[:SHOWN] if id not in known and not work.is_new(model, id)]
    if missing and title.column and title.exact is str:
        rows = work.tx.rows(
            f'SELECT id, "{title.column}" FROM {model.sql} WHERE id = ANY(%s::int8[])',
            (array_literal(missing, "int8"),),
        )
        known = {**known, **dict(rows)}
    names = [_shown(work, known.get(id, id)) for id in ids[:SHOWN]]
    if len(ids) > SHOWN:
        names.append(f"... ({len(ids) - SHOWN} more)")
    label = model.tree.field.label
    return ValidationError(
        f"{model.label}, {label}: a record cannot be below itself: {' < '.join([*names, names[0]])}.",
        record=(model.name, ids[0]),
        field=model.tree.name,
        hint="Choose a record that is not below this one.",
    )
