"""Chores of one tenant that nobody waits for: files without a reference, changes that are old, secrets under old keys.

Run by `tenon tenant tidy` and `tenon doctor`; harmless at any time, beside any number of requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from kernel.addons.runtime import Tenant
from kernel.orm import Bound, Env
from kernel.orm.fields.secret import purpose

WHY = "chores of the tenant"
_JSON_COLUMNS = """
    SELECT n.nspname::text, c.relname::text, a.attname::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'jsonb'::regtype
      AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'"""
_HASHES = sql.SQL(
    "SELECT DISTINCT m[1] FROM {table} t, regexp_matches(t.{column}::text, '\"sha256\": \"([0-9a-f]{{64}})\"', 'g') m"
    " WHERE t.{column} IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What `tidy` did."""

    files: int
    changes: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A secret that no master key at hand decrypts, and why."""

    model: str
    id: int
    field: str
    reason: str


def tidy(tenant: Tenant) -> Tidied:
    """Forget changes that are older than they are kept, then collect the files that nothing refers to."""

    def prune(env: Env) -> int:
        return env.ports.changes.prune(env) if env.ports.changes is not None else 0

    changes = tenant.run(prune, why=WHY)
    with tenant.env(why=WHY) as env:
        used = used_files(env)
    return Tidied(len(tenant.stores.storage.collect(used)), changes)


def used_files(env: Env) -> set[str]:
    """SHA-256 of every file that any row speaks of: records, images of deleted ones, archives of addons.

    Every jsonb column is looked through, so no list of references can get out of step with the records.
    """
    found: set[str] = set()
    for schema, table, column in env.sql(_JSON_COLUMNS):
        query = _HASHES.format(table=sql.Identifier(schema, table), column=sql.Identifier(column))
        found.update(row[0] for row in env.sql(query.as_string()))
    return found


def missing_files(env: Env) -> list[str]:
    """SHA-256 of files that rows speak of and the storage does not have."""
    storage = env.ports.storage
    return [] if storage is None else sorted(sha for sha in used_files(env) if not storage.exists(sha))


def _secrets(env: Env) -> Iterator[tuple[Bound, list[tuple[int, str]]]]:
    """Every encrypted field with its tokens."""
    for model in env.registry.models.values():
        for bound in model.columns:
            if bound.field.secret:
                yield bound, env.sql(f'SELECT id, "{bound.column}" FROM {model.sql} WHERE "{bound.column}" <> \'\'')


def lost_secrets(env: Env) -> list[Lost]:
    """Secrets that cannot be decrypted: another master key, or a changed value."""
    lost = []
    for bound, rows in _secrets(env):
        for id, token in rows:
            try:
                _open(env, bound, token)
            except ValueError as reason:
                lost.append(Lost(bound.model.name, id, bound.name, str(reason)))
    return lost


def old_secrets(env: Env) -> int:
    """How many secrets an older master key encrypts."""
    secrets = env.ports.secrets
    return 0 if secrets is None else sum(not secrets.current(t) for _, rows in _secrets(env) for _, t in rows)


def reseal(env: Env) -> int:
    """Encrypt with the newest master key what an older one encrypts; what cannot be opened stays. How many."""
    secrets, done = env.ports.secrets, 0
    for bound, rows in _secrets(env):
        for id, token in rows:
            if secrets is None or secrets.current(token):
                continue
            try:
                text = _open(env, bound, token)
            except ValueError:
                continue
            sealed = secrets.seal(text, purpose(bound))
            env.sql(
                f'UPDATE {bound.model.sql} SET "{bound.column}" = %s WHERE id = %s AND "{bound.column}" = %s',
                (sealed, id, token),
            )
            done += 1
    env.invalidate()
    return done


def _open(env: Env, bound: Bound, token: str) -> str:
    if env.ports.secrets is None:
        raise ValueError("nothing decrypts secrets here")
    return env.ports.secrets.open(token, purpose(bound))
