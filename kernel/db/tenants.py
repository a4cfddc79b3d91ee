"""A tenant's database: made under a scratch name, renamed last, dropped with its login role.

CREATE DATABASE is not transactional. So the directory row comes first (`creating`), the database is built as
`tenon_new_<uuid>`, and the rename is what makes it exist. Whoever builds holds an advisory lock of that name
on the control database; what is left behind without one is a leftover (leftovers.py).
"""

from __future__ import annotations

import re
import uuid as uuids
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from kernel.db.cluster import APP, OWNER, Cluster
from kernel.db.control import CREATING, DELETING, Control, TenantRow, database_of, login_role, password
from kernel.errors import TenonError, UserError

BUILDING = "tenon_new_"
TEMPLATE = "tenon_template_"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
KEEP_TEMPLATES = 10
WEB_STATEMENT_TIMEOUT = "30s"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RESERVED = frozenset({"control", "template", "new", "www"})
Connection = psycopg.Connection[tuple[Any, ...]]


def check_name(name: str) -> None:
    """A tenant's name is part of a host name."""
    if len(name) > 40 or name in _RESERVED or not _NAME.fullmatch(name):
        raise UserError(
            f'"{name}" cannot be the name of a tenant.',
            hint="Up to 40 small letters, digits and single hyphens, beginning with a letter: acme-berlin",
        )


def create_database(
    cluster: Cluster,
    control: Control,
    name: str,
    build: Callable[[str], None],
    template: str | None = None,
    *,
    hostnames: Iterable[str] = (),
    addons: Iterable[str] = (),
) -> TenantRow:
    """Make a tenant with `addons`, as the directory shall say.

    `build` gets a DSN that acts as `tenon_owner`, before anybody else may enter.
    """
    check_name(name)
    uuid = uuids.uuid4()
    scratch = f"{BUILDING}{uuid.hex}"
    _clear_leftover(cluster, control, name)
    database = database_of(name)
    _refuse_taken(cluster, control, database)
    with _claim(control, scratch):
        row = control.add(uuid, name, database, hostnames)
        try:
            _make_login(cluster, uuid)
            make_empty(cluster, scratch, template)
            build(cluster.owner_dsn(scratch))
            _publish(cluster, scratch, row)
        except BaseException:
            with suppress(psycopg.Error, TenonError):  # where the server is gone, the next try clears it away
                drop_raw(cluster, scratch)
                _drop_made(cluster, row)
                _drop_login(cluster, uuid)
                control.remove(uuid)
            raise
    return control.activate(uuid, addons)


def drop_database(cluster: Cluster, control: Control, row: TenantRow) -> None:
    """Delete a tenant for good: sessions are ended, then database, role and directory row go."""
    if row.state == CREATING:
        _drop_made(cluster, row)
    control.set_state(row.uuid, DELETING)
    control.pool.forget(row.dsn)
    if row.state != CREATING:
        drop_raw(cluster, row.database)
    drop_raw(cluster, f"{BUILDING}{row.uuid.hex}")
    _drop_login(cluster, row.uuid)
    control.remove(row.uuid)


def has_template(cluster: Cluster, control: Control, name: str) -> bool:
    """Whether a template of this name is there; notes that it is used."""
    with cluster.connect() as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
        known = connection.execute(query, (f"{TEMPLATE}{name}",)).fetchone()
    if known is not None:
        query = "UPDATE control.template SET used_at = now() WHERE name = %s"
        control.run(lambda tx: tx.execute(query, (name,)))
    return known is not None


def ensure_template(
    cluster: Cluster, control: Control, name: str, addons: Iterable[str], build: Callable[[str], None]
) -> str:
    """The database to copy tenants from (its SQL name); built once, also when several processes ask."""
    database = f"{TEMPLATE}{name}"
    with _claim(control, database):
        if has_template(cluster, control, name):
            return database
        scratch = f"{BUILDING}{uuids.uuid4().hex}"
        with _claim(control, scratch):
            try:
                make_empty(cluster, scratch, None)
                build(cluster.owner_dsn(scratch))
                with cluster.connect() as connection:
                    _rename(connection, scratch, database)
                    statement = "ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false"
                    connection.execute(sql.SQL(statement).format(sql.Identifier(database)))
            except BaseException:
                with suppress(psycopg.Error, TenonError):
                    drop_raw(cluster, scratch)
                raise
        query = (
            "INSERT INTO control.template (name, addons) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET used_at = now()"
        )
        control.run(lambda tx: tx.execute(query, (name, list(addons))))
    _prune_templates(cluster, control)
    return database


def make_empty(cluster: Cluster, database: str, template: str | None) -> None:
    """A database of `tenon_owner` where nobody else may connect, with default rights for `tenon_app`."""
    cluster.make_roles()
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    source = sql.SQL("TEMPLATE {}").format(sql.Identifier(template or "template0"))
    encoding = sql.SQL("" if template else " ENCODING 'UTF8'")
    with cluster.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} {}{}").format(name, owner, source, encoding))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    if template is None:
        with cluster.connect(database) as connection:
            _add_extensions(connection)
            _default_rights(connection)


