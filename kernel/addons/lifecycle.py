"""Installing and upgrading addons: a plan that can be shown, then one transaction that makes all of it true.

    plan    check everything (graph, code, models, views, rules, data) and touch nothing
    execute an advisory lock keeps two operations apart; then the *switch*, one transaction: tables,
            groups, access, data, versions, revisions, `generation + 1`, and the operation's own row

Killed anywhere, the tenant is in the old or in the new state. Processes that serve the tenant see the new
generation at their next transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from kernel.addons.archive import Archived, archive_of, archived, purge
from kernel.addons.assembly import Assembly, tenon_version
from kernel.addons.bridges import refuse_bridges, refused_bridges, suggestions
from kernel.addons.check import read_contents
from kernel.addons.findings import Findings
from kernel.addons.graph import missing_requirements
from kernel.addons.loader import Addon
from kernel.addons.migrations import pending
from kernel.addons.preview import preview_install
from kernel.addons.restore import describe, refuse_other_neighbours
from kernel.addons.revisions import KERNEL, kernel_history
from kernel.addons.runtime import Runtime, Tenant
from kernel.addons.switch import Switch, lock_out, raise_generation, update_kernel
from kernel.db import Pool, Transaction, transaction
from kernel.db.trouble import caused_by
from kernel.errors import BusyError, ConflictError, LoadError, UserError

OPERATION_LOCK: Final = 0x6F7065726174
OPERATION_WAIT: Final = 30.0
"""Seconds an operation waits for another one on the same tenant."""
SWITCH_ATTEMPTS: Final = 10

_LOCKED: Final = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_REFUSED: Final = (psycopg.Error, BusyError, ConflictError)

Report = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing an operation will do."""

    kind: Literal["kernel", "drop", "install", "restore", "upgrade", "demo"]
    addon: str
    version: str
    before: str = ""
    """The version there was."""

    def __str__(self) -> str:
        if self.kind == "drop":
            return f"drop what was kept of {self.addon} {self.version}"
        way = f"{self.before} -> " if self.before and self.before != self.version else ""
        more = " from its archive" if self.kind == "restore" else ""
        return f"{self.kind} {self.addon} {way}{self.version}{more}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operation will do to a tenant; shown by `--dry-run`, then executed as it is."""

    tenant: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[Step, ...]
    suggested: tuple[str, ...] = ()
    """Bridges that would connect what is installed; `with_bridges` takes them along."""
    demo: bool = False
    notes: tuple[str, ...] = ()
    """What people should know before: what comes back from an archive, and what does not."""

    @property
    def kind(self) -> str:
        """What the operation is called."""
        return "install" if self.added and not self.upgraded else "upgrade"

    @property
    def restored(self) -> dict[str, str]:
        """The addons that come back from their archives, with the version they had."""
        return {step.addon: step.before for step in self.steps if step.kind == "restore"}

    @property
    def dropped(self) -> tuple[str, ...]:
        """The addons whose archives are dropped first."""
        return tuple(step.addon for step in self.steps if step.kind == "drop")

    @property
    def added(self) -> tuple[str, ...]:
        """The addons that the tenant has afterwards and not before, in load order."""
        return tuple(step.addon for step in self.steps if step.kind in ("install", "restore"))

    @property
    def upgraded(self) -> dict[str, str]:
        """The addons to upgrade, with the version they have now."""
        return {step.addon: step.before for step in self.steps if step.kind == "upgrade"}

    @property
    def new(self) -> tuple[str, ...]:
        """The addons to install anew, in load order."""
        return tuple(step.addon for step in self.steps if step.kind == "install")

    def lines(self) -> list[str]:
        """The plan as text."""
        shown = [
            f"tenant {self.tenant}:",
            *(f"  {step}" for step in self.steps),
            *(f"  ({note})" for note in self.notes),
        ]
        shown += [f"  (suggested: {name}, which connects addons that are installed)" for name in self.suggested]
        return shown

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        steps = [{"kind": s.kind, "addon": s.addon, "version": s.version} for s in self.steps]
        answer = {"tenant": self.tenant, "steps": steps, "suggested": list(self.suggested), "demo": self.demo}
        return answer | {"notes": list(self.notes)}


