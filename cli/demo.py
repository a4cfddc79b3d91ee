"""`tenon demo`: from nothing to a served tenant, filled with the records of a made-up company.

What the demo is at stands in `<data dir>/demo.json`, so that a second run prints the same login, and an
interrupted first run is carried on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.output import Failure, note, progress, say, working
from cli.session import Session
from cli.tenant import ALWAYS
from cli.trial import State, at_a_free_port, greet, let_in, remove
from kernel.config import SOURCE_ROOT
from kernel.errors import AddonError

if TYPE_CHECKING:
    from kernel.addons import Runtime, Tenant

NAME: Final = "demo"
LOGIN: Final = "demo"
PERSON: Final = "Dana Demo"


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--reset", is_flag=True, help="Delete the demo tenant and begin anew.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.pass_obj
def demo(session: Session, no_serve: bool, reset: bool, port: int | None) -> None:
    """Start the database, make the tenant "demo" with demo records, print the login, serve."""
    settings = session.settings_with(port=port)
    if not no_serve:
        settings = at_a_free_port(settings, any_port=port is None)
    with session.runtime(settings) as runtime:
        if reset:
            remove(runtime, NAME, _path(runtime))
        state = _prepare(runtime)
        say("The demo is ready.", "bold green")
        greet(settings, NAME, LOGIN, state.password)
        if not no_serve:
            _serve(runtime)


def _prepare(runtime: Runtime) -> State:
    """Make the demo tenant, or make it complete, if need be."""
    from kernel.addons.lifecycle.templates import create_tenant

    path = _path(runtime)
    row = runtime.control.find(NAME)
    if row is None or row.state == "creating":
        with progress("Making the demo tenant") as report:
            tenant = create_tenant(runtime, NAME, ALWAYS, report=report)
    else:
        tenant = _as_it_is(runtime)
    state = State.read(path, tenant.uuid)
    if state is None:
        state = State(tenant.uuid, let_in(tenant, LOGIN, PERSON))
        state.write(path)
    if not state.filled:
        _fill(runtime, tenant)
        state = replace(state, filled=True)
        state.write(path)
    return state


def _path(runtime: Runtime) -> Path:
    return runtime.settings.data_dir / "demo.json"


def _as_it_is(runtime: Runtime) -> Tenant:
    """The demo tenant of an earlier run, brought to this code if that has moved on."""
    from kernel.addons.lifecycle.operation import execute
    from kernel.addons.lifecycle.plan import plan_upgrade

    tenant = runtime.tenant(NAME)
    try:
        plan = plan_upgrade(runtime, tenant)
        if plan.steps:
            with progress("Upgrading the demo tenant", len(plan.steps)) as report:
                execute(runtime, plan, report)
    except AddonError as error:
        raise Failure(error.text, f"{error.hint}\nOr begin anew: tenon demo --reset".strip()) from error
    return tenant


def _fill(runtime: Runtime, tenant: Tenant) -> None:
    """Install every addon of this distribution, with its demo records."""
    from kernel.addons.lifecycle.operation import execute
    from kernel.addons.lifecycle.plan import plan_install

    names = runtime.library.available().names
    wanted = [name for name in names if (SOURCE_ROOT / "addons" / name).is_dir()]
    if set(wanted) <= set(tenant.row.addons):
        return
    with working("Checking the addons"):
        plan = plan_install(runtime, tenant, wanted, demo=True)
    with progress("Filling the demo tenant", len(plan.new) + len(plan.steps)) as report:
        execute(runtime, plan, report)


def _serve(runtime: Runtime) -> None:
    from kernel.addons.lifecycle.worker import worker_thread
    from kernel.http.app import wsgi
    from kernel.http.server import serve_here

    settings = runtime.settings
    with worker_thread(runtime):
        serve_here(wsgi(runtime), settings.host, settings.port, on_ready=lambda _port: note("Stop with Ctrl+C."))
