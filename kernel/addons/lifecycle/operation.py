"""Operations: carrying out a plan in one transaction, alone in the tenant.

An advisory lock keeps two operations apart; then comes the *switch*, one transaction: tables, groups, access,
data, versions, revisions, `generation + 1`, and the operation's own row. Killed anywhere, the tenant is in the
old or in the new state. Processes that serve the tenant see the new generation at their next transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Final, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from kernel.addons.assembly import tenon_version
from kernel.addons.lifecycle.archive import archived, purge
from kernel.addons.lifecycle.bridges import refuse_bridges
from kernel.addons.lifecycle.plan import Plan, installed
from kernel.addons.lifecycle.switch import Switch, lock_out, raise_generation, update_kernel
from kernel.addons.runtime import Runtime, Tenant
from kernel.db import Pool, Transaction, transaction
from kernel.db.trouble import caused_by
from kernel.errors import BusyError, ConflictError

OPERATION_LOCK: Final = 0x6F7065726174
OPERATION_WAIT: Final = 30.0
"""Seconds an operation waits for another one on the same tenant."""
SWITCH_ATTEMPTS: Final = 10

_LOCKED: Final = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_REFUSED: Final = (psycopg.Error, BusyError, ConflictError)

Report = Callable[[str], None]
T = TypeVar("T")


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
