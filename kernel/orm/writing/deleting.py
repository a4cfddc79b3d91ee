"""Deleting: the database cascades; caches and stored computes of what it took are right afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError
from kernel.orm.computing import recompute
from kernel.orm.computing.reach import reaching
from kernel.orm.fields.relation import Many2one
from kernel.orm.history import trail
from kernel.orm.reading.fetch import fetch
from kernel.orm.reading.scope import missing
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import UnitOfWork
from kernel.orm.writing import undo
from kernel.orm.writing.restrict import remove

if TYPE_CHECKING:
    from kernel.orm.model import Model


def delete(records: Model) -> None:
    """Delete records and what cascades from them; raises AccessError, MissingError, ValidationError."""
    env, model, work = records.env, records.__info__, records.env.work
    ids = tuple(dict.fromkeys(records.ids))
    if not ids:
        return
    _check_rights(records, ids)
    for method in model.before_delete:
        getattr(records, method)()
    hooks = env.ports.record_hooks
    if hooks.listens("deleting"):
        hooks.deleting(env, records)
    env.flush()
    if work.undo is not None:
        work.undo.append(undo.Gone(work.flushes))
    taken = _cascade(work, model, set(ids))
    _mark_dependents(work, taken)
    concerned = _concerned(work, taken)
    if any(each.tracked for each, gone in taken.values() if gone):
        trail.keep_images(work, taken)
    links = [link for other, _ in taken.values() for link in _links_to(work, other)]
    removed = remove(env, model, ids, taken, links)
    own_cascade = any(bound.comodel is model for bound in model.columns)
    if removed < len(ids) and not own_cascade:  # else the cascade took siblings first
        raise missing(model, ids[0])
    _forget(work, taken)
    for target, others in concerned.items():
        recompute.mark(work, target, others)


def _check_rights(records: Model, ids: tuple[Any, ...]) -> None:
    env, model = records.env, records.__info__
    if not env.may(model, "delete"):
        raise AccessError(
            f"You may not delete {model.label.lower()} records.", hint="Ask an administrator for the right."
        )
    if env.rule(model, "delete") is not None or env.rule(model, "read") is not None:
        allowed = env.satisfying(model, ids, "delete")
        if env.rule(model, "delete") != env.rule(model, "read"):
            allowed &= env.readable(model, ids)
        for id in ids:
            if id not in allowed:
                raise missing(model, id)


def _cascade(work: UnitOfWork, model: ModelInfo, ids: set[Any]) -> dict[str, tuple[ModelInfo, set[Any]]]:
    """Every record that goes along, over foreign keys with ON DELETE CASCADE."""
    taken: dict[str, tuple[ModelInfo, set[Any]]] = {model.name: (model, set(ids))}
    todo = [(model, set(ids))]
    while todo:
        current, gone = todo.pop()
        for link in _links_to(work, current):
            if not isinstance(link.field, Many2one) or link.field.ondelete != "cascade":
                continue
            known = taken.setdefault(link.model.name, (link.model, set()))[1]
            more = reaching(work, (link,), gone) - known
            if more:
                known |= more
                todo.append((link.model, more))
    return taken


def _links_to(work: UnitOfWork, model: ModelInfo) -> list[Bound]:
    return [
        bound
        for other in work.registry.models.values()
        for bound in other.columns
        if not other.query and bound.comodel is model and bound.field.type == "many2one" and not bound.keyed
    ]


def _mark_dependents(work: UnitOfWork, taken: dict[str, tuple[ModelInfo, set[Any]]]) -> None:
    """Computes over one2many and many2many sides of the taken records, and over links that become unset."""
    for model, ids in taken.values():
        for link in model.inverse_links:
            triggered = [side for side in link.inverses if side.triggers]
            if triggered:
                unread = [id for id in ids if id not in work.column(link)]
                if unread:
                    fetch(work, model, unread, [link])
                parents = {work.column(link).get(id) for id in ids} - {None}
                for side in triggered:
                    recompute.modified(work, side, parents)
        for link in _links_to(work, model):
            if link.triggers and getattr(link.field, "ondelete", "") == "set null":
                recompute.modified(work, link, reaching(work, (link,), ids))
        _mark_link_tables(work, model, ids)


def _mark_link_tables(work: UnitOfWork, model: ModelInfo, ids: set[Any]) -> None:
    for other in work.registry.models.values():
        for bound in other.fields.values():
            if bound.link is not None and bound.comodel is model and bound.triggers:
                recompute.modified(work, bound, reaching(work, (bound,), ids))


def _concerned(work: UnitOfWork, taken: dict[str, tuple[ModelInfo, set[Any]]]) -> dict[Bound, set[Any]]:
    """Who must be computed after the DELETE, looked up while the links are still there."""
    found: dict[Bound, set[Any]] = {}
    bounds = work.registry.bounds
    for index in list(work.pending):
        target = bounds[index]
        for path, ids in work.pending[index].items():
            found.setdefault(target, set()).update(reaching(work, path, ids))
    for index, ids in work.todo.items():
        found.setdefault(bounds[index], set()).update(ids)
    for target in found:
        found[target] -= taken.get(target.model.name, (target.model, set()))[1]
    return {target: ids for target, ids in found.items() if ids}


def _forget(work: UnitOfWork, taken: Iterable[str] | dict[str, tuple[ModelInfo, set[Any]]]) -> None:
    """The cache forgets everything: whatever was cascaded or unset is read anew."""
    created, changed = dict(work.created), dict(work.changed)
    checks = dict(work.checks)
    work.forget_all()
    work.checks.update(checks)
    gone = taken if isinstance(taken, dict) else {}
    for name, (_, ids) in gone.items():
        for noted in (created.get(name), changed.get(name)):
            if noted:
                for id in ids:
                    noted.pop(id, None)
    work.created.update(created)
    work.changed.update(changed)
