"""The flush: computing what is out of date, then writing in as few statements as possible.

Order: stored computes, INSERTs in the order of foreign keys, UPDATEs grouped by the set of columns,
link tables, the rules that must hold after a write, record hooks; and again, as hooks may have written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from kernel.errors import AccessError, DeveloperError
from kernel.orm import query
from kernel.orm.computing import recompute
from kernel.orm.domains.match import exact
from kernel.orm.history import trail
from kernel.orm.keyed.access import check_links
from kernel.orm.reading import hierarchy
from kernel.orm.reading.scope import missing
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.standing import TOUCHED
from kernel.orm.work import UnitOfWork, forget
from kernel.orm.writing import validation, violations
from kernel.orm.writing.link_tables import write_links
from kernel.orm.writing.literals import array_literal, copy_column, texts

if TYPE_CHECKING:
    from kernel.orm.env import Env

COPY_FROM = 40
"""From this many rows on, COPY is faster than an INSERT from arrays."""
COPY_CHUNK = 1000
HOOK_ROUNDS = 20


def flush(env: Env) -> None:
    """Write everything; raises ValidationError for violated constraints, AccessError for rules."""
    work = env.work
    if work.draft or not (work.unwritten or work.created or work.changed):
        return
    work.alive()
    if work.flushing or work.settling:
        _write(work)  # a query inside a compute or a hook: what is known goes out, the rest follows
        return
    work.flushing = True
    undo = work.undo
    if not undo:
        work.undo = None  # hooks follow from what was written before the call that is noted
    try:
        for _ in range(HOOK_ROUNDS):
            _write_all(work)
            trail.send(work)
            _check_rules(work)
            if not _call_hooks(env):
                return
        raise DeveloperError(
            f"Record hooks still change records after {HOOK_ROUNDS} rounds.",
            hint="Two hooks undo each other's work.",
        )
    finally:
        work.flushing = False
        work.undo = undo


def complete(env: Env) -> None:
    """Write everything, also from inside a hook: before the cache is forgotten, nothing may be left for later."""
    flush(env)
    if env.work.flushing and not env.work.settling:
        _write_all(env.work)
        trail.send(env.work)


def _write_all(work: UnitOfWork) -> None:
    while work.unwritten:
        hierarchy.refuse_circles(work)
        recompute.settle(work, _write_checked)
        _write_checked(work)


def _write_checked(work: UnitOfWork) -> None:
    validation.check_unwritten(recompute.work_env(work))
    _write(work)


def _write(work: UnitOfWork) -> None:
    work.flushes += 1
    for model in insert_order(work):
        _insert(work, model)
    _update(work)
    write_links(work)


def insert_order(work: UnitOfWork) -> list[ModelInfo]:
    """The models with new records, those first that others link to."""
    waiting = {name: work.registry.models[name] for name, ids in work.new.items() if ids}
    order: list[ModelInfo] = []

    def visit(model: ModelInfo, above: frozenset[str]) -> None:
        for bound in model.columns:
            target = bound.comodel
            if target is not None and target.name in waiting and target.name not in above:
                visit(target, above | {target.name})
        if waiting.pop(model.name, None) is not None:
            order.append(model)

    for model in list(waiting.values()):
        if model.name in waiting:
            visit(model, frozenset({model.name}))
    return order


def _insert(work: UnitOfWork, model: ModelInfo) -> None:
    ids = list(work.new[model.name])
    check_links(work, model.keyed_links, ids)
    postponed = _postpone_links(work, model)
    columns: list[tuple[str, str, Sequence[Any]]] = [("id", "int8", ids)]
    for bound in model.insertable:
        if bound.name == "id":
            continue
        column = work.column(bound)
        null = bound.column_null
        if bound.keep is not None:
            _keep(work, bound, ids)
        try:
            values = list(map(column.__getitem__, ids))  # the same with `get`, and a default, is 4% of W1
        except KeyError:
            values = [column.get(id, null) for id in ids]
        if bound.index in postponed:
            later = postponed[bound.index]
            values = [null if id in later else value for id, value in zip(ids, values, strict=True)]
        if bound.encode is not None:
            values = list(map(bound.encode, values))
        columns.append((str(bound.column), bound.column_type, values))
    if work.author is not None:
        columns.append(("created_by", "int8", [work.author] * len(ids)))
        columns.append(("updated_by", "int8", [work.author] * len(ids)))
    try:
        if len(ids) >= COPY_FROM:
            _copy(work, model, columns, len(ids))
        else:
            _insert_arrays(work, model, columns)
    except psycopg.Error as error:
        raise violations.explain(error, work, model, ids) from error
    work.new[model.name].clear()
    for bound in model.columns:
        dirty = work.dirty.get(bound.index)
        if dirty:
            dirty.difference_update(ids)
        if bound.index in postponed:
            work.dirty[bound.index] |= postponed[bound.index]
        old = work.old.get(bound.index)
        if old:  # a value that was out of date before it was ever written
            column = work.column(bound)
            old.update({id: column.get(id, bound.null) for id in ids if id in old})
    work.created.setdefault(model.name, {}).update(dict.fromkeys(ids))


def _postpone_links(work: UnitOfWork, model: ModelInfo) -> dict[int, set[Any]]:
    """Links to records of other models that are not inserted yet (a cycle): written by an UPDATE after."""
    found: dict[int, set[Any]] = {}
    for bound in model.columns:
        target = bound.comodel
        if target is None or target is model or bound.field.required or bound.keyed:
            continue
        waiting = work.new.get(target.name)
        if waiting:
            column = work.column(bound)
            later = {id for id in work.new[model.name] if column.get(id) in waiting}
            if later:
                found[bound.index] = later
    return found


def _copy(work: UnitOfWork, model: ModelInfo, columns: Sequence[tuple[str, str, Sequence[Any]]], count: int) -> None:
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    with work.tx.copy(f"COPY {model.sql} ({names}) FROM STDIN") as copy:
        for start in range(0, count, COPY_CHUNK):
            part = slice(start, start + COPY_CHUNK)
            fields = [copy_column(values[part], sql_type) for _, sql_type, values in columns]
            copy.write("".join(["\t".join(row) + "\n" for row in zip(*fields, strict=True)]))


def _insert_arrays(work: UnitOfWork, model: ModelInfo, columns: Sequence[tuple[str, str, Sequence[Any]]]) -> None:
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    arrays = ", ".join(f"%s::{sql_type}[]" for _, sql_type, _ in columns)
    work.tx.execute(
        f"INSERT INTO {model.sql} ({names}) SELECT * FROM unnest({arrays})",
        [array_literal(values, sql_type) for _, sql_type, values in columns],
    )


def _update(work: UnitOfWork) -> None:
    """One UPDATE per model and set of changed columns."""
    bounds = work.registry.bounds
    by_model: dict[str, dict[int, set[Any]]] = {}
    for index in [index for index, ids in work.dirty.items() if ids]:
        name = bounds[index].model.name
        ids = work.dirty[index].difference(work.new.get(name, ()), work.todo.get(index, ()))
        if ids:
            by_model.setdefault(name, {})[index] = ids
    for name, columns in by_model.items():
        for group, members in _groups(columns):
            _update_group(work, work.registry.models[name], [bounds[index] for index in group], sorted(members))


def _groups(columns: dict[int, set[Any]]) -> list[tuple[tuple[int, ...], set[Any]]]:
    """Records by the set of columns that changed on them."""
    groups: list[tuple[tuple[int, ...], set[Any]]] = []
    for index, ids in columns.items():
        rest = ids
        split: list[tuple[tuple[int, ...], set[Any]]] = []
        for indexes, members in groups:
            both = members & ids
            if both:
                split.append(((*indexes, index), both))
                rest = rest - both
            if len(both) < len(members):
                split.append((indexes, members - both if both else members))
        groups = [*split, ((index,), rest)] if rest else split
    return groups


def _update_group(work: UnitOfWork, model: ModelInfo, group: Sequence[Bound], ids: list[Any]) -> None:
    check_links(work, [link for link in model.keyed_links if link in group], ids)
    before = trail.before(work, model, group, ids) if model.tracked else None
    columns = [_sql_values(work, bound, ids) for bound in group]
    audit = "updated_at = now()"
    params: list[Any] = []
    if any(not bound.computed for bound in group):
        audit += ", version = t.version + 1"
        if work.author is not None:
            audit += ", updated_by = %s"
            params.append(work.author)
    try:
        if all(_same(values) for values in columns):
            sets = ", ".join(_set(bound, f"%s::{bound.column_type}") for bound in group)
            values = [texts(column[:1], bound.column_type)[0] for bound, column in zip(group, columns, strict=True)]
            cursor = work.tx.execute(
                f"UPDATE {model.sql} t SET {sets}, {audit} WHERE t.id = ANY(%s::int8[])",
                [*values, *params, array_literal(ids, "int8")],
            )
        else:
            sets = ", ".join(_set(bound, f"v.c{i}") for i, bound in enumerate(group))
            arrays = ", ".join(f"%s::{bound.column_type}[]" for bound in group)
            names = ", ".join(f"c{i}" for i in range(len(group)))
            literals = [array_literal(c, bound.column_type) for bound, c in zip(group, columns, strict=True)]
            cursor = work.tx.execute(
                f"UPDATE {model.sql} t SET {sets}, {audit}"
                f" FROM unnest(%s::int8[], {arrays}) v(id, {names}) WHERE t.id = v.id",
                [*params, array_literal(ids, "int8"), *literals],
            )
    except psycopg.Error as error:
        raise violations.explain(error, work, model, ids) from error
    if cursor.rowcount < len(ids):
        _refuse_missing(work, model, ids)
    if before:
        trail.note(work, model, before)
    _after_update(work, model, group, ids)


def _set(bound: Bound, value: str) -> str:
    """One assignment of an UPDATE; extra fields are merged, so that others' values for other keys stay."""
    if bound is bound.model.extra:
        value = f'jsonb_strip_nulls(t."{bound.column}" || {value})'
    return f'"{bound.column}" = {value}'


