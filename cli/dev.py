"""`tenon dev`: serves addons while they are written. Each save is served half a second later.

The parent (kernel/serving/develop.py) imports what does not change. Each child brings the tenant to the files as
they are, and serves; or it shows what is wrong with them, at every address, until the next save.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.output import Failure, note, say
from cli.session import Session
from cli.trial import State, at_a_free_port, greet, let_in, remove
from kernel.config import FILE_NAME, SOURCE_ROOT, Settings

if TYPE_CHECKING:
    import socket

    from kernel.addons import Runtime, Tenant
    from kernel.addons.lifecycle.plan import Plan

LOGIN: Final = "dev"
PERSON: Final = "Dev"
AGAIN: Final = "TENON_DEV_AGAIN"
"""Set where the command has begun anew because the kernel has changed."""


@click.command()
@click.argument("names", nargs=-1)
@click.option("--tenant", "name", default="dev", show_default=True, help="The tenant to try them in; made if need be.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--reset", is_flag=True, help="Delete the tenant and begin anew.")
@click.pass_obj
def dev(session: Session, names: tuple[str, ...], name: str, port: int | None, reset: bool) -> None:
    """Serve the addons NAMES (or all of yours) while you write them: what is saved is served, pages reload.

    They are installed in a tenant of their own, with demo records, and upgraded when their files have changed. What is
    wrong with them is shown in the browser and here.
    """
    from kernel.addons.discovery.catalog import search
    from kernel.db import Cluster
    from kernel.serving.develop import develop

    settings = session.settings_with(port=port)
    again = os.environ.pop(AGAIN, "")
    settings = at_a_free_port(settings, any_port=port is None) if not again else settings
    wanted = names or _own(settings)
    unknown = {*wanted} - {*search(settings.addon_roots).names}
    if not wanted or unknown:
        raise Failure(*_nothing_to_serve(wanted, unknown))
    if reset and not again:
        with session.runtime(settings) as runtime:
            remove(runtime, name, _path(settings, name))
    desk = Desk(settings, name, wanted)
    _import_ahead()
    with Cluster.open(settings), _front(settings, again) as front:
        anew = develop(
            front,
            desk.serve,
            addons=[root / "addons" for root in settings.addon_roots],
            kernel=[SOURCE_ROOT / "kernel", SOURCE_ROOT / "cli", session.config or Path(FILE_NAME).absolute()],
            on_change=_tell,
        )
        if anew:
            _begin_anew(front, settings.port)


class Desk:
    """What one child does: bring the tenant to the files, and serve."""

    def __init__(self, settings: Settings, name: str, wanted: Sequence[str]) -> None:
        self.settings = settings
        self.name = name
        self.wanted = wanted

    def serve(self, front: socket.socket) -> None:
        """Until SIGTERM. A fault of the addons is shown in place of the pages, also the fault of a single file."""
        import signal
        import threading

        from kernel.addons import Runtime
        from kernel.addons.lifecycle.worker import worker_thread
        from kernel.http.app import Application
        from kernel.http.dev import Broken, DevPages, describe, explain
        from kernel.http.server import serve_on
        from kernel.serving.develop import GRACE

        began = time.monotonic()
        edition = f"{os.getpid()}-{time.time_ns()}"
        until = threading.Event()
        with Runtime.open(self.settings) as runtime:
            try:
                self._prepare(runtime)
                pages = DevPages(Application(runtime, explain=explain), edition)
            except Exception as error:
                text, _hint = describe(error)
                say(text, "red")
                pages = DevPages(Broken(error), edition)
            else:
                say(f"Ready in {time.monotonic() - began:.2f} s.", "green")

            def end(*_: object) -> None:
                pages.close()
                until.set()

            signal.signal(signal.SIGTERM, end)
            with worker_thread(runtime):
                serve_on(front, pages, until=until, grace=GRACE)

    def _prepare(self, runtime: Runtime) -> None:
        """Install what is not installed, upgrade what has changed, look for faults; raises what stands in the way."""
        from kernel.addons.lifecycle.plan import check_install, plan_install, plan_upgrade

        tenant = self._tenant(runtime)
        path = _path(self.settings, self.name)
        state = State.read(path, tenant.uuid)
        check_install(runtime, runtime.library.resolve([*tenant.row.addons, *self.wanted]), self.wanted)
        if state is not None:
            self._refuse_drift(runtime, state)
        self._carry_out(runtime, plan_upgrade(runtime, tenant))
        if not {*self.wanted} <= {*runtime.tenant(self.name).row.addons}:
            self._carry_out(runtime, plan_install(runtime, tenant, self.wanted, demo=True))
        if state is None:
            state = State(tenant.uuid, let_in(tenant, LOGIN, PERSON))
            greet(self.settings, self.name, LOGIN, state.password)
        drawn = {addon: list(_drawn(runtime, addon)) for addon in self.wanted}
        State(state.uuid, state.password, state.filled, drawn).write(path)

    def _carry_out(self, runtime: Runtime, plan: Plan) -> None:
        from kernel.addons.lifecycle.operation import execute

        for step in plan.steps:
            note(str(step))
        if plan.steps:
            execute(runtime, plan)

    def _tenant(self, runtime: Runtime) -> Tenant:
        from cli.tenant import ALWAYS
        from kernel.addons.lifecycle.templates import create_tenant

        if runtime.control.find(self.name) is None:
            note(f"making the tenant {self.name}")
            return create_tenant(runtime, self.name, ALWAYS)
        return runtime.tenant(self.name)

    def _refuse_drift(self, runtime: Runtime, state: State) -> None:
        """Raise where models have moved on and no revision says how the database gets there."""
        from kernel.errors import MigrateError

        behind = []
        for addon, (head, digest) in state.drawn.items():
            now = _drawn(runtime, addon) if addon in self.wanted else (head, digest)
            if now[0] == head and now[1] != digest:
                behind.append(addon)
        if behind:
            raise MigrateError(
                f"The models of {', '.join(behind)} have moved on, and no migration takes the database along.",
                hint="\n".join(
                    [f'tenon addon revision {addon} -m "what has changed"' for addon in behind]
                    + [f"or, while nothing is released: begin anew with `tenon dev --tenant {self.name} --reset`"]
                ),
            )


def _drawn(runtime: Runtime, addon: str) -> tuple[str, str]:
    """The newest revision of an addon, and a digest of the tables that its models ask for."""
    from kernel.orm.schema import create_statements

    assembly = runtime.library.assembly(runtime.library.resolve([addon]))
    statements = "\n".join(create_statements(assembly.registry, addon))
    return assembly.addon(addon).head, hashlib.sha256(statements.encode()).hexdigest()[:16]


def _own(settings: Settings) -> tuple[str, ...]:
    """The addons that can be found outside of the distribution, broken ones as well."""
    from kernel.addons.discovery.catalog import search

    theirs = {*search([SOURCE_ROOT]).names}
    return tuple(name for name in search(settings.addon_roots).names if name not in theirs)


def _nothing_to_serve(wanted: Sequence[str], unknown: set[str]) -> tuple[str, str]:
    if not wanted:
        return (
            "There is no addon of yours here.",
            "tenon addon new NAME writes one; TENON_ADDONS_PATH names other places.",
        )
    return f"There is no addon {', '.join(sorted(unknown))}.", "`tenon addon list` shows what can be found."


def _path(settings: Settings, name: str) -> Path:
    return settings.data_dir / f"dev-{name}.json"


def _import_ahead() -> None:
    """What every child needs and no author of an addon changes."""

    import kernel.addons.lifecycle.templates
    import kernel.addons.lifecycle.worker
    import kernel.http.app
    import kernel.http.dev
    import kernel.http.server
    import kernel.orm.schema  # noqa: F401


def _front(settings: Settings, again: str) -> socket.socket:
    """The socket that listens; after a change of the kernel it is that of the process before."""
    import socket

    if again:
        front = socket.socket(fileno=int(again))
        front.set_inheritable(False)
        return front
    return socket.create_server((settings.host, settings.port), backlog=512)


def _begin_anew(front: socket.socket, port: int) -> None:
    """Become a process that has imported the kernel as it is now; the socket goes on listening."""
    front.set_inheritable(True)
    sys.stdout.flush()
    os.environ[AGAIN] = str(front.fileno())
    os.environ["TENON_PORT"] = str(port)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the words of this very process


def _tell(changed: Sequence[Path]) -> None:
    shown = ", ".join(path.name for path in changed[:3]) + (" and more" if len(changed) > 3 else "")
    note(f"{shown} changed")
