"""What loyalty offers to other addons, and what it answers itself."""

from __future__ import annotations

import click

from addons.loyalty.commands import loyalty
from addons.loyalty.models import Purchase
from kernel.addons import hookimpl, hookspec
from kernel.orm import Env, Model


@hookspec
def loyalty_points_earned(env: Env, purchases: Purchase) -> None:
    """Purchases that earned points were entered; the points of their partners are up to date."""


@hookimpl
def records_created(env: Env, records: Model) -> None:
    if isinstance(records, Purchase):
        earning = records.filtered(lambda purchase: purchase.points > 0)
        if earning:
            env.hooks(loyalty_points_earned)(env=env, purchases=earning)


@hookimpl
def cli_commands() -> list[click.Command]:
    return [loyalty]
