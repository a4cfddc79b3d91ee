"""`tenon serve`: gunicorn with worker processes, over a database that stays up meanwhile."""

from __future__ import annotations

import click

from cli.output import note, say
from cli.session import Session
from cli.worker import Companion
from kernel.config import Settings


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads per process.")
@click.option("--no-worker", is_flag=True, help="Carry out no operations: `tenon worker` runs elsewhere.")
@click.pass_obj
def serve(
    session: Session, host: str | None, port: int | None, workers: int | None, threads: int | None, no_worker: bool
) -> None:
    """Serve all tenants until told to stop (SIGTERM); SIGHUP replaces the workers one by one."""
    from kernel.addons import Runtime
    from kernel.http.app import wsgi
    from kernel.http.log import configure_logging
    from kernel.http.server import bind, serve

    settings = session.settings_with(host=host, port=port, workers=workers, threads=threads)
    bind(settings.host, settings.port).server_close()
    with session.runtime(settings) as runtime:
        tenants = runtime.control.tenants()
        runtime.pool.close()
        configure_logging()
        companion = None if no_worker else Companion(session.config)
        try:
            serve(
                settings,
                lambda: wsgi(Runtime.open(settings)),
                on_ready=lambda: _greet(settings, len(tenants)),
                on_reload=companion.restart if companion else None,
            )
        finally:
            if companion:
                companion.stop()


def _greet(settings: Settings, tenants: int) -> None:
    place = f"http://<tenant>.{settings.base_domain}:{settings.port}"
    say(f"Serving {tenants} tenant{'s' * (tenants != 1)} at {place}")
    if not tenants:
        note("There is no tenant yet: tenon tenant create acme crm")
