"""What killed processes leave on a server: half-made tenants, templates and scratch databases, roles of nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import sql

from kernel.db.cluster import Cluster
from kernel.db.control import Control, login_role
from kernel.db.scratch import SCRATCH, is_unused
from kernel.db.tenants import BUILDING, TEMPLATE, drop_database, drop_raw, is_free, is_leftover


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that nobody uses, and how to remove it."""

    text: str
    remove: Callable[[], object]


def find(cluster: Cluster, control: Control) -> list[Leftover]:
    """All that is left over. What is being made at this moment is not."""
    return [*_tenants(cluster, control), *_databases(cluster, control), *_templates(control), *_roles(cluster, control)]


def _tenants(cluster: Cluster, control: Control) -> Iterator[Leftover]:
    for row in control.tenants():
        if is_leftover(control, row):
            state = "half made" if row.state == "creating" else "half deleted"
            yield Leftover(f'tenant "{row.name}" is {state}', partial(drop_database, cluster, control, row))


def _databases(cluster: Cluster, control: Control) -> Iterator[Leftover]:
    """Half-made tenants are told with their rows."""
    making = {f"{BUILDING}{row.uuid.hex}" for row in control.tenants()}
    query = "SELECT datname, datistemplate FROM pg_database WHERE starts_with(datname, 'tenon_') ORDER BY 1"
    for name, is_template in _rows(cluster, query):
        building = name.startswith(BUILDING) and name not in making and is_free(control, name)
        scratch = name.startswith(SCRATCH) and is_unused(cluster, name)
        template = name.startswith(TEMPLATE) and not is_template and is_free(control, name)
        if building or scratch or template:
            what = "template" if template else "scratch database"
            yield Leftover(f"{what} {name} is half made", partial(drop_raw, cluster, name))


def _templates(control: Control) -> Iterator[Leftover]:
    known = {row[0] for row in _rows(control.cluster, "SELECT datname FROM pg_database")}
    for (name,) in control.run(lambda tx: tx.rows("SELECT name FROM control.template")):
        if f"{TEMPLATE}{name}" not in known:
            text = f"template {name} is in the directory, not on the server"
            yield Leftover(text, partial(_forget_template, control, name))


def _roles(cluster: Cluster, control: Control) -> Iterator[Leftover]:
    """Login roles whose tenant is gone; on a server that several directories share, those of others are kept."""
    known = {login_role(row.uuid) for row in control.tenants()}
    query = """
        SELECT r.rolname FROM pg_roles r WHERE r.rolname ~ '^tenant_[0-9a-f]{32}$' AND NOT EXISTS (
            SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid) ORDER BY 1"""
    for (role,) in _rows(cluster, query):
        uuid = UUID(hex=role.removeprefix("tenant_"))
        if role not in known and is_free(control, f"{BUILDING}{uuid.hex}"):
            yield Leftover(f"role {role} belongs to no tenant", partial(_drop_role, cluster, role))


def _forget_template(control: Control, name: str) -> None:
    control.run(lambda tx: tx.execute("DELETE FROM control.template WHERE name = %s", (name,)))


def _drop_role(cluster: Cluster, role: str) -> None:
    with cluster.connect() as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _rows(cluster: Cluster, query: Any) -> list[tuple[Any, ...]]:
    with cluster.connect() as connection:
        return connection.execute(query).fetchall()
