"""The doctor at one tenant: directory, code, tables, rights, rows, archives, secrets and files, part by part.

A part that fails is a trouble itself and hides no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Final

import psycopg

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.doctor.chores import lost_secrets, missing_files, old_secrets, reseal
from kernel.addons.doctor.expected import expected
from kernel.addons.doctor.lost_rows import ordered
from kernel.addons.doctor.query_models import query_faults
from kernel.addons.doctor.rows import deep_troubles, row_troubles
from kernel.addons.doctor.stored import stored_troubles
from kernel.addons.doctor.structure import structure_troubles
from kernel.addons.doctor.treatment import Treatment
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.doctor.walls import login_troubles
from kernel.addons.lifecycle.archive import PREFIX, archive_of, has_schema
from kernel.addons.lifecycle.inventory import columns_of
from kernel.addons.lifecycle.locks import OPERATION_LOCK, operator
from kernel.addons.lifecycle.plan import installed
from kernel.addons.migrations.revisions import KERNEL, kernel_history
from kernel.addons.runtime import SWITCH_LOCK, Runtime, Tenant
from kernel.db import Pool, TenantRow, Transaction, transaction
from kernel.errors import AddonError, BusyError, DeveloperError, EditionError, TenonError

WAIT: Final = "10s"
"""How long the doctor waits for an operation on addons to end."""

Part = Callable[[Transaction], Iterable[Trouble]]


def examine_tenant(runtime: Runtime, row: TenantRow, *, deep: bool = False) -> Iterator[Trouble]:
    """All troubles of one tenant; nothing is raised, whatever its state."""
    try:
        yield from _Exam(runtime, row, deep).run()
    except (psycopg.OperationalError, BusyError) as error:
        yield _closed(runtime, row, error)
    except Exception as error:
        yield _failed(row, "as a whole", error)


def _closed(runtime: Runtime, row: TenantRow, error: Exception) -> Trouble:
    with runtime.cluster.connect() as connection:
        query = "SELECT datallowconn FROM pg_database WHERE datname = %s"
        there = connection.execute(query, (row.database,)).fetchone()
    if there is None:
        return Trouble(
            f'The database of "{row.name}", {row.database}, is gone.',
            f"Restore it from a backup under this name, or delete the tenant: tenon tenant delete {row.name}",
            rule="lost-database",
            tenant=row.name,
        )
    said = (str(error.__cause__ or error).strip().splitlines() or [""])[-1]
    return Trouble(
        f'The database of "{row.name}" cannot be entered: {said}',
        "Look at the log of the database server, then run the doctor again.",
        rule="closed-database",
        tenant=row.name,
    )


def _failed(row: TenantRow, part: str, error: Exception) -> Trouble:
    said = error.text if isinstance(error, TenonError) else f"{type(error).__name__}: {error}"
    return Trouble(
        f'"{row.name}" could not be examined ({part}): {" ".join(said.split())}',
        "Mend what is told above, then run the doctor again.",
        rule="not-examined",
        tenant=row.name,
    )


class _Exam:
    """The parts, in an order in which an early one explains the later."""

    def __init__(self, runtime: Runtime, row: TenantRow, deep: bool) -> None:
        self.runtime = runtime
        self.row = row
        self.deep = deep
        self.treat = Treatment(runtime, row)

    def run(self) -> Iterator[Trouble]:
        walls = list(login_troubles(self.runtime.cluster, self.row))
        yield from walls
        with operator(self.runtime, self.row.database) as (pool, dsn):
            part = partial(self._part, pool, dsn)
            directory = list(part("its addons", self._directory))
            yield from directory
            if any(trouble.rule == "missing-schema" for trouble in directory):
                return
            yield from part("its operations", self._operations)
            behind = list(part("its code", self._code))
            yield from behind
            grave = False
            if not behind and (assembly := self._assembly(pool, dsn)) is not None:
                for trouble in part("its tables", partial(self._structure, assembly)):
                    grave = grave or trouble.grave
                    yield trouble
                yield from part("its queries", partial(self._queries, assembly))
                yield from part("its rows", partial(self._rows, assembly))
            yield from part("its archives", self._archives)
        if self.row.state == "active" and not behind and not walls:
            yield from self._inside(computed=not grave)

    def _part(self, pool: Pool, dsn: str, name: str, look: Part) -> Iterator[Trouble]:
        """One part, in a transaction of its own, while no operation changes the addons."""
        found: list[Trouble] = []
        try:
            with transaction(pool, dsn, "read committed") as tx:
                tx.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
                tx.execute("SELECT pg_advisory_xact_lock_shared(%s)", (SWITCH_LOCK,))
                tx.execute("SET LOCAL lock_timeout = 0")
                found += look(tx)
        except (psycopg.OperationalError, BusyError):
            raise
        except Exception as error:
            found.append(_failed(self.row, name, error))
        yield from found

    def _assembly(self, pool: Pool, dsn: str) -> Assembly | None:
        """The tenant's addons, if they load; that they do not is told already."""
        with transaction(pool, dsn, "read committed") as tx:
            names = installed(tx)
        try:
            return self.runtime.library.assembly(names)
        except (AddonError, DeveloperError):
            return None

    # -- directory and code -----------------------------------------------------------------------------------
    def _directory(self, tx: Transaction) -> Iterator[Trouble]:
        row, names = self.row, installed(tx)
        if not has_schema(tx, KERNEL):
            text = f'The schema {KERNEL} is missing in "{row.name}": nobody knows what the tenant has.'
            yield Trouble(text, "Restore it from a backup.", rule="missing-schema", tenant=row.name)
        elif {*row.addons} != {*names}:
            said = ", ".join(row.addons) or "no addons"
            yield Trouble(
                f'The directory says "{row.name}" has {said}; it has {", ".join(names)}.',
                mend=lambda: self.runtime.control.set_addons(row.uuid, ordered(self.runtime, names)),
                rule="directory-behind",
                tenant=row.name,
            )

    def _code(self, tx: Transaction) -> Iterator[Trouble]:
        """Addons whose code is absent, or at another revision."""
        name = self.row.name
        upgrade = f"tenon addon upgrade {name}"
        at = str(tx.rows("SELECT version_num FROM tenon.revision")[0][0])
        if at != kernel_history()[-1].id:
            text = f'"{name}" is at revision {at} of {KERNEL}.'
            yield Trouble(text, upgrade, rule="other-revision", tenant=name)
        rows = tx.rows("SELECT name, revision FROM tenon.addon WHERE state = 'installed' ORDER BY name")
        for addon, revision in rows:
            try:
                head = self.runtime.library.addon(addon).head
            except (AddonError, DeveloperError) as error:
                hint = f"Put it back, or uninstall it: tenon addon uninstall {name} {addon}"
                text = f'"{name}" has {addon}, which cannot be loaded. {error.text.splitlines()[0]}'
                yield Trouble(text, hint, rule="code-absent", tenant=name)
                continue
            if head != revision:
                text = f'"{name}" has {addon} at revision "{revision}", the code is at "{head}".'
                yield Trouble(text, upgrade, rule="other-revision", tenant=name)

    def _operations(self, tx: Transaction) -> Iterator[Trouble]:
        """Those that never ended; one that somebody is carrying out is only to be known."""
        name = self.row.name
        query = "SELECT kind, coalesce(nullif(step, ''), state) FROM tenon.operation WHERE ended_at IS NULL ORDER BY id"
        free = tx.rows("SELECT pg_try_advisory_xact_lock(%s)", (OPERATION_LOCK,))[0][0]
        for kind, at in tx.rows(query) if columns_of(tx, KERNEL, "operation") >= {"step", "state"} else ():
            if not free:
                yield Trouble(f'The {kind} of "{name}" is at work: {at}.', grave=False, rule="at-work", tenant=name)
                continue
            again = f"tenon addon upgrade {name}"
            hint = f"Go on: {again}. Or take back what was prepared: {again} --undo"
            yield Trouble(f'The {kind} of "{name}" was stopped: {at}.', hint, rule="stopped-operation", tenant=name)

    # -- what is in the database --------------------------------------------------------------------------------
    def _structure(self, assembly: Assembly, tx: Transaction) -> Iterator[Trouble]:
        yield from structure_troubles(tx, assembly, expected(self.runtime.cluster, assembly), self.treat)

    def _queries(self, assembly: Assembly, tx: Transaction) -> Iterator[Trouble]:
        """Models over a query that does not give what their fields say."""
        for line in query_faults(tx, assembly.registry):
            text = f'In "{self.row.name}": {line}'
            yield Trouble(text, "Mend the query or the field.", rule="wrong-query", tenant=self.row.name)

    def _rows(self, assembly: Assembly, tx: Transaction) -> Iterator[Trouble]:
        yield from row_troubles(tx, assembly, self.treat)
        if self.deep:
            yield from deep_troubles(tx, assembly, expected(self.runtime.cluster, assembly), self.row.name)

    def _archives(self, tx: Transaction) -> Iterator[Trouble]:
        name = self.row.name
        detached = [row[0] for row in tx.rows("SELECT name FROM tenon.addon WHERE state = 'detached' ORDER BY name")]
        for addon in detached:
            if not has_schema(tx, archive_of(addon)):
                forget = f"DELETE FROM tenon.addon WHERE name = '{addon}' AND state = 'detached'"
                text = f'"{name}" should have an archive of {addon}, and has none.'
                yield Trouble(text, mend=partial(self.treat.run, [forget]), rule="lost-archive", tenant=name)
            elif addon not in self.runtime.library.catalog.manifests:
                text = f'"{name}" keeps an archive of {addon}, whose code is not here.'
                away = f"tenon addon uninstall {name} {addon} --purge"
                hint = f"Nobody can restore it without its code. For good: {away}"
                yield Trouble(text, hint, grave=False, rule="archive-without-code", tenant=name)
        known = {archive_of(addon) for addon in detached}
        archives = "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1"
        for (schema,) in tx.rows(archives, (PREFIX,)):
            if schema not in known:
                text = f'"{name}" has a schema {schema}, the archive of no addon.'
                yield Trouble(text, "Rename or drop it.", rule="stray-archive", tenant=name)

    # -- what only the tenant itself can say ----------------------------------------------------------------------
    def _inside(self, *, computed: bool) -> Iterator[Trouble]:
        """Secrets, files, and (where its tables are as they should be) computed values, as the tenant sees them."""
        tenant = self.runtime.tenant_of(self.row)
        try:
            yield from _kept(tenant)
            yield from _told_by_addons(tenant)
            if computed:
                yield from stored_troubles(tenant, deep=self.deep)
        except (EditionError, AddonError):
            return  # told already
        except (psycopg.OperationalError, BusyError):
            raise
        except Exception as error:
            yield _failed(self.row, "its values", error)