def drop_raw(cluster: Cluster, database: str) -> None:
    """Drop a database of any kind, ending the sessions in it; nothing happens if it is not there."""
    name = sql.Identifier(database)
    with cluster.connect() as connection:
        found = connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if found is not None and found[0]:
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(name))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _drop_made(cluster: Cluster, row: TenantRow) -> None:
    """Drop the database of a tenant that is half made, if it has its name already.

    One of that name which does not let the tenant's role in is somebody else's, and stays.
    """
    query = """
        SELECT 1 FROM pg_database d, aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE d.datname = %s AND r.rolname = %s"""
    with cluster.connect() as connection:
        own = connection.execute(query, (row.database, login_role(row.uuid))).fetchone()
    if own is not None:
        drop_raw(cluster, row.database)


def _add_extensions(connection: Connection) -> None:
    """Those the server has and lets us make; the ORM does without where one is missing."""
    known = {row[0] for row in connection.execute("SELECT name FROM pg_available_extensions")}
    for extension in EXTENSIONS:
        if extension in known:
            try:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported):
                continue


def _default_rights(connection: Connection) -> None:
    """Whatever `tenon_owner` creates later, the application may use but not change in shape."""
    owner, app = sql.Identifier(OWNER), sql.Identifier(APP)
    for rights in (
        "USAGE ON SCHEMAS",
        "SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "USAGE, SELECT, UPDATE ON SEQUENCES",
    ):
        statement = f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} GRANT {rights} TO {{}}"
        connection.execute(sql.SQL(statement).format(owner, app))


def open_to_login(cluster: Cluster, row: TenantRow) -> None:
    """Give a tenant its login role, as it should be, and let it into the tenant's database."""
    secret = str(conninfo_to_dict(row.dsn)["password"])
    _make_login(cluster, row.uuid, secret)
    with cluster.connect() as connection:
        _let_in(connection, row.database, row.uuid)


def _make_login(cluster: Cluster, uuid: UUID, secret: str = "") -> None:
    """Make the login role, or bring one that is there to what it should be."""
    cluster.make_roles()
    role, app = sql.Identifier(login_role(uuid)), sql.Identifier(APP)
    word = sql.Literal(secret or password(cluster.settings.master_keys[-1], uuid, 1))
    with cluster.connect() as connection, connection.transaction():
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login_role(uuid),)).fetchone()
        make = sql.SQL("ALTER ROLE" if known else "CREATE ROLE")
        connection.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(make, role, word))
        connection.execute(sql.SQL("GRANT {} TO {}").format(app, role))
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))  # to end its sessions
        for setting, value in (
            ("timezone", "UTC"),
            ("jit", "off"),
            ("statement_timeout", WEB_STATEMENT_TIMEOUT),
        ):
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            connection.execute(statement.format(role, sql.Identifier(setting), sql.Literal(value)))


def _drop_login(cluster: Cluster, uuid: UUID) -> None:
    with cluster.connect() as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login_role(uuid))))


def _publish(cluster: Cluster, scratch: str, row: TenantRow) -> None:
    """Let the tenant's role in, and give the database its name: from now on it exists."""
    with cluster.connect() as connection:
        _let_in(connection, scratch, row.uuid)
        _rename(connection, scratch, row.database)


def _let_in(connection: Connection, database: str, uuid: UUID) -> None:
    grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
    connection.execute(grant.format(sql.Identifier(database), sql.Identifier(login_role(uuid))))


def _rename(connection: Connection, scratch: str, database: str) -> None:
    """Sessions of the build (its pools, say) are ended first: a database in use cannot be renamed."""
    connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (scratch,))
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.execute(statement.format(sql.Identifier(scratch), sql.Identifier(database)))


def _refuse_taken(cluster: Cluster, control: Control, database: str) -> None:
    """Raise where somebody's database has the name already: it is no tenant's, and may hold what nobody else has."""
    known = {row.database for row in control.tenants()}
    with cluster.connect() as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
    if found is not None and database not in known:
        raise UserError(
            f"There is a database {database} already, which is no tenant's.",
            hint="`tenon doctor` says what it is; `tenon doctor --repair` takes in a tenant that the directory lost.",
        )


def _prune_templates(cluster: Cluster, control: Control) -> None:
    query = (
        "DELETE FROM control.template WHERE name IN "
        "(SELECT name FROM control.template ORDER BY used_at DESC OFFSET %s) RETURNING name"
    )
    for (name,) in control.run(lambda tx: tx.rows(query, (KEEP_TEMPLATES,))):
        drop_raw(cluster, f"{TEMPLATE}{name}")


def _clear_leftover(cluster: Cluster, control: Control, name: str) -> None:
    """Make the name free if a killed process holds it."""
    row = control.find(name)
    if row is not None and is_leftover(control, row):
        drop_database(cluster, control, row)


def is_leftover(control: Control, row: TenantRow) -> bool:
    """Whether a tenant is half made or half deleted, and nobody is at it."""
    return row.state in (CREATING, DELETING) and is_free(control, f"{BUILDING}{row.uuid.hex}")


@contextmanager
def _claim(control: Control, name: str) -> Iterator[None]:
    """Hold the advisory lock `name` of the control database; it goes with the process if that is killed."""
    with control.cluster.connect(control.database) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        yield


def is_free(control: Control, name: str) -> bool:
    with control.cluster.connect(control.database) as connection:
        query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        row = connection.execute(query, (name,)).fetchone()
    return bool(row and row[0])
