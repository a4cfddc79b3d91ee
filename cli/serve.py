"""`tenon serve`: a supervisor that holds the address, and generations of workers that serve at it."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any

import click

from cli.output import Failure, note, say
from cli.session import Session
from kernel.config import Settings


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads per process.")
@click.option("--no-worker", is_flag=True, help="Carry out no operations: `tenon worker` runs elsewhere.")
@click.option("--generation", hidden=True, help="What a supervisor tells a generation that it starts.")
@click.pass_obj
def serve(session: Session, /, generation: str | None, no_worker: bool, **given: Any) -> None:
    """Serve all tenants until told to stop (SIGTERM). `tenon reload` and SIGHUP take up new code."""
    settings = session.settings_with(**given)
    if generation is not None:
        _generation(settings, generation)
        return
    more = [f"--{name}={value}" for name, value in given.items() if value is not None]
    try:
        asyncio.run(_supervise(session, settings, more, no_worker=no_worker))
    except TimeoutError:
        raise Failure("The server took too long to look at its code.", "The lines above may say why.") from None


def _generation(settings: Settings, spec: str) -> None:
    from kernel.log import configure_logging
    from kernel.serving.spec import Spec
    from kernel.serving.workers import run_generation

    configure_logging()
    run_generation(settings, Spec.read(spec))


async def _supervise(session: Session, settings: Settings, more: list[str], *, no_worker: bool) -> None:
    from kernel.log import configure_logging
    from kernel.serving.launcher import Launcher
    from kernel.serving.place import Place
    from kernel.serving.supervisor import Supervisor

    place = Place.of(settings)
    common = ["--config", str(session.config.absolute())] if session.config else []
    with _listen(settings.host, settings.port) as front:
        lock = place.take()
        configure_logging()
        try:
            await Supervisor(
                place,
                front,
                Launcher.of_this_process(),
                serve=[*common, "serve", *more],
                worker=None if no_worker else [*common, "worker"],
                watch=[*common, "editions", f"--port={settings.port}", "--unneeded"],
                on_ready=lambda report: _greet(settings, report.tenants),
            ).run()
        finally:
            os.close(lock)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; workers inherit it."""
    from kernel.errors import ConfigError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"{host}:{port} cannot be listened on: {error.strerror}.",
            hint="Stop what uses the port, or choose another: --port, or TENON_PORT.",
        ) from error


def _greet(settings: Settings, tenants: int) -> None:
    place = f"http://<tenant>.{settings.base_domain}:{settings.port}"
    say(f"Serving {tenants} tenant{'s' * (tenants != 1)} at {place}")
    if not tenants:
        note("There is no tenant yet: tenon tenant create acme crm")
