"""What the database of a tenant should look like: what a fresh install of the same addons gives, and who wants it.

The expectation is a real database, too (a scratch one, filled by the DDL of an install and thrown away), so that
both sides of a comparison are PostgreSQL's own words. It is made once per set of addons.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kernel.addons.assembly import Assembly
from kernel.addons.doctor.rights import Rights, read_rights
from kernel.addons.findings import shown_path
from kernel.addons.lifecycle.switch import SCHEMA, update_kernel
from kernel.addons.migrations.revisions import KERNEL
from kernel.addons.migrations.running import run_ddl
from kernel.addons.migrations.snapshot import FOREIGN, Snapshot, take
from kernel.db import Cluster, Pool, transaction
from kernel.db.scratch import scratch_database
from kernel.orm.place import Place

OwnedRow = tuple[str, str, str, str, str]
"""(schema, table, column, constraint, addon), as in `tenon.owned`."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a set of addons should find."""

    snapshot: Snapshot
    rights: Rights
    owners: Mapping[str, str]
    """Name of a table, column, constraint or index (as a snapshot has it, without quotes) -> whose it is, in words."""
    owned: frozenset[OwnedRow]


def expected(cluster: Cluster, assembly: Assembly) -> Expected:
    """The expectation of an assembly; the first call takes a second or so."""
    return assembly.extra(Expected, lambda: _make(cluster, assembly))  # noqa: S610 - not Django's


def _make(cluster: Cluster, assembly: Assembly) -> Expected:
    schema = importlib.import_module(SCHEMA)
    with scratch_database(cluster) as dsn, closing(Pool(1)) as pool, transaction(pool, dsn) as tx:
        update_kernel(tx)
        for name in assembly.names:
            run_ddl(tx, schema.create_statements(assembly.registry, name))
        snapshot, rights = take(tx, FOREIGN), read_rights(tx)
    owned = {(*row, name) for name in assembly.names for row in schema.owned(assembly.registry, name)}
    owners = dict(_owners(assembly, schema.metadata(assembly.registry)))
    return Expected(snapshot, rights, owners, frozenset(owned))


def plain(name: str) -> str:
    """A name of a snapshot without quotes: `booking."user".id` -> `booking.user.id`."""
    return name.replace('"', "")


_KERNEL_OWNER: Final = "it is one of the kernel's own tables"


def owner_of(expectation: Expected, name: str) -> str:
    """Who wants something, in words: `the model crm.contact declares it (addons/crm/models/contact.py:31)`."""
    if name.startswith(f"{KERNEL}."):
        return _KERNEL_OWNER
    known = expectation.owners.get(plain(name))
    return known or f"the addon {plain(name).split('.')[0]} makes it"


def _owners(assembly: Assembly, meta: Any) -> Iterator[tuple[str, str]]:
    """Tables and columns of models, link tables, then constraints and indexes by the columns they are over."""
    said: dict[str, str] = {}
    declared: dict[str, str] = {}
    for model in assembly.registry.models.values():
        if model.query:
            continue
        table = f"{model.schema}.{model.table}"
        said[table] = f"the model {model.name} declares it ({_shown(assembly, model.addon, model.place)})"
        for bound in model.columns:
            own = bound.name in ("id", "version", "created_at", "updated_at")
            place = model.place if own else bound.field.place
            said[f"{table}.{bound.column}"] = _of_model(assembly, model.name, bound.addon, place)
        for bound in model.fields.values():
            if bound.link is not None and not bound.mirror:
                text = f"the links of {model.name}.{bound.name} are in it"
                said[f"{bound.link.schema}.{bound.link.table}"] = (
                    f"{text} ({_shown(assembly, bound.addon, bound.field.place)})"
                )
        for constraint in model.constraints:
            text = _of_model(assembly, model.name, constraint.addon, constraint.declared_at)
            declared[f"{table}.{constraint.name}"] = declared[f"{model.schema}.{constraint.name}"] = text
    yield from said.items()
    for table in meta.tables.values():
        for part in (*table.constraints, *table.indexes):
            whole = f"{table.schema}.{table.name}"
            columns = [f"{whole}.{column.name}" for column in getattr(part, "columns", ())]
            text = next((said[name] for name in columns if name in said), said[whole])
            yield f"{whole}.{part.name}", text
            yield f"{table.schema}.{part.name}", text
    yield from declared.items()


def _of_model(assembly: Assembly, model: str, addon: str, place: Place) -> str:
    return f"the model {model} declares it ({_shown(assembly, addon, place)})"


def _shown(assembly: Assembly, addon: str, place: Place) -> str:
    return f"{shown_path(Path(place.file), assembly.addon(addon).path)}:{place.line}"
