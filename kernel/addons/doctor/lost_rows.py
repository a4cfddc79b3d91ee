"""Databases that look like tenants and are not in the directory; a tenant whose row was lost is taken in again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

import psycopg

from kernel.addons.doctor.trouble import Trouble
from kernel.addons.lifecycle.plan import installed
from kernel.addons.runtime import Runtime
from kernel.db import Pool, transaction
from kernel.db.control import login_role, password
from kernel.db.tenants import open_to_login
from kernel.errors import AddonError, TenonError

_SPECIAL: Final = ("tenon_new_", "tenon_template_", "tenon_scratch_", "tenon_control")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a database says of itself."""

    uuid: UUID
    addons: tuple[str, ...]


def strays(runtime: Runtime) -> Iterator[Trouble]:
    """Databases of no tenant; ours are those that our master key opens, or that have no login role any more."""
    known = {row.database for row in runtime.control.tenants()} | {runtime.control.database}
    with runtime.cluster.connect() as connection:
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate AND starts_with(datname, 'tenon_') ORDER BY 1"
        names = [str(row[0]) for row in connection.execute(query)]
    for name in names:
        if name in known or name.startswith(_SPECIAL):
            continue
        identity = _identity(runtime, name)
        if identity is not None and _is_ours(runtime, name, identity.uuid):
            tenant = _tenant_of(name)
            yield Trouble(
                f'The database {name} is the tenant "{tenant}", which the directory has lost.',
                mend=partial(_take_in, runtime, name, identity),
                rule="lost-directory-row",
                tenant=tenant,
            )
        else:
            hint = "It is of another installation, or left over."
            yield Trouble(f"The database {name} is no tenant's.", hint, rule="stray-database")


def _tenant_of(database: str) -> str:
    return database.removeprefix("tenon_").replace("_", "-")


def _identity(runtime: Runtime, database: str) -> Identity | None:
    """None for a database that is no tenant's, or that cannot be entered."""
    pool = Pool(1)
    try:
        with transaction(pool, runtime.cluster.owner_dsn(database), "read committed", read_only=True) as tx:
            if tx.rows("SELECT to_regclass('tenon.state')")[0][0] is None:
                return None
            return Identity(tx.rows("SELECT uuid FROM tenon.state")[0][0], installed(tx))
    except (psycopg.Error, TenonError):
        return None
    finally:
        pool.close()


def _is_ours(runtime: Runtime, database: str, uuid: UUID) -> bool:
    """Passwords are derived from the master key, so a login proves it; without a role nobody else can use it."""
    role = login_role(uuid)
    with runtime.cluster.connect() as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            return True
    secret = password(runtime.settings.master_keys[-1], uuid, 1)
    trusting = _opens(runtime, database, role, "another")  # a server that asks for no password proves nothing
    return not trusting and _opens(runtime, database, role, secret)


def _opens(runtime: Runtime, database: str, role: str, secret: str) -> bool:
    try:
        psycopg.connect(runtime.cluster.login_dsn(database, role, secret), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def ordered(runtime: Runtime, names: tuple[str, ...]) -> tuple[str, ...]:
    """Addons in load order, as far as their code is here."""
    try:
        return runtime.library.order(names)
    except AddonError:
        return names


def _take_in(runtime: Runtime, database: str, identity: Identity) -> None:
    """Enter the tenant as its database says; the host names of its own are not known there."""
    row = runtime.control.add(identity.uuid, _tenant_of(database), database)
    open_to_login(runtime.cluster, row)
    runtime.control.activate(identity.uuid, ordered(runtime, identity.addons))