def plan_install(
    runtime: Runtime,
    tenant: Tenant,
    names: Iterable[str],
    *,
    demo: bool = False,
    with_bridges: bool = False,
    fresh: bool = False,
) -> Plan:
    """Plan to install addons and all they need. Everything is checked, nothing is changed.

    What has an archive is restored from it; with `fresh` the archive is dropped instead.
    """
    names = tuple(names)
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        before, kept, refused = installed(tx), archived(tx), refused_bridges(tx)
    library = runtime.library
    after = library.resolve([*before, *names])
    if with_bridges:
        while more := suggestions(library, after, ()):
            after = library.resolve([*after, *more])
    new = [name for name in after if name not in before]
    if not new:
        asked = ", ".join(dict.fromkeys(names))
        raise UserError(
            f'Already installed in "{tenant.name}": {asked}.',
            hint="`tenon addon list --tenant` shows them all.",
        )
    assembly = check_install(runtime, after, new)
    back = {} if fresh else kept
    steps = [Step("drop", name, kept[name].version) for name in new if name in kept and fresh]
    steps += [_adding(assembly.addon(name), back) for name in new]
    steps += [Step("demo", name, assembly.addon(name).version) for name in new if demo and name not in back]
    suggested = suggestions(library, after, refused)
    notes = _check_archives(runtime, tenant, assembly, [name for name in new if name in back])
    notes += preview_install(runtime, tenant, assembly, before, [name for name in new if name not in back])
    return Plan(tenant.name, before, assembly.names, tuple(steps), suggested, demo, notes)


def _adding(addon: Addon, kept: Mapping[str, Archived]) -> Step:
    if addon.name in kept:
        return Step("restore", addon.name, addon.version, kept[addon.name].version)
    return Step("install", addon.name, addon.version)


def _check_archives(runtime: Runtime, tenant: Tenant, assembly: Assembly, names: Sequence[str]) -> tuple[str, ...]:
    """What the archives of these addons bring back; MigrateError for one that this code cannot upgrade."""
    notes: list[str] = []
    if names:
        with transaction(runtime.pool, tenant.row.dsn) as tx:
            for name in names:
                refuse_other_neighbours(tx, name)
                pending(tx, name, assembly.addon(name).revisions, archive_of(name))
                notes += [f"{name}: {line}" for line in describe(tx, name)]
    return tuple(notes)


def plan_upgrade(runtime: Runtime, tenant: Tenant, names: Iterable[str] = ()) -> Plan:
    """Plan to bring addons (all that have changed, or `names` and what they need) to the code at hand.

    A plan without steps has nothing to do. What an addon needs newly is installed.
    """
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        before, kept = installed(tx), archived(tx)
        kernel = str(tx.rows("SELECT version_num FROM tenon.revision")[0][0])
        known = tx.rows("SELECT name, version, revision, digest FROM tenon.addon WHERE state = 'installed'")
    library = runtime.library
    after = library.resolve(before)
    wanted = set(library.resolve(names)) if (names := tuple(names)) else set(after)
    steps: list[Step] = []
    if kernel != kernel_history()[-1].id:
        steps.append(Step("kernel", KERNEL, kernel_history()[-1].id, kernel))
    rows = {row[0]: row[1:] for row in known}
    for name in after:
        addon = library.addon(name)
        if name not in rows:
            steps.append(_adding(addon, kept))
        elif name in wanted and rows[name] != (addon.version, addon.head, addon.digest):
            steps.append(Step("upgrade", name, addon.version, rows[name][0]))
    assembly = check_install(runtime, after, [step.addon for step in steps if step.kind != "kernel"])
    back = [step.addon for step in steps if step.kind == "restore"]
    notes = _check_archives(runtime, tenant, assembly, back)
    return Plan(tenant.name, before, assembly.names, tuple(steps), notes=notes)


def check_install(runtime: Runtime, names: Sequence[str], new: Sequence[str]) -> Assembly:
    """Everything that can be known to fail without a database; the assembly if nothing does."""
    findings = Findings()
    findings.extend(missing_requirements(runtime.library.manifest(name) for name in new))
    findings.raise_if_any("Python distributions are missing:", LoadError)
    assembly = runtime.library.assembly(names)
    read_contents(assembly, new)
    return assembly


def installed(tx: Transaction) -> tuple[str, ...]:
    """The names of the addons a tenant's database has; none in an empty one."""
    if tx.rows("SELECT to_regclass('tenon.addon')")[0][0] is None:
        return ()
    rows = tx.rows("SELECT name FROM tenon.addon WHERE state = 'installed' ORDER BY name")
    return tuple(row[0] for row in rows)


