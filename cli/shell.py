"""`tenon shell`: Python with the records of a tenant. Nothing is kept unless one says `commit()`."""

from __future__ import annotations

import code
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from cli.output import Failure, note
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons import Tenant, Visit

BANNER = """\
Tenant "{tenant}", as {who}. Names: env, tenant, registry, commit().
env.model("crm.contact") or env[Contact] give records; env.sql("SELECT ...") gives rows.
Nothing is kept unless you say commit()."""


class LeaveError(Exception):
    """Ends the transaction without keeping anything."""


@click.command()
@click.argument("tenant")
@click.option("--user", type=int, help="Act as the user of this id; otherwise as the system.")
@click.option("--command", "-c", help="Run this and leave.")
@click.pass_obj
def shell(session: Session, tenant: str, user: int | None, command: str | None) -> None:
    """Open Python with the records of TENANT; reads a script from standard input if one is piped in."""
    with session.runtime() as runtime:
        found = runtime.tenant(tenant)
        with suppress(LeaveError), found.visit() as visit:
            names = _names(found, visit, user)
            if command is not None or not sys.stdin.isatty():
                _run(command if command is not None else sys.stdin.read(), names)
            else:
                banner = BANNER.format(tenant=tenant, who=f"user {user}" if user else "the system")
                code.interact(banner, local=names, exitmsg="")
            raise LeaveError


def _names(tenant: Tenant, visit: Visit, user: int | None) -> dict[str, object]:
    return {
        "env": visit.env(user, why="tenon shell"),
        "tenant": tenant,
        "registry": visit.assembly.registry,
        "commit": _committer(visit),
    }


def _committer(visit: Visit) -> Callable[[], None]:
    def commit() -> None:
        """Keep what was done so far, and go on."""
        visit.flush()
        visit.tx.commit()
        visit.tx.run_after_commit()
        visit.tx.begin(read_only=False)
        note("Committed.")

    return commit


def _run(script: str, names: dict[str, object]) -> None:
    try:
        exec(compile(script, "<shell>", "exec"), names)  # noqa: S102 - running what the operator wrote is its purpose
    except Exception as error:
        traceback.print_exc()
        raise Failure("The script failed; nothing was kept since the last commit().") from error
