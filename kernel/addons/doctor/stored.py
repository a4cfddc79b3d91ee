"""Stored computed values that are not what computing them now gives: somebody wrote past the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from kernel.addons.doctor.trouble import Trouble
from kernel.addons.runtime import Tenant
from kernel.orm import Bound, Env
from kernel.orm.computing.recompute import mark
from kernel.orm.registry.bound import ModelInfo

SAMPLE: Final = 100
"""Records of each model that are looked at: half of them the newest, half from anywhere. `deep`: all."""
BATCH: Final = 1000
WHY: Final = "the doctor computes stored values again"


class _Undo(Exception):
    """Ends a transaction whose writes nobody wants."""


def stored_troubles(tenant: Tenant, *, deep: bool) -> Iterator[Trouble]:
    """A trouble for each field with values that differ; mending writes the computed ones."""
    wrong: dict[tuple[str, str], list[int]] = {}
    with suppress(_Undo), tenant.env(why=WHY) as env:
        for model in env.registry.models.values():
            bounds = _computed(model)
            if bounds:
                for ids in _batches(env, model, deep):
                    _compare(env, model, bounds, ids, wrong)
        raise _Undo
    for (name, field), ids in wrong.items():
        shown = ", ".join(map(str, ids[:5])) + (", ..." if len(ids) > 5 else "")
        count = "1 record has" if len(ids) == 1 else f"{len(ids)} records have"
        yield Trouble(
            f'{name}.{field} in "{tenant.name}": {count} another value than computing it gives: {shown}.',
            mend=partial(tenant.run, partial(_compute, name, [field], ids), why=WHY),
            rule="stale-value",
            tenant=tenant.name,
        )


def _computed(model: ModelInfo) -> list[Bound]:
    """The fields that are computed from others; a drawn number is given once."""
    if model.query or model.transient:
        return []
    return [b for b in model.columns if b.stored and b.computed and b.field.type != "number"]


def _batches(env: Env, model: ModelInfo, deep: bool) -> Iterator[list[int]]:
    if deep:
        last = 0
        while ids := _ids(env, f"SELECT id FROM {model.sql} WHERE id > %s ORDER BY id LIMIT {BATCH}", (last,)):
            yield ids
            last = ids[-1]
        return
    newest = _ids(env, f"SELECT id FROM {model.sql} ORDER BY id DESC LIMIT {SAMPLE // 2}", ())
    if len(newest) < SAMPLE // 2:
        yield newest
        return
    others = f"SELECT id FROM {model.sql} WHERE id >= (SELECT (random() * max(id))::int8 FROM {model.sql})"
    yield sorted({*newest, *_ids(env, f"{others} ORDER BY id LIMIT {SAMPLE // 2}", ())})


def _ids(env: Env, query: str, params: tuple[object, ...]) -> list[int]:
    return [int(row[0]) for row in env.tx.rows(query, params)]


def _compare(
    env: Env, model: ModelInfo, bounds: Sequence[Bound], ids: Sequence[int], wrong: dict[tuple[str, str], list[int]]
) -> None:
    before = _values(env, model, bounds, ids)
    _compute(model.name, [bound.name for bound in bounds], ids, env)
    after = _values(env, model, bounds, ids)
    for id, values in before.items():
        for bound, old, new in zip(bounds, values, after[id], strict=True):
            if old != new:
                wrong.setdefault((model.name, bound.name), []).append(id)


def _values(env: Env, model: ModelInfo, bounds: Sequence[Bound], ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    columns = ", ".join(f'"{bound.column}"::text' for bound in bounds)
    rows = env.tx.rows(f"SELECT id, {columns} FROM {model.sql} WHERE id = ANY(%s)", (list(ids),))
    return {row[0]: tuple(row[1:]) for row in rows}


def _compute(model: str, fields: Sequence[str], ids: Sequence[int], env: Env) -> None:
    info = env.registry.models[model]
    for start in range(0, len(ids), BATCH):
        for field in fields:
            mark(env.work, info.fields[field], ids[start : start + BATCH])
        env.invalidate()
