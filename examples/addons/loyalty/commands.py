"""`tenon loyalty`: what integrators ask on the command line."""

from __future__ import annotations

import click

from addons.loyalty.models import LoyalPartner
from kernel.addons import CommandSession


@click.group("loyalty")
def loyalty() -> None:
    """Points of partners."""


@loyalty.command()
@click.argument("tenant")
@click.option("--least", default=1, show_default=True, help="Partners with at least so many points.")
@click.pass_obj
def points(session: CommandSession, tenant: str, least: int) -> None:
    """List the partners of TENANT by their points, the most loyal first."""
    with session.runtime() as runtime, runtime.tenant(tenant).env(why="tenon loyalty points") as env:
        for partner in env[LoyalPartner].search(LoyalPartner.points >= least, order="points desc, name"):
            click.echo(f"{partner.points:>6}  {partner.name}")