def _told_by_addons(tenant: Tenant) -> list[Trouble]:
    """What the addons' own checks find; what they change is undone."""
    found: list[hookspecs.HealthProblem] = []
    with tenant.env(why="the doctor asks the addons how they are") as env, suppress(Undone), env.savepoint():
        answers = env.hooks(hookspecs.health_checks)(env=env)
        found = [problem for several in answers for problem in several]
        raise Undone
    return [
        Trouble(f'"{tenant.name}": {each.text}', each.hint, grave=each.grave, rule="addon-health", tenant=tenant.name)
        for each in found
    ]


class Undone(Exception):
    """Ends what is only looked at."""


def _kept(tenant: Tenant) -> Iterator[Trouble]:
    """Secrets that no key opens, or an old one; files that the storage has lost."""
    name = tenant.name
    with tenant.env(why="the doctor looks at secrets and files") as env:
        lost, old, missing = lost_secrets(env), old_secrets(env), missing_files(env)
    for each in lost:
        yield Trouble(
            f'A secret of "{name}" cannot be read: {each.model} {each.id}, {each.field}: {each.reason}.',
            "Put the right key back, or enter it anew.",
            rule="lost-secret",
            tenant=name,
        )
    if old > len(lost):
        again = partial(tenant.run, reseal, why="a master key was replaced")
        text = f'{old - len(lost)} secrets of "{name}" are encrypted with an older key.'
        yield Trouble(text, mend=again, grave=False, rule="old-key", tenant=name)
    if missing:
        text = f'{len(missing)} files of "{name}" are not in the storage: {", ".join(missing[:3])}.'
        hint = f"Restore the folder {tenant.stores.storage.folder} from a backup."
        yield Trouble(text, hint, rule="lost-file", tenant=name)
