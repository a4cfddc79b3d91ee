"""The order in which a recursive field is computed: what a record depends on comes first.

`parent.full_name` goes from the top down, `children.total` from the leaves up, a bill of materials through
the lines in between. So a chain of thousands needs neither a deep stack nor a query per level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError
from kernel.orm.computing.closure import closure, is_simple
from kernel.orm.fields.relation import DraftId
from kernel.orm.reading.fetch import fetch
from kernel.orm.registry.bound import Bound

if TYPE_CHECKING:
    from kernel.orm.env import Env


def in_order(ids: Iterable[Any]) -> list[Any]:
    """By id, drafts last."""
    try:
        return sorted(ids)
    except TypeError:  # a draft has no order
        return sorted(ids, key=lambda id: (True, 0) if isinstance(id, DraftId) else (False, id))


def levels(env: Env, target: Bound, ids: set[Any]) -> Iterator[list[Any]]:
    """Batches of `ids` in which a recursive field finds what it depends on computed; raises DeveloperError."""
    if not target.order_links or len(ids) == 1:
        yield in_order(ids)
        return
    waits_for: dict[Any, int] = dict.fromkeys(in_order(ids), 0)
    dependents: dict[Any, list[Any]] = {}
    for path in target.order_links:
        for id, others in _linked(env, path, list(waits_for)):
            for other in others:
                if other in ids and other != id:
                    waits_for[id] += 1
                    dependents.setdefault(other, []).append(id)
    ready = [id for id, count in waits_for.items() if not count]
    done = 0
    while ready:
        yield ready
        done += len(ready)
        following: list[Any] = []
        for id in ready:
            for other in dependents.get(id, ()):
                waits_for[other] -= 1
                if not waits_for[other]:
                    following.append(other)
        ready = following
    if done < len(waits_for):
        raise _circle(target, next(id for id, count in waits_for.items() if count))


def _circle(target: Bound, id: Any) -> DeveloperError:
    names = " or ".join(".".join(link.name for link in path) for path in target.order_links)
    return DeveloperError(
        f"{target.model.label} {id!r} is its own ancestor over {names}, so its {target.name} cannot be computed.",
        hint="Refuse cycles of this link in a @validates method.",
        model=target.model.name,
        id=id if isinstance(id, int) else None,
        field=target.name,
    )


def _linked(env: Env, path: Sequence[Bound], ids: list[Any]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """(id, the records that the path leads to), read for all of `ids` at once."""
    first = path[0]
    if len(path) == 1 and first.column and not first.keyed:
        column = env.work.column(first)
        unread = [id for id in ids if id not in column]
        if unread:
            fetch(env.work, first.model, unread, [first])
        for id in ids:
            other = column.get(id)
            yield id, (other,) if other else ()
        return
    names = ".".join(link.name for link in path)
    for record in env.records(first.model, tuple(ids)):
        yield record.id, record.mapped(names).ids


def plain_batches(env: Env, bound: Bound, ids: Sequence[Any]) -> list[list[Any]]:
    """What must be computed, in order, so that a recursive field that is not stored is known on `ids`."""
    work = env.work
    column = env.columns[bound.index]
    needed = {id for id in ids if id}
    for path in bound.self_links:
        if is_simple(path):
            found = closure(work, path[0], needed, forward=True)
            needed |= {id for id in found if id not in column}
    system = next(iter(work.envs.values())).as_system("computed values depend on each other")
    return list(levels(system, bound, needed))
