"""Stored computed fields whose values change with the set of addons: computed again for the records that are there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kernel.db.transaction import Transaction
from kernel.orm import Bound, Env
from kernel.orm.computing.recompute import mark
from kernel.orm.registry.registry import Registry
from kernel.orm.writing.literals import array_literal

BATCH: Final = 1000


def compute_added(env: Env, new: Collection[str]) -> None:
    """Give every record its value of the fields that `new` addons add to, or compute for, models of others."""
    for bound in env.registry.bounds:
        if bound.stored and bound.computed and bound.model.addon not in new and bound.addon in new:
            _compute_all(env, bound)
    compute_again(env, touched(env.registry, new))


def columns(tx: Transaction, addons: Collection[str]) -> frozenset[tuple[str, str, str]]:
    """(schema, table, column) of everything that these addons' schemas have now."""
    rows = tx.rows(
        "SELECT n.nspname, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ANY(%s) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped",
        (list(addons),),
    )
    return frozenset((str(schema), str(table), str(column)) for schema, table, column in rows)


def came_with_upgrade(
    registry: Registry, upgraded: Collection[str], before: frozenset[tuple[str, str, str]]
) -> list[Bound]:
    """The fields of `upgraded` addons whose column is new in a table that was there before."""
    tables = {(schema, table) for schema, table, _ in before}
    return [
        bound
        for bound in registry.bounds
        if bound.column is not None
        and bound.addon in upgraded
        and (bound.model.schema, bound.model.table) in tables
        and (bound.model.schema, bound.model.table, bound.column) not in before
    ]


def give_defaults(env: Env, bounds: Collection[Bound]) -> None:
    """Old rows get the constant default of new fields, where the migration left them empty."""
    for bound in bounds:
        item = bound.field
        if bound.computed or bound.keyed or not item.has_default or item.default_name or callable(item._default):
            continue
        value = item.convert(item.default_value(), bound)
        if value == bound.null:
            continue
        pair = [bound.encode(each) if bound.encode and each is not None else each for each in (value, bound.null)]
        env.tx.execute(
            f"WITH v AS (SELECT (%s::{bound.sql_type}[]) AS a) UPDATE {bound.model.sql} SET"
            f' "{bound.column}" = v.a[1] FROM v WHERE coalesce("{bound.column}", v.a[2]) IS NOT DISTINCT FROM v.a[2]',
            (array_literal(pair, bound.sql_type),),
        )


def compute_new(env: Env, bounds: Collection[Bound]) -> None:
    """Give every record its value of stored computed fields that came with an upgrade."""
    for bound in bounds:
        if bound.stored and bound.computed:
            _compute_all(env, bound)


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