def _keep(work: UnitOfWork, bound: Bound, ids: Sequence[Any]) -> None:
    """What lies outside the rows is put there before them."""
    column, keep = work.column(bound), bound.keep
    assert keep is not None
    for id in ids:
        value = column.get(id)
        if value is not None:
            column[id] = keep(value, bound, id, work.ports)


def _sql_values(work: UnitOfWork, bound: Bound, ids: Sequence[Any]) -> list[Any]:
    """The values of `ids` as the database takes them."""
    column = work.column(bound)
    if bound.keep is not None:
        _keep(work, bound, ids)
    values = [column[id] for id in ids]
    return values if bound.encode is None else list(map(bound.encode, values))


def _same(values: Sequence[Any]) -> bool:
    return values.count(values[0]) == len(values)


def _refuse_missing(work: UnitOfWork, model: ModelInfo, ids: Iterable[Any]) -> None:
    rows = work.tx.rows(
        f"SELECT id FROM {model.sql} WHERE id = ANY(%s::int8[])",
        (array_literal(list(ids), "int8"),),
    )
    there = {row[0] for row in rows}
    raise missing(model, next(id for id in ids if id not in there))


def _after_update(work: UnitOfWork, model: ModelInfo, group: Sequence[Bound], ids: Sequence[Any]) -> None:
    for bound in group:
        work.dirty[bound.index].difference_update(ids)
        if bound.computed:
            forget(work.old.get(bound.index), ids)
    for audit in ("updated_at", "updated_by", "version"):
        forget(work.columns.get(model.fields[audit].index), ids)
    work.note_changed(model, frozenset(bound.name for bound in group), ids)


