"""`tenon tenant`: create, list and delete tenants."""

from __future__ import annotations

import click

from cli.groups import Group
from cli.logins import Login, make_login
from cli.output import (
    confirm,
    dry_run_option,
    json_option,
    print_json,
    print_pairs,
    print_table,
    progress,
    say,
    working,
    yes_option,
)
from cli.session import Session
from kernel.config import Settings
from kernel.db import TenantRow

ALWAYS = ("web",)
"""Without this addon nobody could log in with a browser."""


@click.group(cls=Group)
def tenant() -> None:
    """Create, list and delete tenants: each is a database of its own."""


@tenant.command()
@click.argument("name")
@click.argument("addons", nargs=-1)
@click.option("--demo", is_flag=True, help="Fill it with demo records.")
@click.option("--admin", metavar="LOGIN", help="Make an administrator with this login; prints a password.")
@click.option("--hostname", "hostnames", multiple=True, help="Another host name it answers at.")
@dry_run_option
@json_option
@click.pass_obj
def create(
    session: Session,
    name: str,
    addons: tuple[str, ...],
    demo: bool,
    admin: str | None,
    hostnames: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Create the tenant NAME with ADDONS and all they need."""
    from kernel.addons.lifecycle.templates import create_tenant
    from kernel.db.tenants import check_name

    check_name(name)
    with session.runtime() as runtime:
        order = runtime.library.resolve([*ALWAYS, *addons])
        if dry_run:
            say(f'Would create the tenant "{name}" with: {", ".join(order)}')
            return
        with progress(f"Creating {name}") as report:
            made = create_tenant(runtime, name, order, demo=demo, hostnames=hostnames, report=report)
        login = make_login(made, admin) if admin else None
        _print_tenant(runtime.control.get(name), session.settings, login, as_json)


@tenant.command("list")
@json_option
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List all tenants."""
    with session.runtime() as runtime:
        rows = runtime.control.tenants()
    if as_json:
        print_json([describe(row, session.settings) for row in rows])
        return
    print_table(
        ("Name", "State", "Address", "Addons"),
        [(row.name, row.state, address(row, session.settings), " ".join(row.addons)) for row in rows],
        empty="There are no tenants yet. Create one: tenon tenant create acme crm",
    )


@tenant.command()
@click.argument("name")
@yes_option
@dry_run_option
@click.pass_obj
def delete(session: Session, name: str, yes: bool, dry_run: bool) -> None:
    """Delete the tenant NAME with everything in it."""
    from kernel.db.tenants import drop_database

    with session.runtime() as runtime:
        row = runtime.control.get(name)
        if dry_run:
            say(f'Would delete the tenant "{name}": the database {row.database} and its login role.')
            return
        confirm(f'Delete the tenant "{name}" with everything in it? There is no way back.', yes=yes)
        with working(f"Deleting {name}"):
            drop_database(runtime.cluster, runtime.control, row)
    say(f'The tenant "{name}" is deleted.')


@tenant.command()
@click.argument("names", nargs=-1)
@json_option
@click.pass_obj
def tidy(session: Session, names: tuple[str, ...], as_json: bool) -> None:
    """Collect files nobody refers to any more, and forget old changes, of the tenants NAMES or of all. Run it daily."""
    from kernel.addons.doctor.chores import tidy as tidy_tenant

    with session.runtime() as runtime:
        rows = [runtime.control.get(name) for name in names] or runtime.control.tenants()
        done = {row.name: tidy_tenant(runtime.tenant_of(row)) for row in rows if row.state == "active"}
    if as_json:
        print_json([{"tenant": name, "files": told.files, "changes": told.changes} for name, told in done.items()])
        return
    rows_shown = [(name, str(told.files), str(told.changes)) for name, told in done.items()]
    print_table(("Name", "Files collected", "Changes forgotten"), rows_shown, empty="There are no tenants yet.")


def address(row: TenantRow, settings: Settings) -> str:
    """Where a browser finds a tenant."""
    host = row.hostnames[0] if row.hostnames else f"{row.name}.{settings.base_domain}"
    return f"http://{host}:{settings.port}"


def describe(row: TenantRow, settings: Settings) -> dict[str, object]:
    """A tenant for programs; no secret in it."""
    return {
        "name": row.name,
        "uuid": str(row.uuid),
        "state": row.state,
        "address": address(row, settings),
        "hostnames": list(row.hostnames),
        "database": row.database,
        "addons": list(row.addons),
    }


def _print_tenant(row: TenantRow, settings: Settings, login: Login | None, as_json: bool) -> None:
    if as_json:
        extra = {"login": login.login, "password": login.password} if login else {}
        print_json(describe(row, settings) | extra)
        return
    say(f'The tenant "{row.name}" is ready.', "bold")
    pairs = {"Address": address(row, settings), "Addons": " ".join(row.addons)}
    if login:
        pairs |= {"Login": login.login, "Password": login.password}
    print_pairs(pairs)
    if not login:
        say(f"Let somebody in: tenon user create {row.name} ada@example.com --admin")
