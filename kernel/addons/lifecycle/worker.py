"""The operation worker: carries out what the Apps screen files, with the operator's rights.

One process at a time does it; others stand by. `tenon serve` runs one beside its web processes, `tenon demo`
a thread of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

from kernel.addons.lifecycle.operation import execute, refuse
from kernel.addons.lifecycle.plan import Plan, installed, plan_install, plan_upgrade
from kernel.addons.lifecycle.removal import Removal
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.runtime import Runtime, Tenant
from kernel.db import operations, transaction
from kernel.db.operations import Operation
from kernel.errors import BusyError, TenonError, UserError
from kernel.orm.writing.vacuum import vacuum

log = logging.getLogger("tenon.worker")
PAUSE: Final = 0.5
"""Seconds between two looks at the queue."""
STAND_BY: Final = 2.0
"""Seconds between two tries to become the one who works."""
TIDY: Final = 3600.0
"""Seconds between two looks for old transient records."""
FAULT: Final = "A fault of the server or of an addon; the tenant is as it was. The log of the worker says more."


class Worker:
    """Carries out filed operations, one after the other."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; a database that is away for a while is waited for."""
        while not stop.is_set():
            try:
                with operations.working(self.runtime.control) as mine:
                    if mine:
                        self._work(stop)
            except (psycopg.Error, TenonError) as error:
                log.warning("the queue of operations cannot be read: %s", error)
            stop.wait(STAND_BY)

    def _work(self, stop: threading.Event) -> None:
        operations.file_again(self.runtime.control)
        tidy_at = time.monotonic() + TIDY
        while not stop.is_set():
            self.drain(stop)
            if time.monotonic() >= tidy_at:
                self.tidy()
                tidy_at = time.monotonic() + TIDY
            stop.wait(PAUSE)

    def tidy(self) -> int:
        """Delete the old transient records of all tenants; how many there were. One that fails stops no other."""
        count = 0
        for row in self.runtime.control.tenants():
            try:
                count += self.runtime.tenant_of(row).run(vacuum, why="old transient records")
            except Exception:
                log.exception("old records of tenant %s were not removed", row.name)
        return count

    def drain(self, stop: threading.Event | None = None) -> int:
        """Carry out all that is filed now; how many there were."""
        count = 0
        while not (stop and stop.is_set()) and (operation := operations.take(self.runtime.control)):
            self._carry_out(operation)
            count += 1
        return count

    def _carry_out(self, operation: Operation) -> None:
        control = self.runtime.control
        names = tuple(operation.arguments.get("addons", ()))
        log.info("%s %s", operation.kind, " ".join(names), extra={"operation": operation.id})
        try:
            tenant = self.runtime.tenant_of(control.by_uuid(operation.tenant))
            answer = self._do(tenant, operation, names)
        except BusyError as error:
            operations.finish(control, operation, failed=True, answer=str(error))
        except TenonError as error:
            log.info("refused: %s", error.text, extra={"operation": operation.id})
            operations.finish(control, operation, failed=True, answer=str(error))
        except Exception:
            log.exception("operation %s failed", operation.id)
            operations.finish(control, operation, failed=True, answer=FAULT)
        else:
            operations.finish(control, operation, answer=answer)

    def _do(self, tenant: Tenant, operation: Operation, names: tuple[str, ...]) -> str:
        """The answer to whoever asked. What is so already is done: a worker may have died after the commit."""
        there = _installed(tenant)
        if operation.kind == "install":
            if {*names} <= there:
                return f"Installed: {', '.join(names)}."
            plan = plan_install(self.runtime, tenant, names, fresh=bool(operation.arguments.get("fresh")))
            notes = execute(self.runtime, plan, self._report(operation, _length(plan)))
            return "\n".join([f"Installed: {', '.join(plan.added)}.", *notes])
        if operation.kind == "uninstall":
            if not {*names} & there:
                return f"Uninstalled: {', '.join(names)}."
            cascade = bool(operation.arguments.get("cascade"))
            removal = plan_uninstall(self.runtime, tenant, names, cascade=cascade)
            execute_uninstall(self.runtime, removal, self._report(operation, _length(removal)))
            return "\n".join([f"Uninstalled: {', '.join(removal.removed)}.", *removal.notes])
        if operation.kind == "upgrade":
            upgrade = plan_upgrade(self.runtime, tenant, names)
            if upgrade.steps:
                execute(self.runtime, upgrade, self._report(operation, _length(upgrade)))
            return f"Up to date: {', '.join(names) or 'all addons'}."
        if operation.kind == "refuse":
            refuse(self.runtime, tenant, names)
            return f"Not suggested any more: {', '.join(names)}."
        raise UserError(f'There is no operation "{operation.kind}".')

    def _report(self, operation: Operation, steps: int) -> Callable[[str], None]:
        """Note each step; to lose a note is no reason to fail."""
        done = 0

        def report(text: str) -> None:
            nonlocal done
            with suppress(psycopg.Error, BusyError):
                operations.note(self.runtime.control, operation, min(5 + 90 * done // steps, 95), text)
            done += 1

        return report


def _length(plan: Plan | Removal) -> int:
    """How many times an operation reports, roughly: tables and contents of each addon."""
    return max(len(plan.removed) if isinstance(plan, Removal) else 2 * len(plan.steps), 1)


def _installed(tenant: Tenant) -> frozenset[str]:
    with transaction(tenant.runtime.pool, tenant.row.dsn) as tx:
        return frozenset(installed(tx))


@contextmanager
def worker_thread(runtime: Runtime) -> Iterator[None]:
    """Run a worker in a thread of this process while inside."""
    stop = threading.Event()
    thread = threading.Thread(target=Worker(runtime).run, args=(stop,), name="operations", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