def _check_rules(work: UnitOfWork) -> None:
    """After create and after write, the record must (still) satisfy the actor's rule."""
    checks, work.checks = work.checks, {}
    for (env, name, operation), ids in checks.items():
        model = work.registry.models[name]
        concerned = _concerned(env, model, operation, ids)
        allowed = _keeping(env, model, operation, concerned) if concerned else set()
        for id in concerned:
            if id not in allowed:
                verb = "create" if operation == "create" else "change"
                raise AccessError(
                    f"You may not {verb} {model.label.lower()} records with these values.",
                    hint="The record would leave what you are allowed to see or change.",
                    model=name,
                    id=id,
                )


def _concerned(env: Env, model: ModelInfo, operation: str, ids: Iterable[Any]) -> tuple[Any, ...]:
    """Those of `ids` whose standing may have changed: written records satisfied the rule before."""
    rule = env.rule(model, operation)  # type: ignore[arg-type]
    names = None if rule is None else query.own_fields(rule)
    if operation != "write" or names is None or names & TOUCHED:
        return tuple(ids)
    changed = env.work.changed.get(model.name, {})
    if all(names.isdisjoint(written) for written in set(changed.values())):
        return ()  # the way of most; record by record is 3% of W6
    return tuple([id for id in ids if not names.isdisjoint(changed.get(id, ()))])


def _keeping(env: Env, model: ModelInfo, operation: str, ids: tuple[Any, ...]) -> set[Any]:
    """Which satisfy the rule: by the cache, if it has the values and Python compares as SQL does, else by a query."""
    rule, work = env.rule(model, operation), env.work  # type: ignore[arg-type]
    if rule is not None and exact(rule.key):
        try:
            return rule.satisfying(model, ids, work.cached)
        except KeyError:
            pass
    return env.satisfying(model, ids, operation)


def _call_hooks(env: Env) -> bool:
    """Tell listeners of new and changed records, in the env that wrote them; True if more is to be written."""
    work, hooks = env.work, env.ports.record_hooks
    env = work.writer or env
    created, work.created = work.created, {}
    changed, work.changed = work.changed, {}
    heard = False
    if created and hooks.listens("created"):
        heard = True
        for name, ids in created.items():
            hooks.created(env, env.records(work.registry.models[name], tuple(ids)))
    if changed and hooks.listens("written"):
        heard = True
        for name, records in changed.items():
            by_fields: dict[frozenset[str], list[int]] = {}
            for id, fields in records.items():
                if id not in created.get(name, ()):
                    by_fields.setdefault(frozenset(fields), []).append(id)
            for fields_changed, changed_ids in by_fields.items():
                batch = env.records(work.registry.models[name], tuple(changed_ids))
                hooks.written(env, batch, fields_changed)
    return heard and bool(work.unwritten or work.created or work.changed)
