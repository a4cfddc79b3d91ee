"""Stored computed fields that an addon adds to the models of others: computed for the records that are there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kernel.orm import Bound, Env
from kernel.orm.recompute import mark

BATCH: Final = 1000


def compute_added(env: Env, new: Collection[str]) -> None:
    """Give every record its value of the fields that `new` addons add to models which were there before."""
    for bound in env.registry.bounds:
        if bound.stored and bound.computed and bound.addon in new and bound.model.addon not in new:
            _compute_all(env, bound)


def _compute_all(env: Env, bound: Bound) -> None:
    """In batches, so that memory does not grow with the table."""
    ids = [row[0] for row in env.tx.rows(f"SELECT id FROM {bound.model.sql} ORDER BY id")]
    for start in range(0, len(ids), BATCH):
        mark(env.work, bound, ids[start : start + BATCH])
        env.invalidate()
