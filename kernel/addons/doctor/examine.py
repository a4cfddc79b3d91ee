"""The doctor of an installation: what is left over, and where the directory, databases and code do not agree.

It mends what it can without losing anything a person made: archives are told, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import psycopg

from kernel.addons.doctor.chores import lost_secrets, missing_files, old_secrets, reseal
from kernel.addons.doctor.query_models import query_faults
from kernel.addons.lifecycle.archive import PREFIX, archive_of, has_schema
from kernel.addons.lifecycle.locks import operator
from kernel.addons.lifecycle.plan import installed
from kernel.addons.migrations.revisions import KERNEL, kernel_history
from kernel.addons.runtime import Runtime
from kernel.db import TenantRow, Transaction, transaction
from kernel.db.leftovers import find
from kernel.errors import AddonError, BusyError, DeveloperError, EditionError


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be; without `mend`, a person has to decide."""

    text: str
    hint: str = ""
    mend: Callable[[], object] | None = None
    grave: bool = True
    """False for what is only to be known."""


def examine(runtime: Runtime) -> list[Trouble]:
    """All troubles of the server and its tenants. Nothing is changed."""
    found = [Trouble(f"Left over: {item.text}.", mend=item.remove) for item in find(runtime.cluster, runtime.control)]
    for row in runtime.control.tenants():
        if row.state not in ("creating", "deleting"):
            found += _examine_tenant(runtime, row)
    return [*found, *_strays(runtime)]


def _strays(runtime: Runtime) -> Iterator[Trouble]:
    """Databases that look like tenants and are not in the directory."""
    known = {row.database for row in runtime.control.tenants()} | {runtime.control.database}
    with runtime.cluster.connect() as connection:
        names = [str(row[0]) for row in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")]
    for name in sorted(names):
        special = name.startswith(("tenon_new_", "tenon_template_", "tenon_scratch_", "tenon_control"))
        if name.startswith("tenon_") and name not in known and not special:
            yield Trouble(f"The database {name} is no tenant's.", "It is of another installation, or left over.")


def _examine_tenant(runtime: Runtime, row: TenantRow) -> Iterator[Trouble]:
    try:
        with operator(runtime, row.database) as (pool, dsn):
            with transaction(pool, dsn, "read committed") as tx:
                yield from _directory(runtime, row, installed(tx))
                yield from _code(runtime, row, tx)
                yield from _queries(runtime, row, tx)
                archives = list(_archives(runtime, row, tx))
            yield from archives
            yield from _kept(runtime, row)
    except (psycopg.OperationalError, BusyError) as error:
        said = (str(error.__cause__ or error).strip().splitlines() or [""])[-1]
        yield Trouble(
            f'The database of "{row.name}" cannot be entered: {said}',
            f"Restore it, or delete the tenant: tenon tenant delete {row.name}",
        )


def _directory(runtime: Runtime, row: TenantRow, names: tuple[str, ...]) -> Iterator[Trouble]:
    if {*row.addons} != {*names}:
        yield Trouble(
            f'The directory says "{row.name}" has {", ".join(row.addons) or "no addons"}; it has {", ".join(names)}.',
            mend=lambda: runtime.control.set_addons(row.uuid, _ordered(runtime, names)),
        )


def _ordered(runtime: Runtime, names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return runtime.library.order(names)
    except AddonError:
        return names


def _code(runtime: Runtime, row: TenantRow, tx: Transaction) -> Iterator[Trouble]:
    """Addons whose code is absent, or at another revision."""
    upgrade = f"tenon addon upgrade {row.name}"
    at = str(tx.rows("SELECT version_num FROM tenon.revision")[0][0])
    if at != kernel_history()[-1].id:
        yield Trouble(f'"{row.name}" is at revision {at} of {KERNEL}.', upgrade)
    for name, revision in tx.rows("SELECT name, revision FROM tenon.addon WHERE state = 'installed' ORDER BY name"):
        try:
            head = runtime.library.addon(name).head
        except (AddonError, DeveloperError) as error:
            hint = f"Put it back, or uninstall it: tenon addon uninstall {row.name} {name}"
            yield Trouble(f'"{row.name}" has {name}, which cannot be loaded. {error.text.splitlines()[0]}', hint)
            continue
        if head != revision:
            yield Trouble(f'"{row.name}" has {name} at revision "{revision}", the code is at "{head}".', upgrade)


def _queries(runtime: Runtime, row: TenantRow, tx: Transaction) -> Iterator[Trouble]:
    """Models over a query that does not give what their fields say."""
    try:
        registry = runtime.library.assembly(installed(tx)).registry
    except (AddonError, DeveloperError):
        return  # told already
    for line in query_faults(tx, registry):
        yield Trouble(f'In "{row.name}": {line}', "Mend the query or the field.")


def _archives(runtime: Runtime, row: TenantRow, tx: Transaction) -> Iterator[Trouble]:
    detached = {name for (name,) in tx.rows("SELECT name FROM tenon.addon WHERE state = 'detached' ORDER BY name")}
    for name in sorted(detached):
        if not has_schema(tx, archive_of(name)):
            yield Trouble(
                f'"{row.name}" should have an archive of {name}, and has none.',
                mend=partial(_forget, runtime, row, name),
            )
        elif name not in runtime.library.catalog.manifests:
            hint = f"Nobody can restore it without its code. For good: tenon addon uninstall {row.name} {name} --purge"
            yield Trouble(f'"{row.name}" keeps an archive of {name}, whose code is not here.', hint, grave=False)
    known = {archive_of(name) for name in detached}
    for (schema,) in tx.rows(
        "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1", (PREFIX,)
    ):
        if schema not in known:
            yield Trouble(f'"{row.name}" has a schema {schema}, the archive of no addon.', "Rename or drop it.")


def _kept(runtime: Runtime, row: TenantRow) -> Iterator[Trouble]:
    """Secrets that no key opens, or an old one; files that the storage has lost."""
    tenant = runtime.tenant_of(row)
    try:
        with tenant.env(why="the doctor looks at secrets and files") as env:
            lost, old, missing = lost_secrets(env), old_secrets(env), missing_files(env)
    except (EditionError, AddonError):
        return  # told already
    for each in lost:
        place = f"{each.model} {each.id}, {each.field}"
        yield Trouble(
            f'A secret of "{row.name}" cannot be read: {place}: {each.reason}.',
            "Put the right key back, or enter it anew.",
        )
    if old > len(lost):
        again = partial(tenant.run, reseal, why="a master key was replaced")
        yield Trouble(
            f'{old - len(lost)} secrets of "{row.name}" are encrypted with an older key.', mend=again, grave=False
        )
    if missing:
        hint = f"Restore the folder {tenant.stores.storage.folder} from a backup."
        yield Trouble(f'{len(missing)} files of "{row.name}" are not in the storage: {", ".join(missing[:3])}.', hint)


def _forget(runtime: Runtime, row: TenantRow, name: str) -> None:
    with operator(runtime, row.database) as (pool, dsn), transaction(pool, dsn, "read committed") as tx:
        tx.execute("DELETE FROM tenon.addon WHERE name = %s AND state = 'detached'", (name,))
