"""The change log: rows of `base.change`, written in one statement per flush and one per deleted table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from kernel.orm import Env, ModelInfo
from kernel.orm.history.restoring import image_query
from kernel.orm.ports import Change, Noted
from kernel.orm.writing.literals import array_literal

#: Days that a change, and the image of a deleted record, are kept.
KEPT: Final = 30

_INSERT: Final = """
    INSERT INTO base.change (model, record, created_by, batch, "values")
    SELECT v.model, v.record, %s, txid_current(), v."values"
    FROM unnest(%s::text[], %s::int8[], %s::jsonb[]) v(model, record, "values")"""
_DELETED: Final = """
    INSERT INTO base.change (model, record, deleted, created_by, batch, "values")
    SELECT %s, i.id, true, %s, txid_current(), i.image FROM ({images}) i"""
_OF: Final = """
    SELECT record, created_by, created_at, batch, "values" FROM base.change
    WHERE model = %s AND record = ANY(%s::int8[]) AND NOT deleted ORDER BY id DESC LIMIT %s"""
_PRUNE: Final = "DELETE FROM base.change WHERE created_at < now() - make_interval(days => %s)"


class BaseChanges:
    """Changes are rows of `base.change`."""

    def written(self, env: Env, changes: Sequence[Change]) -> None:
        """One INSERT for everything that a flush changed."""
        env.tx.execute(
            _INSERT,
            (
                env.user_id,
                array_literal([change.model for change in changes], "text"),
                array_literal([change.id for change in changes], "int8"),
                array_literal([dict(change.values) for change in changes], "jsonb"),
            ),
        )

    def deleting(self, env: Env, taken: Mapping[str, tuple[ModelInfo, Collection[int]]]) -> None:
        """One INSERT per model; the rows do not leave the database."""
        for name, (model, ids) in taken.items():
            env.tx.execute(
                _DELETED.format(images=image_query(model)),
                (name, env.user_id, array_literal(list(ids), "int8")),
            )

    def of(self, env: Env, model: str, ids: Collection[int], limit: int) -> Sequence[Noted]:
        """What happened to these records, the newest first."""
        rows = env.tx.rows(_OF, (model, array_literal(list(ids), "int8"), limit))
        return [
            Noted(Change(model, record, {name: (old, new) for name, (old, new) in values.items()}), actor, at, batch)
            for record, actor, at, batch, values in rows
        ]

    def prune(self, env: Env) -> int:
        """Forget what is older than `KEPT` days."""
        env.flush()
        return env.tx.execute(_PRUNE, (KEPT,)).rowcount
