"""What is wrong with the rows of a tenant, as far as SQL can tell."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from kernel.addons.assembly import Assembly
from kernel.addons.doctor.breaches import breach
from kernel.addons.doctor.expected import Expected, owner_of, plain
from kernel.addons.doctor.treatment import Treatment
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.migrations.snapshot import table_of
from kernel.db import Transaction
from kernel.orm.registry.bound import Bound
from kernel.orm.registry.registry import Registry

_STABLE: Final = """
    SELECT i.addon, i.name, i.model FROM tenon.stable_id i
    WHERE NOT i.model = ANY(%s) OR NOT EXISTS (SELECT FROM tenon.addon a WHERE a.name = i.addon) ORDER BY 1, 2"""
_FORGET: Final = """
    DELETE FROM tenon.stable_id i USING unnest(ARRAY[{names}]) n WHERE i.addon || '.' || i.name = n"""


def row_troubles(tx: Transaction, assembly: Assembly, treat: Treatment) -> Iterator[Trouble]:
    """What is looked for at every examination: cheap."""
    orphans = tx.rows(_STABLE, (sorted(assembly.registry.models),))
    if orphans:
        names = [f"{addon}.{name}" for addon, name, _ in orphans]
        shown = ", ".join(f"{addon}.{name} ({model})" for addon, name, model in orphans[:3])
        forget = _FORGET.format(names=", ".join(f"'{name}'" for name in names))
        yield Trouble(
            f'{len(orphans)} stable ids of "{treat.row.name}" are of no addon or model that is installed: {shown}.',
            mend=partial(treat.run, [forget]),
            grave=False,
            rule="orphaned-stable-id",
            tenant=treat.row.name,
        )


def deep_troubles(tx: Transaction, assembly: Assembly, wanted: Expected, tenant: str) -> Iterator[Trouble]:
    """Every foreign key and check against every row, references, languages: each table is read as a whole."""
    for name, definition in sorted(wanted.snapshot.constraints.items()):
        if definition.startswith(("FOREIGN KEY", "CHECK")):
            found = breach(tx, table_of(name), definition)
            if found is not None:
                yield Trouble(
                    f'{plain(name)} is not kept in "{tenant}", and {found}; {owner_of(wanted, name)}.',
                    "The constraint was off when they were written. Change these rows.",
                    rule="broken-row",
                    tenant=tenant,
                )
    for bound in assembly.registry.bounds:
        if bound.column is not None and bound.field.type == "reference" and not bound.model.query:
            yield from _dangling(tx, assembly.registry, bound, tenant)


def _dangling(tx: Transaction, registry: Registry, bound: Bound, tenant: str) -> Iterator[Trouble]:
    """References to records that are gone; they read as empty, so this is only to be known."""
    column, count = f'"{bound.column}"', 0
    query = f"SELECT split_part({column}, ',', 1), count(*) FROM {bound.model.sql} WHERE {column} <> '' GROUP BY 1"
    for model, number in tx.rows(query):
        info = registry.models.get(model)
        if info is None:
            count += number
        elif not info.query:
            lost = (
                f"SELECT count(*) FROM {bound.model.sql} o WHERE starts_with(o.{column}, %s) AND NOT EXISTS"
                f" (SELECT FROM {info.sql} t WHERE t.id::text = split_part(o.{column}, ',', 2))"
            )
            count += tx.rows(lost, (f"{model},",))[0][0]
    if count:
        text = f'{count} values of {bound.model.name}.{bound.name} in "{tenant}" refer to records that are gone.'
        hint = "They are read as empty. They come back with the record (from the trash) or with its addon."
        yield Trouble(text, hint, grave=False, rule="dangling-reference", tenant=tenant)
