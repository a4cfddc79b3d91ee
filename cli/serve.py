"""`tenon serve`: gunicorn with worker processes, over a database that stays up meanwhile."""

from __future__ import annotations

import click

from cli.output import note, say
from cli.session import Session
from kernel.config import Settings


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads per process.")
@click.pass_obj
def serve(session: Session, host: str | None, port: int | None, workers: int | None, threads: int | None) -> None:
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
        serve(
            settings,
            lambda: wsgi(Runtime.open(settings)),
            on_ready=lambda: _greet(settings, len(tenants)),
        )


def _greet(settings: Settings, tenants: int) -> None:
    place = f"http://<tenant>.{settings.base_domain}:{settings.port}"
    say(f"Serving {tenants} tenant{'s' * (tenants != 1)} at {place}")
    if not tenants:
        note("There is no tenant yet: tenon tenant create acme crm")
