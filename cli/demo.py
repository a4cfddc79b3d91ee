"""`tenon demo`: from nothing to a served tenant, filled with the records of a made-up company.

What the demo is at stands in `<data dir>/demo.json`, so that a second run prints the same login, and an
interrupted first run is carried on.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import orjson

from cli.logins import change_login, make_login, new_password
from cli.output import Failure, note, print_pairs, progress, say, working
from cli.session import Session
from cli.tenant import ALWAYS
from kernel.config import SOURCE_ROOT, Settings
from kernel.errors import AddonError, ConfigError, MissingError

if TYPE_CHECKING:
    from kernel.addons import Runtime, Tenant

NAME: Final = "demo"
LOGIN: Final = "demo"
PERSON: Final = "Dana Demo"
PORTS_TRIED: Final = 20
"""From the configured port on, unless --port names one."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the demo tenant between two runs."""

    uuid: str
    password: str
    filled: bool


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--reset", is_flag=True, help="Delete the demo tenant and begin anew.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.pass_obj
def demo(session: Session, no_serve: bool, reset: bool, port: int | None) -> None:
    """Start the database, make the tenant "demo" with demo records, print the login, serve."""
    settings = session.settings_with(port=port)
    if not no_serve:
        settings = _listening(settings, any_port=port is None)
    with session.runtime(settings) as runtime:
        if reset:
            _remove(runtime)
        state = _prepare(runtime)
        _greet(settings, state)
        if not no_serve:
            _serve(runtime)


def _prepare(runtime: Runtime) -> State:
    """Make the demo tenant, or make it complete, if need be."""
    from kernel.addons.lifecycle.templates import create_tenant

    path = runtime.settings.data_dir / "demo.json"
    row = runtime.control.find(NAME)
    if row is None or row.state == "creating":
        with progress("Making the demo tenant") as report:
            tenant = create_tenant(runtime, NAME, ALWAYS, report=report)
    else:
        tenant = _as_it_is(runtime)
    state = _read(path, tenant.uuid)
    if state is None:
        state = State(tenant.uuid, _let_in(tenant), filled=False)
        _write(path, state)
    if not state.filled:
        _fill(runtime, tenant)
        state = replace(state, filled=True)
        _write(path, state)
    return state


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


def _let_in(tenant: Tenant) -> str:
    """Make the person who logs in; or, if they are there and nobody knows it any more, a new password."""
    password = new_password()
    try:
        return change_login(tenant, LOGIN, password).password
    except MissingError:
        return make_login(tenant, LOGIN, name=PERSON, password=password).password


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


def _remove(runtime: Runtime) -> None:
    from kernel.db.tenants import drop_database

    row = runtime.control.find(NAME)
    if row is not None:
        with working("Deleting the demo tenant"):
            drop_database(runtime.cluster, runtime.control, row)
    (runtime.settings.data_dir / "demo.json").unlink(missing_ok=True)


def _greet(settings: Settings, state: State) -> None:
    say("The demo is ready.", "bold green")
    print_pairs(
        {
            "Address": f"http://{NAME}.{settings.base_domain}:{settings.port}",
            "Login": LOGIN,
            "Password": state.password,
        }
    )


def _serve(runtime: Runtime) -> None:
    from kernel.addons.lifecycle.worker import worker_thread
    from kernel.http.app import wsgi
    from kernel.http.server import serve_here

    settings = runtime.settings
    with worker_thread(runtime):
        serve_here(wsgi(runtime), settings.host, settings.port, on_ready=lambda _port: note("Stop with Ctrl+C."))


def _listening(settings: Settings, *, any_port: bool) -> Settings:
    """The settings with a port that nobody uses: the configured one, or with `any_port` one of the next."""
    from kernel.http.server import bind

    for port in range(settings.port, min(settings.port + PORTS_TRIED, 65536)):
        try:
            bind(settings.host, port).server_close()
        except ConfigError:
            if not any_port:
                raise
        else:
            return replace(settings, port=port)
    return settings


def _read(path: Path, uuid: str) -> State | None:
    try:
        state = State(**orjson.loads(path.read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None
    return state if state.uuid == uuid else None


def _write(path: Path, state: State) -> None:
    """A password of a demo, but a password: only this user may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(asdict(state)))
