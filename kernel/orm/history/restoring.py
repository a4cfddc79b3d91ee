"""Images of deleted records, and bringing records back from them: the same ids, the rows as they were.

An image is `{"row": {column: value}, "links": {link table: [ids on the other side]}}`. Secrets are left out of it.
Links of others that the deletion unset (`ondelete="set null"`) stand in `links` as well, by `schema.table.column`, and
come back where they are still unset. Links to what is gone by now are left out when a record comes back; a required one
refuses. Values that are computed and stored are computed again, those of others that depend on the records, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import psycopg

from kernel.errors import AccessError, ValidationError
from kernel.orm.computing import recompute
from kernel.orm.reading.fetch import fetch
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.writing import violations
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Image:
    """A record as it was."""

    model: str
    id: int
    row: Mapping[str, Any]
    links: Mapping[str, Sequence[int]]


def image_query(model: ModelInfo) -> str:
    """`SELECT id, image` of the rows whose ids are the one parameter (`int8[]`)."""
    secret = [bound.column for bound in model.columns if bound.field.secret]
    row = f"to_jsonb(t) - {_names(secret)}" if secret else "to_jsonb(t)"
    links = [
        f'\'{table}\', (SELECT jsonb_agg(l."{other}") FROM {table} l WHERE l."{own}" = t.id)'
        for table, own, other in _tables(model)
    ]
    links += [
        f"'{_key(bound)}', (SELECT jsonb_agg(r.id) FROM {bound.model.sql} r WHERE r.\"{bound.column}\" = t.id)"
        for bound in _unset_by(model)
    ]
    found = f"jsonb_strip_nulls(jsonb_build_object({', '.join(links)}))" if links else "'{}'::jsonb"
    image = f"jsonb_build_object('row', {row}, 'links', {found})"
    return f"SELECT t.id, {image} AS image FROM {model.sql} t WHERE t.id = ANY(%s::int8[])"


def _names(columns: Iterable[str | None]) -> str:
    return "ARRAY[" + ", ".join(f"'{column}'" for column in columns) + "]::text[]"


def _tables(model: ModelInfo) -> list[tuple[str, str, str]]:
    """(link table, own column, other column) of every many2many from and to the model."""
    found = []
    for each in model.registry.models.values():
        for bound in each.fields.values():
            if bound.link is None:
                continue
            if each is model:
                found.append((bound.link.sql, bound.link.left, bound.link.right))
            elif bound.comodel is model:
                found.append((bound.link.sql, bound.link.right, bound.link.left))
    return found


def _unset_by(model: ModelInfo) -> list[Bound]:
    """The links of any model to this one that the database unsets when a record is deleted."""
    return [
        bound
        for each in model.registry.models.values()
        if not each.query
        for bound in each.columns
        if bound.comodel is model and not bound.keyed and getattr(bound.field, "ondelete", "") == "set null"
    ]


def _key(bound: Bound) -> str:
    return f"{bound.model.sql}.{bound.column}"


def belonging(env: Env, root: Image, images: Iterable[Image]) -> list[Image]:
    """`root` and those of `images` that a cascade took along with it: what they link to comes first."""
    waiting = {(image.model, image.id): image for image in images}
    waiting.pop((root.model, root.id), None)
    found = [root]
    for image in found:  # grows while it is walked
        below = [key for key, other in waiting.items() if _cascades(env, other, image)]
        found += [waiting.pop(key) for key in below]
    return found


def _cascades(env: Env, image: Image, above: Image) -> bool:
    model = env.registry.models.get(image.model)
    return model is not None and any(
        bound.comodel is not None
        and bound.comodel.name == above.model
        and getattr(bound.field, "ondelete", "") == "cascade"
        and image.row.get(str(bound.column)) == above.id
        for bound in model.columns
    )


def restore(env: Env, images: Sequence[Image]) -> None:
    """Insert the records anew; AccessError, or ValidationError where a constraint or a required link refuses."""
    by_model: dict[str, list[Image]] = {}
    for image in images:
        by_model.setdefault(image.model, []).append(image)
    models = {name: env.registry.model(name) for name in by_model}
    for model in models.values():
        if not env.may(model, "create"):
            raise AccessError(f"You may not create {model.label.lower()} records, so you may not bring them back.")
    env.invalidate()
    work = env.work
    for name, group in by_model.items():
        _insert(work, models[name], _linkable(work, models[name], group, by_model))
    for name, group in by_model.items():
        _insert_links(work, models[name], group)
        _link_others(work, models[name], group)
    for name, group in by_model.items():
        _compute_again(work, models[name], [image.id for image in group])
    env.flush()
    for name, group in by_model.items():
        _check(env, models[name], tuple([image.id for image in group]))


def _linkable(
    work: UnitOfWork, model: ModelInfo, images: Sequence[Image], back: Mapping[str, Sequence[Image]]
) -> list[dict[str, Any]]:
    """The rows, without links to what is gone: one query per link field."""
    rows = [dict(image.row) for image in images]
    for bound in model.columns:
        column, comodel = str(bound.column), bound.comodel
        if comodel is None:
            continue
        wanted = {row[column] for row in rows if row.get(column)}
        there = {image.id for image in back.get(comodel.name, ())}
        rest = wanted - there
        if rest:
            query = f"SELECT id FROM {comodel.sql} WHERE id = ANY(%s::int8[])"
            there |= {id for (id,) in work.tx.rows(query, (array_literal(list(rest), "int8"),))}
        for row in rows:
            if row.get(column) and row[column] not in there:
                _unlink(row, bound, model)
    return rows


def _unlink(row: dict[str, Any], bound: Bound, model: ModelInfo) -> None:
    if bound.field.required:
        raise ValidationError(
            f"{model.label} {row['id']} cannot come back: {bound.field.label} {row[str(bound.column)]} is gone.",
            hint="Bring that record back first.",
            record=(model.name, row["id"]),
            field=bound.name,
        )
    row[str(bound.column)] = None


def _insert(work: UnitOfWork, model: ModelInfo, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows with the columns that the table still has; others keep their defaults."""
    known = [str(bound.column) for bound in model.columns if str(bound.column) in rows[0]]
    names = ", ".join(f'"{name}"' for name in known)
    if work.author is not None:
        rows = [{**row, "updated_by": work.author} for row in rows]
    rows = [{**row, "version": row.get("version", 0) + 1} for row in rows]
    try:
        work.tx.execute(
            f"INSERT INTO {model.sql} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{model.sql}, %s)",
            (orjson.dumps(rows).decode(),),
        )
    except psycopg.Error as error:
        raise violations.explain(error, work, model, [row["id"] for row in rows]) from error
    work.created.setdefault(model.name, {}).update(dict.fromkeys(row["id"] for row in rows))


