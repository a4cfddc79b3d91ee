"""Rows of one addon that belong to another: groups, rights and settings go with the addon they are of."""

from __future__ import annotations

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.hookspecs import OwnedRows
from kernel.addons.lifecycle.archive import Claim


def claims_of(assembly: Assembly) -> list[Claim]:
    """What the addons of an assembly keep for others, as SQL."""
    return [_claim(assembly, rows) for rows in _owned(assembly) if not rows.stays]


def traces_of(assembly: Assembly) -> list[Claim]:
    """What they note about records of others, and forget when those are purged; the SQL has one `%s`: `crm.`."""
    claims = []
    for rows in _owned(assembly):
        if rows.stays:
            model = assembly.registry.model(rows.model)
            claims.append(Claim(model.schema, model.table, f'starts_with(o."{model.field(rows.of_model).column}", %s)'))
    return claims


def _owned(assembly: Assembly) -> list[OwnedRows]:
    return [rows for found in assembly.hooks(hookspecs.owned_rows)() for rows in found]


def _claim(assembly: Assembly, rows: OwnedRows) -> Claim:
    model = assembly.registry.model(rows.model)
    where = f'o."{model.field(rows.addon).column}" = %s'
    if rows.of_model:
        where += f' OR starts_with(o."{model.field(rows.of_model).column}", %s)'
    return Claim(model.schema, model.table, where)
