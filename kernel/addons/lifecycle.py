"""Installing and upgrading addons: a plan that can be shown, then one transaction that makes all of it true.

    plan    check everything (graph, code, models, views, rules, data) and touch nothing
    execute an advisory lock keeps two operations apart; then the *switch*, one transaction: tables,
            groups, access, data, versions, revisions, `generation + 1`, and the operation's own row

Killed anywhere, the tenant is in the old or in the new state. Processes that serve the tenant see the new
generation at their next transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

import psycopg
from psycopg.types.json import Jsonb

from kernel.addons.assembly import Assembly, tenon_version
from kernel.addons.check import read_contents
from kernel.addons.findings import Findings
from kernel.addons.graph import missing_requirements, suggested_bridges
from kernel.addons.revisions import KERNEL, kernel_history
from kernel.addons.runtime import Runtime, Tenant
from kernel.addons.switch import Switch
from kernel.db import Pool, Transaction, transaction
from kernel.errors import BusyError, ConflictError, LoadError, UserError

OPERATION_LOCK: Final = 0x6F7065726174
OPERATION_WAIT: Final = 30.0
"""Seconds an operation waits for another one on the same tenant."""
SWITCH_ATTEMPTS: Final = 10

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing an operation will do."""

    kind: Literal["kernel", "install", "upgrade", "demo"]
    addon: str
    version: str
    before: str = ""
    """The version there was."""

    def __str__(self) -> str:
        way = f"{self.before} -> " if self.before and self.before != self.version else ""
        return f"{self.kind} {self.addon} {way}{self.version}"


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

    @property
    def kind(self) -> str:
        """What the operation is called."""
        return "install" if self.new and not self.upgraded else "upgrade"

    @property
    def upgraded(self) -> dict[str, str]:
        """The addons to upgrade, with the version they have now."""
        return {step.addon: step.before for step in self.steps if step.kind == "upgrade"}

    @property
    def new(self) -> tuple[str, ...]:
        """The addons to install, in load order."""
        return tuple(step.addon for step in self.steps if step.kind == "install")

    def lines(self) -> list[str]:
        """The plan as text."""
        shown = [f"tenant {self.tenant}:", *(f"  {step}" for step in self.steps)]
        shown += [f"  (suggested: {name}, which connects addons that are installed)" for name in self.suggested]
        return shown

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        steps = [{"kind": s.kind, "addon": s.addon, "version": s.version} for s in self.steps]
        return {"tenant": self.tenant, "steps": steps, "suggested": list(self.suggested), "demo": self.demo}


def plan_install(
    runtime: Runtime, tenant: Tenant, names: Iterable[str], *, demo: bool = False, with_bridges: bool = False
) -> Plan:
    """Plan to install addons and all they need. Everything is checked, nothing is changed."""
    names = tuple(names)
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        before = installed(tx)
    library = runtime.library
    after = library.resolve([*before, *names])
    if with_bridges:
        while more := suggested_bridges(library.available().manifests, after):
            after = library.resolve([*after, *more])
    new = [name for name in after if name not in before]
    if not new:
        asked = ", ".join(dict.fromkeys(names))
        raise UserError(
            f'Already installed in "{tenant.name}": {asked}.',
            hint="`tenon addon list --tenant` shows them all.",
        )
    assembly = check_install(runtime, after, new)
    steps = [Step("install", name, assembly.addon(name).version) for name in new]
    steps += [Step("demo", name, assembly.addon(name).version) for name in new if demo]
    suggested = suggested_bridges(library.available().manifests, after)
    return Plan(tenant.name, before, assembly.names, tuple(steps), suggested, demo)


def plan_upgrade(runtime: Runtime, tenant: Tenant, names: Iterable[str] = ()) -> Plan:
    """Plan to bring addons (all that have changed, or `names` and what they need) to the code at hand.

    A plan without steps has nothing to do. What an addon needs newly is installed.
    """
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        before = installed(tx)
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
            steps.append(Step("install", name, addon.version))
        elif name in wanted and rows[name] != (addon.version, addon.head, addon.digest):
            steps.append(Step("upgrade", name, addon.version, rows[name][0]))
    assembly = check_install(runtime, after, [step.addon for step in steps if step.kind != "kernel"])
    return Plan(tenant.name, before, assembly.names, tuple(steps))


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


def execute(runtime: Runtime, plan: Plan, report: Report | None = None) -> None:
    """Carry out a plan."""
    tenant = runtime.tenant(plan.tenant)
    assembly = runtime.library.assembly(plan.after)
    with operator(runtime, tenant.row.database) as (pool, dsn), operation_lock(pool, dsn, tenant.name):

        def switch() -> None:
            with transaction(pool, dsn, "read committed") as tx:
                run = Switch(tx, assembly, tenant.name, tenant.uuid, report)
                run.lock()
                run.update_kernel()
                _refuse_changed(plan, installed(tx))
                operation = begin_operation(tx, plan)
                run.change(plan.new, plan.upgraded, demo=plan.demo)
                run.raise_generation()
                end_operation(tx, operation)

        with_lock_retries(switch)
    runtime.control.set_addons(tenant.row.uuid, assembly.names)


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


def with_lock_retries(switch: Callable[[], None]) -> None:
    """Run a switch again as a whole while somebody holds a lock it needs."""
    for attempt in range(1, SWITCH_ATTEMPTS + 1):
        try:
            return switch()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            if attempt == SWITCH_ATTEMPTS:
                raise BusyError(
                    f"Requests keep the tenant's tables locked; {SWITCH_ATTEMPTS} attempts failed.",
                    hint="Nothing was changed. Try again when long reports and jobs have ended.",
                ) from error
            time.sleep(0.2 * attempt)
    return None


def _refuse_changed(plan: Plan, now: tuple[str, ...]) -> None:
    if now != plan.before:
        raise ConflictError(
            f'The addons of "{plan.tenant}" were changed since the plan was made.',
            hint="Make a new plan: run the command again.",
        )


def begin_operation(tx: Transaction, plan: Plan) -> int:
    """Note the operation in the tenant; the row commits with what it did."""
    rows = tx.rows(
        "INSERT INTO tenon.operation (kind, addons, steps, tenon) VALUES (%s, %s, %s, %s) RETURNING id",
        (plan.kind, [*plan.new, *plan.upgraded], Jsonb([str(step) for step in plan.steps]), str(tenon_version())),
    )
    return int(rows[0][0])


def end_operation(tx: Transaction, operation: int) -> None:
    """Note that the operation was done."""
    tx.execute("UPDATE tenon.operation SET ended_at = clock_timestamp() WHERE id = %s", (operation,))
