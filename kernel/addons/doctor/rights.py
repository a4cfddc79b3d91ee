"""Who owns what in a tenant's database, and what each role may do there, as PostgreSQL tells it.

The program that serves (the role `tenon_app`) reads and writes rows; `tenon_owner` alone changes tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kernel.addons.migrations.snapshot import FOREIGN
from kernel.db import Transaction

Grant = tuple[str, str]
"""(role, privilege); the role "" is PUBLIC."""

_OWNERS: Final = """
    SELECT format('SCHEMA %%I', nspname), pg_get_userbyid(nspowner)::text FROM pg_namespace
    WHERE nspname <> ALL(%(foreign)s)
    UNION ALL
    SELECT format('%%s %%I.%%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname),
        pg_get_userbyid(c.relowner)::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname <> ALL(%(foreign)s)
"""
_GRANTS: Final = """
    WITH lists AS (
        SELECT format('SCHEMA %%I', nspname) AS name, nspowner AS owner, nspacl AS acl FROM pg_namespace
        WHERE nspname <> ALL(%(foreign)s)
        UNION ALL
        SELECT format('%%s %%I.%%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname),
            c.relowner, c.relacl
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname <> ALL(%(foreign)s)
        UNION ALL
        SELECT format('COLUMN %%I.%%I.%%I', n.nspname, c.relname, a.attname), c.relowner, a.attacl
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attacl IS NOT NULL
            AND n.nspname <> ALL(%(foreign)s)
    )
    SELECT l.name, CASE g.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(g.grantee)::text END, g.privilege_type
    FROM lists l, aclexplode(l.acl) g WHERE g.grantee <> l.owner
"""


@dataclass(frozen=True, slots=True)
class Rights:
    """Owners and grants of schemas, tables, sequences and columns, by names like `TABLE crm.contact`."""

    owners: Mapping[str, str]
    grants: Mapping[str, frozenset[Grant]]


def read_rights(tx: Transaction) -> Rights:
    """Read them from the catalog, the kernel's own tables among them."""
    given = {"foreign": list(FOREIGN)}
    owners = {str(name): str(owner) for name, owner in tx.connection.execute(_OWNERS, given)}
    grants: dict[str, set[Grant]] = {}
    for name, role, privilege in tx.connection.execute(_GRANTS, given):
        grants.setdefault(str(name), set()).add((str(role), str(privilege)))
    return Rights(owners, {name: frozenset(found) for name, found in grants.items()})