def execute(runtime: Runtime, plan: Plan, report: Report | None = None) -> tuple[str, ...]:
    """Carry out a plan; what could not be brought back from an archive, as lines for people."""
    tenant = runtime.tenant(plan.tenant)
    assembly = runtime.library.assembly(plan.after)

    def switch(tx: Transaction) -> list[str]:
        update_kernel(tx)
        _refuse_changed(plan, tx)
        run = Switch(tx, assembly, tenant.name, tenant.uuid, report, tenant.stores)
        for name in plan.dropped:
            purge(tx, name)
        run.change(plan.new, plan.upgraded, plan.restored, demo=plan.demo)
        return run.notes

    steps = [str(step) for step in plan.steps]
    notes = operate(runtime, tenant, plan.kind, (*plan.added, *plan.upgraded), steps, switch)
    runtime.control.set_addons(tenant.row.uuid, assembly.names)
    return tuple(notes)


def operate(
    runtime: Runtime,
    tenant: Tenant,
    kind: str,
    addons: Sequence[str],
    steps: Sequence[str],
    switch: Callable[[Transaction], list[str]],
) -> list[str]:
    """One operation: alone in the tenant, in one transaction, noted in it, seen by everybody afterwards."""

    def once() -> list[str]:
        with transaction(pool, dsn, "read committed") as tx:
            lock_out(tx)
            operation = begin_operation(tx, kind, addons, steps)
            notes = switch(tx)
            raise_generation(tx)
            end_operation(tx, operation, notes)
            return notes

    with operator(runtime, tenant.row.database) as (pool, dsn), operation_lock(pool, dsn, tenant.name):
        return with_lock_retries(once)


def refuse(runtime: Runtime, tenant: Tenant, names: Sequence[str]) -> None:
    """Remember that nobody wants these bridges: they are not suggested again."""
    with operator(runtime, tenant.row.database) as (pool, dsn), transaction(pool, dsn, "read committed") as tx:
        refuse_bridges(tx, names)


@contextmanager
def operator(runtime: Runtime, database: str) -> Iterator[tuple[Pool, str]]:
    """A small pool and the DSN by which the operator acts as the owner of a database."""
    with closing(Pool(2)) as pool:
        yield pool, runtime.cluster.owner_dsn(database)


@contextmanager
def operation_lock(pool: Pool, dsn: str, tenant: str) -> Iterator[None]:
    """Hold the tenant's operation lock; it goes with the process if that is killed."""
    with pool.connection(dsn) as connection:
        deadline = time.monotonic() + OPERATION_WAIT
        while True:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (OPERATION_LOCK,)).fetchone()
            if row and row[0]:
                break
            if time.monotonic() > deadline:
                raise BusyError(
                    f'Another operation on the tenant "{tenant}" is running.', hint="Wait until it has ended."
                )
            time.sleep(0.1)
        try:
            yield
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (OPERATION_LOCK,))


def with_lock_retries(switch: Callable[[], T]) -> T:
    """Run a switch again as a whole while somebody holds a lock it needs."""
    for attempt in range(1, SWITCH_ATTEMPTS):
        try:
            return switch()
        except _REFUSED as error:
            if not caused_by(error, _LOCKED):
                raise
            time.sleep(0.2 * attempt)
    try:
        return switch()
    except _REFUSED as error:
        if not caused_by(error, _LOCKED):
            raise
        raise BusyError(
            f"Requests keep the tenant's tables locked; {SWITCH_ATTEMPTS} attempts failed.",
            hint="Nothing was changed. Try again when long reports and jobs have ended.",
        ) from error


def _refuse_changed(plan: Plan, tx: Transaction) -> None:
    kept = {*archived(tx)} & {*plan.added}
    refuse_other_addons(tx, plan.tenant, plan.before)
    if kept != {*plan.restored, *plan.dropped}:
        raise _changed(plan.tenant)


def refuse_other_addons(tx: Transaction, tenant: str, before: tuple[str, ...]) -> None:
    """Raise where a tenant's addons are not those that a plan was made for."""
    if installed(tx) != before:
        raise _changed(tenant)


def _changed(tenant: str) -> ConflictError:
    return ConflictError(
        f'The addons of "{tenant}" were changed since the plan was made.',
        hint="Make a new plan: run the command again.",
    )


def begin_operation(tx: Transaction, kind: str, addons: Sequence[str], steps: Sequence[str]) -> int:
    """Note the operation in the tenant; the row commits with what it did."""
    rows = tx.rows(
        "INSERT INTO tenon.operation (kind, addons, steps, tenon) VALUES (%s, %s, %s, %s) RETURNING id",
        (kind, list(addons), Jsonb(list(steps)), str(tenon_version())),
    )
    return int(rows[0][0])


def end_operation(tx: Transaction, operation: int, notes: Sequence[str] = ()) -> None:
    """Note that the operation was done, and what people should know of it."""
    tx.execute(
        "UPDATE tenon.operation SET ended_at = clock_timestamp(), steps = steps || %s WHERE id = %s",
        (Jsonb(list(notes)), operation),
    )
