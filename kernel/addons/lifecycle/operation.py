"""Operations: carrying out a plan, alone in the tenant.

An advisory lock keeps two operations apart. Then come three steps, of which most operations have the second
only: what can be *prepared* while the tenant is served (`online.py`); the *switch*, one transaction: tables,
groups, access, data, versions, revisions, `generation + 1`, and the operation's own row; and what is *cleaned*
up after it. Killed anywhere, the tenant is in the old or in the new state, and served; the next run goes on.
Processes that serve the tenant see the new generation at their next transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import psycopg
from psycopg.types.json import Jsonb

from kernel.addons.assembly import tenon_version
from kernel.addons.contents.belongings import traces_of
from kernel.addons.lifecycle.archive import archived, purge
from kernel.addons.lifecycle.bridges import refuse_bridges
from kernel.addons.lifecycle.locks import Holder, holders, operation_lock, operator, with_lock_retries
from kernel.addons.lifecycle.online import Online, Report, begin_online, note_cleaning, undo_prepared
from kernel.addons.lifecycle.plan import Plan, installed
from kernel.addons.lifecycle.schedule import Scheduled
from kernel.addons.lifecycle.switch import Switch, lock_out, raise_generation, update_kernel
from kernel.addons.migrations.running import current
from kernel.addons.runtime import Runtime, Tenant
from kernel.db import Pool, Transaction, transaction
from kernel.db.transaction import patiently
from kernel.errors import BusyError, ConflictError, UserError


def execute(runtime: Runtime, plan: Plan, report: Report | None = None) -> tuple[str, ...]:
    """Carry out a plan; what could not be brought back from an archive, as lines for people."""
    tenant = runtime.tenant(plan.tenant)
    assembly = runtime.library.assembly(plan.after)
    tell = report or (lambda _text: None)

    def switch(tx: Transaction) -> list[str]:
        update_kernel(tx)
        _refuse_changed(plan, tx)
        run = Switch(tx, assembly, tenant.name, tenant.uuid, tell, tenant.stores, plan.schedule)
        for name in plan.dropped:
            purge(tx, name, traces_of(assembly))
        run.change(plan.new, plan.upgraded, plan.restored, demo=plan.demo)
        note_cleaning(tx, [each.revision for each in plan.schedule if each.cleaned])
        return run.notes

    with operator(runtime, tenant.row.database) as (pool, dsn), operation_lock(pool, dsn, tenant.name):
        online = _begin(pool, dsn, plan, tell) if plan.online else None
        if online is not None:
            online.prepare([each.revision for each in plan.schedule if each.prepared])
        notes: list[str] = []
        if plan.switches:
            described = [str(step) for step in plan.steps]
            operation = online.operation if online is not None else None
            addons = (*plan.added, *plan.upgraded)
            who = partial(holders, runtime.cluster, tenant.row.database)
            notes = _switch(pool, dsn, plan.kind, addons, described, switch, who, operation)
            notes += tell_directory(tenant, assembly.names)
        if online is not None:
            online.clean(plan.to_clean)
            with transaction(pool, dsn, "read committed") as tx:
                end_operation(tx, online.operation)
    return tuple(notes)


def tell_directory(tenant: Tenant, addons: Sequence[str]) -> list[str]:
    """Note what a tenant has now; a line for people where the directory is away: what was done stays done."""
    try:
        tenant.runtime.control.set_addons(tenant.row.uuid, addons)
    except (psycopg.OperationalError, BusyError):
        return ["The directory of tenants could not be told; `tenon doctor --repair` does so when it is back."]
    return []


def _begin(pool: Pool, dsn: str, plan: Plan, report: Report) -> Online:
    with transaction(pool, dsn, "read committed") as tx:
        _refuse_changed(plan, tx)
        _refuse_done(plan.tenant, plan.schedule, tx)
        addons = (*plan.added, *plan.upgraded)
        described = [str(step) for step in plan.steps]
        operation = begin_online(tx, plan.kind, addons, described, str(tenon_version()))
    return Online(pool, dsn, plan.tenant, operation, report)


def operate(
    runtime: Runtime,
    tenant: Tenant,
    kind: str,
    addons: Sequence[str],
    steps: Sequence[str],
    switch: Callable[[Transaction], list[str]],
) -> list[str]:
    """One operation that is a switch only: alone in the tenant, noted in it, seen by everybody afterwards."""
    with operator(runtime, tenant.row.database) as (pool, dsn), operation_lock(pool, dsn, tenant.name):
        who = partial(holders, runtime.cluster, tenant.row.database)
        return _switch(pool, dsn, kind, addons, steps, switch, who)


def _switch(
    pool: Pool,
    dsn: str,
    kind: str,
    addons: Sequence[str],
    steps: Sequence[str],
    switch: Callable[[Transaction], list[str]],
    who: Callable[[], Sequence[Holder]],
    operation: int | None = None,
) -> list[str]:
    """The one transaction; in the row of the operation that has begun, if it has, else in one of its own."""
    tried: list[tuple[int, list[str]]] = []

    def once() -> list[str]:
        with transaction(pool, dsn, "read committed") as tx:
            lock_out(tx)
            row = begin_operation(tx, kind, addons, steps) if operation is None else operation
            notes = switch(tx)
            raise_generation(tx)
            if operation is None:
                end_operation(tx, row, notes)
            else:
                tx.execute(
                    "UPDATE tenon.operation SET state = 'clean', step = '', steps = steps || %s WHERE id = %s",
                    (Jsonb(list(notes)), row),
                )
            tried.append((row, notes))
            return notes

    try:
        return with_lock_retries(once, who)
    except BusyError as error:
        if error.error_code == "unsure" and _was_done(pool, dsn, tried[-1][0]):
            return tried[-1][1]
        raise


def _was_done(pool: Pool, dsn: str, operation: int) -> bool:
    """Whether a switch was committed whose connection was lost at the COMMIT; BusyError if nobody can tell."""
    query = "SELECT 1 FROM tenon.operation WHERE id = %s AND state IN ('clean', 'done')"

    def look() -> bool:
        with transaction(pool, dsn, "read committed") as tx:
            return bool(tx.rows(query, (operation,)))

    if not patiently(look):
        raise BusyError(
            "The connection to the database was lost at the end; nothing was changed.",
            hint="Run the same command again.",
        )
    return True


def undo(runtime: Runtime, tenant: Tenant) -> list[str]:
    """Take back all that an upgrade which was stopped has prepared; what it was. The tenant stays as it is."""
    with operator(runtime, tenant.row.database) as (pool, dsn), operation_lock(pool, dsn, tenant.name):

        def once() -> list[str]:
            with transaction(pool, dsn, "read committed") as tx:
                return undo_prepared(tx)

        lines = with_lock_retries(once)
    if not lines:
        raise UserError(f'Nothing is prepared in "{tenant.name}" that could be taken back.')
    return lines


def refuse(runtime: Runtime, tenant: Tenant, names: Sequence[str]) -> None:
    """Remember that nobody wants these bridges: they are not suggested again."""
    with operator(runtime, tenant.row.database) as (pool, dsn), transaction(pool, dsn, "read committed") as tx:
        refuse_bridges(tx, names)


def _refuse_changed(plan: Plan, tx: Transaction) -> None:
    kept = {*archived(tx)} & {*plan.added}
    refuse_other_addons(tx, plan.tenant, plan.before)
    if kept != {*plan.restored, *plan.dropped}:
        raise _changed(plan.tenant)


def _refuse_done(tenant: str, schedule: Sequence[Scheduled], tx: Transaction) -> None:
    """Raise where another process has carried out the upgrade since the plan was made."""
    first: dict[str, str] = {}
    for each in schedule:
        first.setdefault(each.revision.addon, each.revision.down)
    if any(current(tx, addon) != down for addon, down in first.items() if addon in installed(tx)):
        raise _changed(tenant)


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
        "UPDATE tenon.operation SET state = 'done', step = '', ended_at = clock_timestamp(), steps = steps || %s"
        " WHERE id = %s",
        (Jsonb(list(notes)), operation),
    )
