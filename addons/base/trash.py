"""Deleted records: who sees them, and how they come back.

The record rule of a model cannot be asked about rows that are gone. So people see what they deleted themselves,
and administrators what anybody did; both need the right to delete records of the model.
"""

from __future__ import annotations

from typing import Any, Final

from kernel.errors import MissingError
from kernel.orm import Env, Model, ModelInfo
from kernel.orm.history.restoring import Image, belonging, restore

ADMINISTRATORS: Final = "base.manager"
_TRASH: Final = """
    SELECT id, record, created_by, created_at, "values" FROM base.change c
    WHERE model = %s AND deleted AND (%s OR created_by = %s AND NOT {along}) ORDER BY id DESC LIMIT %s"""
_ALONG: Final = "SELECT {along} FROM base.change c WHERE id = %s"
_ONE: Final = """SELECT model, record, batch, created_by, "values" FROM base.change WHERE id = %s AND deleted"""
_BATCH: Final = """SELECT model, record, "values" FROM base.change WHERE batch = %s AND deleted ORDER BY id"""
_FORGET: Final = "DELETE FROM base.change WHERE batch = %s AND deleted AND model = %s AND record = ANY(%s)"


def deleted_by(env: Env, records: Model, limit: int) -> list[dict[str, Any]]:
    """`{"change", "id", "title", "user", "at"}` of deleted records that the actor may bring back."""
    model = records.__info__
    if not env.may(model, "delete"):
        return []
    rows = env.sql(_TRASH.format(along=_went_along(model)), (model.name, _sees_all(env), env.user_id, limit))
    return [
        {"change": id, "id": record, "title": _title(env, model, values["row"]), "user": actor, "at": at.isoformat()}
        for id, record, actor, at, values in rows
    ]


def _went_along(model: ModelInfo) -> str:
    """SQL: whether the image `c` was taken along by the deletion of another record.

    Who deletes a record deletes lines of it that they may not see: these come back with it, and are not told of.
    """
    links = [
        f"(p.model = '{bound.comodel.name}' AND p.record = (c.\"values\" -> 'row' ->> '{bound.column}')::int8)"
        for bound in model.columns
        if bound.comodel is not None and not bound.keyed and getattr(bound.field, "ondelete", "") == "cascade"
    ]
    if not links:
        return "false"
    return f"EXISTS (SELECT FROM base.change p WHERE p.batch = c.batch AND p.deleted AND ({' OR '.join(links)}))"


def _sees_all(env: Env) -> bool:
    return env.is_system or ADMINISTRATORS in env.user.groups


def _title(env: Env, model: ModelInfo, row: dict[str, Any]) -> str:
    bound = model.fields[model.title]
    shown = env.is_system or not env.hides(bound)
    text = row.get(bound.column or "") if shown and bound.exact is str else None
    return str(text or f"{model.label} {row['id']}")


def bring_back(env: Env, change: int) -> Model:
    """The record of a change that deleted it, and what went along with it; MissingError, AccessError."""
    rows = env.sql(_ONE, (change,))
    if not rows or rows[0][0] not in env.registry.models:
        raise _missing()
    model, record, batch, actor, values = rows[0]
    info = env.registry.model(model)
    if not env.may(info, "delete") or not (_sees_all(env) or actor == env.user_id):
        raise _missing()
    if not _sees_all(env) and env.sql(_ALONG.format(along=_went_along(info)), (change,))[0][0]:
        raise _missing()
    root = Image(model, record, values["row"], values["links"])
    others = [Image(name, id, found["row"], found["links"]) for name, id, found in env.sql(_BATCH, (batch,))]
    images = belonging(env, root, [image for image in others if image.model in env.registry.models])
    restore(env, images)
    for image in images:
        env.tx.execute(_FORGET, (batch, image.model, [image.id]))
    return env.records(info, (record,))


def _missing() -> MissingError:
    return MissingError(
        "There is no such deleted record, or you may not bring it back.", hint="Deleted records are kept for 30 days."
    )
