"""Stored computed fields whose values change with the set of addons: computed again for the records that are there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kernel.orm import Bound, Env
from kernel.orm.recompute import mark
from kernel.orm.registry import Registry

BATCH: Final = 1000


def compute_added(env: Env, new: Collection[str]) -> None:
    """Give every record its value of the fields that `new` addons add to, or compute for, models of others."""
    for bound in env.registry.bounds:
        if bound.stored and bound.computed and bound.model.addon not in new and bound.addon in new:
            _compute_all(env, bound)
    compute_again(env, touched(env.registry, new))


def touched(registry: Registry, addons: Collection[str]) -> list[tuple[str, str]]:
    """The stored fields of others, as (model, field), in whose computing one of `addons` has a hand."""
    return [
        (bound.model.name, bound.name)
        for bound in registry.bounds
        if bound.stored and bound.computed and not {bound.addon, bound.model.addon} & {*addons}
        if any(_addon_of(cls) in addons for cls in bound.model.cls.__mro__ if bound.field.compute_name in vars(cls))
    ]


def compute_again(env: Env, names: Collection[tuple[str, str]]) -> None:
    """Compute fields, given as (model, field), for all records, as far as they are still there."""
    for model, field in names:
        info = env.registry.models.get(model)
        if info is not None and field in info.fields:
            _compute_all(env, info.fields[field])


def _addon_of(cls: type) -> str:
    """The addon that a class is written in: `addons.<name>...`."""
    return cls.__module__.split(".")[1] if cls.__module__.startswith("addons.") else ""


def _compute_all(env: Env, bound: Bound) -> None:
    """In batches, so that memory does not grow with the table."""
    ids = [row[0] for row in env.tx.rows(f"SELECT id FROM {bound.model.sql} ORDER BY id")]
    for start in range(0, len(ids), BATCH):
        mark(env.work, bound, ids[start : start + BATCH])
        env.invalidate()
