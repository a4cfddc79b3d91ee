"""The walls around a tenant: who owns its tables, what each role may do there, and the login role of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import Final

from psycopg import sql

from kernel.addons.doctor.rights import Grant, Rights
from kernel.addons.doctor.treatment import Treatment
from kernel.addons.doctor.trouble import Trouble
from kernel.db import Cluster, TenantRow
from kernel.db.cluster import APP, OWNER
from kernel.db.control import login_role
from kernel.db.tenants import open_to_login


def right_troubles(actual: Rights, wanted: Rights, treat: Treatment) -> Iterator[Trouble]:
    """Owners and grants that differ, of what is in both; those of other roles are only told."""
    tenant = treat.row.name
    for name, owner in sorted(actual.owners.items()):
        if name in wanted.owners and owner != wanted.owners[name]:
            alter = f"ALTER {name} OWNER TO {wanted.owners[name]}"
            yield Trouble(
                f'The {_shown(name)} in "{tenant}" belongs to {owner}, not to {wanted.owners[name]}.',
                mend=partial(_as_operator, treat, alter),
                rule="wrong-owner",
                tenant=tenant,
                statements=(alter,),
            )
    for name in sorted({*actual.grants, *wanted.grants}):
        if name in actual.owners or name.startswith("COLUMN"):
            have, should = actual.grants.get(name, frozenset()), wanted.grants.get(name, frozenset())
            known = name in wanted.owners or name.startswith("COLUMN")
            yield from _grants(name, have, should if known else have, treat)


def _grants(name: str, have: Collection[Grant], should: Collection[Grant], treat: Treatment) -> Iterator[Trouble]:
    tenant, on = treat.row.name, _target(name)
    for role, rights in _by_role({*should} - {*have}):
        grant = f"GRANT {_listed(name, rights)} ON {on} TO {role}"
        text = f'{role} may not {" or ".join(rights)} the {_shown(name)} in "{tenant}", which it must.'
        yield Trouble(text, mend=partial(treat.run, [grant]), rule="missing-grant", tenant=tenant, statements=(grant,))
    for role, rights in _by_role({*have} - {*should}):
        revoke = f"REVOKE {_listed(name, rights)} ON {on} FROM {role}"
        text = f'{role} may {" and ".join(rights)} the {_shown(name)} in "{tenant}", which no install grants.'
        ours = role == APP
        yield Trouble(
            text,
            hint="" if ours else f"If nobody needs it: {revoke};",
            mend=partial(treat.run, [revoke]) if ours else None,
            grave=ours,
            rule="extra-grant",
            tenant=tenant,
            statements=(revoke,),
        )


def _by_role(grants: Collection[Grant]) -> list[tuple[str, list[str]]]:
    roles = sorted({role for role, _ in grants})
    return [(role or "PUBLIC", sorted(right for other, right in grants if other == role)) for role in roles]


def _target(name: str) -> str:
    return f"TABLE {name.split(' ', 1)[1].rsplit('.', 1)[0]}" if name.startswith("COLUMN") else name


def _listed(name: str, rights: list[str]) -> str:
    """The privileges; of a column, with its name."""
    column = f" ({name.rsplit('.', 1)[1]})" if name.startswith("COLUMN") else ""
    return ", ".join(f"{right}{column}" for right in rights)


def _shown(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return f"{kind.lower()} {rest}"


def _as_operator(treat: Treatment, statement: str) -> None:
    """What belongs to another role is given away by the operator, who is a member of both or a superuser."""
    with treat.runtime.cluster.connect(treat.row.database) as connection:
        connection.execute(statement.encode())


_LOGIN: Final = """
    SELECT pg_get_userbyid(d.datdba),
        EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee = 0),
        r.rolcanlogin AND has_database_privilege(r.oid, d.oid, 'CONNECT') AND pg_has_role(r.oid, %s, 'USAGE'),
        r.rolsuper OR r.rolcreatedb OR r.rolcreaterole
    FROM pg_database d LEFT JOIN pg_roles r ON r.rolname = %s WHERE d.datname = %s"""


def login_troubles(cluster: Cluster, row: TenantRow) -> Iterator[Trouble]:
    """The database's owner, who may connect to it, and the tenant's login role."""
    role = login_role(row.uuid)
    database, login = sql.Identifier(row.database), sql.Identifier(role)
    with cluster.connect() as connection:
        found = connection.execute(_LOGIN, (APP, role, row.database)).fetchone()
    if found is None:
        return  # told elsewhere
    owner, public, enters, mighty = found
    if owner != OWNER:
        text = f'The database of "{row.name}" belongs to {owner}, not to {OWNER}.'
        alter = sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, sql.Identifier(OWNER))
        yield _wall(row, text, "wrong-owner", cluster, alter)
    if public:
        text = f'Every role may connect to the database of "{row.name}".'
        revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
        yield _wall(row, text, "extra-grant", cluster, revoke)
    if not enters:
        text = f'The login role of "{row.name}", {role}, is missing or may not enter its database.'
        yield Trouble(text, mend=partial(open_to_login, cluster, row), rule="login-role", tenant=row.name)
    if mighty:
        text = f'The login role of "{row.name}", {role}, may do more than it should.'
        alter = sql.SQL("ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE").format(login)
        yield _wall(row, text, "login-role", cluster, alter)


def _wall(row: TenantRow, text: str, rule: str, cluster: Cluster, statement: sql.Composed) -> Trouble:
    def mend() -> None:
        with cluster.connect() as connection:
            connection.execute(statement)

    return Trouble(text, mend=mend, rule=rule, tenant=row.name, statements=(statement.as_string(),))