def _insert_links(work: UnitOfWork, model: ModelInfo, images: Sequence[Image]) -> None:
    """Many2many links whose other end is there: two per table, one from and one to the model."""
    for table, own, other in _tables(model):
        pairs = [(image.id, right) for image in images for right in image.links.get(table, ())]
        if not pairs:
            continue
        target = _target(model, table, own)
        left, right = zip(*pairs, strict=True)
        work.tx.execute(
            f'INSERT INTO {table} ("{own}", "{other}") SELECT v.l, v.r FROM unnest(%s::int8[], %s::int8[]) v(l, r)'
            f" WHERE EXISTS (SELECT FROM {target.sql} o WHERE o.id = v.r) ON CONFLICT DO NOTHING",
            (array_literal(left, "int8"), array_literal(right, "int8")),
        )


def _link_others(work: UnitOfWork, model: ModelInfo, images: Sequence[Image]) -> None:
    """Links of others to the records, where they are unset since: one statement per link field."""
    for bound in _unset_by(model):
        pairs = [(id, image.id) for image in images for id in image.links.get(_key(bound), ())]
        if not pairs:
            continue
        ids, targets = zip(*pairs, strict=True)
        rows = work.tx.rows(
            f'UPDATE {bound.model.sql} r SET "{bound.column}" = v.target FROM unnest(%s::int8[], %s::int8[])'
            f' v(id, target) WHERE r.id = v.id AND r."{bound.column}" IS NULL RETURNING r.id',
            (array_literal(ids, "int8"), array_literal(targets, "int8")),
        )
        recompute.modified(work, bound, [id for (id,) in rows])


def _target(model: ModelInfo, table: str, own: str) -> ModelInfo:
    """The model on the other side of a link table."""
    for each in model.registry.models.values():
        for bound in each.fields.values():
            if bound.link is not None and bound.link.sql == table and bound.comodel is not None:
                return bound.comodel if bound.link.left == own else each
    raise KeyError(table)


def _compute_again(work: UnitOfWork, model: ModelInfo, ids: list[int]) -> None:
    """Stored computed values of the records, and of whoever depends on them."""
    links = [bound for bound in model.inverse_links if any(side.triggers for side in bound.inverses)]
    if links:
        fetch(work, model, ids, links)
    for link in links:
        parents = {work.column(link).get(id) for id in ids} - {None}
        for side in link.inverses:
            if side.triggers and parents:
                recompute.modified(work, side, parents)
    for each in model.registry.models.values():
        for bound in each.fields.values():
            if bound.link is not None and bound.triggers and model in (each, bound.comodel):
                recompute.modified(work, bound, ids if each is model else _lefts(work, bound, ids))
    for target in model.computed_stored:
        recompute.mark(work, target, ids)


def _lefts(work: UnitOfWork, bound: Bound, ids: list[int]) -> set[int]:
    link = bound.link
    assert link is not None
    query = f'SELECT "{link.left}" FROM {link.sql} WHERE "{link.right}" = ANY(%s::int8[])'
    return {left for (left,) in work.tx.rows(query, (array_literal(ids, "int8"),))}


def _check(env: Env, model: ModelInfo, ids: tuple[int, ...]) -> None:
    """What came back must be what the actor might have created."""
    if env.rule(model, "create") is not None and len(env.satisfying(model, ids, "create")) < len(ids):
        raise AccessError(f"You may not bring these {model.label.lower()} records back.")
