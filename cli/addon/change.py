"""`tenon addon install|upgrade|uninstall`: changing the addons of a tenant."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.addon.shown import show_plan, show_removal
from cli.output import confirm, dry_run_option, json_option, note, print_json, progress, say, working, yes_option
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons import Runtime
    from kernel.addons.lifecycle.plan import Plan


@click.command()
@click.argument("tenant")
@click.argument("names", nargs=-1, required=True)
@click.option("--demo", is_flag=True, help="With demo records.")
@click.option("--with-bridges", is_flag=True, help="Also install suggested addons that connect these.")
@click.option("--fresh", is_flag=True, help="Drop what is kept of an earlier installation instead of restoring it.")
@dry_run_option
@json_option
@click.pass_obj
def install(
    session: Session,
    tenant: str,
    names: tuple[str, ...],
    demo: bool,
    with_bridges: bool,
    fresh: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Install the addons NAMES and all they need in TENANT. It may be served meanwhile.

    An addon that was uninstalled before comes back with what it had.
    """
    from kernel.addons.lifecycle.operation import execute
    from kernel.addons.lifecycle.plan import plan_install

    with session.runtime() as runtime:
        with working("Checking"):
            options = {"demo": demo, "with_bridges": with_bridges, "fresh": fresh}
            plan = plan_install(runtime, runtime.tenant(tenant), names, **options)
        notes: tuple[str, ...] = ()
        if plan.steps and not dry_run:
            with progress(f"Installing in {tenant}", len(plan.added) + len(plan.steps)) as report:
                notes = execute(runtime, plan, report)
        if as_json:
            print_json(plan.as_json() | {"done": not dry_run, "left_out": list(notes)})
        elif not plan.steps:
            say(f'Already installed in "{tenant}": {", ".join(dict.fromkeys(names))}.')
        elif dry_run:
            show_plan(plan)
        else:
            for line in notes:
                note(line)
            say(f'Installed in "{tenant}": {", ".join(plan.added)}.')
        if plan.suggested and not as_json:
            _offer_bridges(runtime, tenant, plan.suggested, ask=not dry_run)


def _offer_bridges(runtime: Runtime, tenant: str, names: tuple[str, ...], *, ask: bool) -> None:
    """Ask whether to install what connects the addons; a no is remembered. Without anybody there, a line tells."""
    from kernel.addons.lifecycle.operation import execute, refuse
    from kernel.addons.lifecycle.plan import plan_install

    if not ask or not sys.stdin.isatty():
        note(f"Suggested, as it connects what is installed: tenon addon install {tenant} {' '.join(names)}")
        return
    if not click.confirm(f"{', '.join(names)} connects what is installed. Install it too?", default=True, err=True):
        refuse(runtime, runtime.tenant(tenant), names)
        return
    plan = plan_install(runtime, runtime.tenant(tenant), names)
    with progress(f"Installing in {tenant}", len(plan.added) + len(plan.steps)) as report:
        execute(runtime, plan, report)
    say(f'Installed in "{tenant}": {", ".join(plan.added)}.')


@click.command()
@click.argument("tenant")
@click.argument("names", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help="Keep nothing: drop tables and values for good.")
@click.option("--cascade", is_flag=True, help="Uninstall those that need them as well.")
@yes_option
@dry_run_option
@json_option
@click.pass_obj
def uninstall(
    session: Session,
    tenant: str,
    names: tuple[str, ...],
    purge: bool,
    cascade: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Uninstall the addons NAMES in TENANT. What they hold is kept, and `addon install` brings it back."""
    from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall

    with session.runtime() as runtime:
        with working("Checking"):
            plan = plan_uninstall(runtime, runtime.tenant(tenant), names, purge=purge, cascade=cascade)
        if dry_run:
            print_json(plan.as_json() | {"done": False}) if as_json else show_removal(plan)
            return
        if plan.empty:
            print_json(plan.as_json() | {"done": True}) if as_json else show_removal(plan)
            return
        if not yes:
            show_removal(plan, err=True)
        question = "Uninstall, and drop all of this for good?" if purge else "Uninstall?"
        confirm(question, yes=yes)
        with progress(f"Uninstalling in {tenant}", len(plan.removed)) as report:
            left = execute_uninstall(runtime, plan, report)
    if as_json:
        print_json(plan.as_json() | {"done": True, "left": list(left)})
        return
    gone = ", ".join((*plan.removed, *plan.archives))
    say(f'{"Purged" if purge else "Uninstalled"} in "{tenant}": {gone}.')
    for line in left:
        note(line)
    if not purge:
        note(f"What was kept comes back with: tenon addon install {tenant} {' '.join(plan.removed)}")


@click.command()
@click.argument("tenant")
@click.argument("names", nargs=-1)
@click.option("--sql", is_flag=True, help="With --dry-run: print every statement, and who has to wait for it.")
@click.option("--undo", is_flag=True, help="Take back what an upgrade that was stopped has prepared.")
@dry_run_option
@json_option
@click.pass_obj
def upgrade(
    session: Session, tenant: str, names: tuple[str, ...], sql: bool, undo: bool, dry_run: bool, as_json: bool
) -> None:
    """Bring the addons of TENANT (all that have changed, or NAMES) to the code at hand.

    What can be done while it is served happens before and after the switch. Stopped at any moment, the same
    command goes on.
    """
    from kernel.addons.lifecycle.operation import execute
    from kernel.addons.lifecycle.plan import plan_upgrade

    if sql and not dry_run:
        raise click.UsageError("--sql goes with --dry-run.")
    with session.runtime() as runtime:
        if undo:
            _undo(runtime, tenant, as_json=as_json)
            return
        with working("Checking"):
            plan = plan_upgrade(runtime, runtime.tenant(tenant), names)
        notes: tuple[str, ...] = ()
        if plan.steps and not dry_run:
            with progress(f"Upgrading {tenant}", 2 * len(plan.steps)) as report:
                notes = execute(runtime, plan, report)
        shown = _outlook(runtime, tenant, plan, sql=sql) if dry_run else ({}, [])
    if as_json:
        print_json(plan.as_json() | shown[0] | {"done": not dry_run})
    elif not plan.steps:
        say(f'"{tenant}" is up to date.')
    elif dry_run:
        show_plan(plan)
        for line in shown[1]:
            say(line)
    else:
        for line in notes:
            note(line)
        say(f'Upgraded "{tenant}": {", ".join(str(step) for step in plan.steps)}.')


def _outlook(runtime: Runtime, tenant: str, plan: Plan, *, sql: bool) -> tuple[dict[str, Any], list[str]]:
    """What the upgrade does to tables, and when: for programs, and for people."""
    from kernel.addons.lifecycle.outlook import outlook, outlook_lines

    found = outlook(runtime, runtime.tenant(tenant), plan)
    return {"outlook": [asdict(each) for each in found]}, list(outlook_lines(found, sql=sql))


def _undo(runtime: Runtime, tenant: str, *, as_json: bool) -> None:
    from kernel.addons.lifecycle.operation import undo

    lines = undo(runtime, runtime.tenant(tenant))
    if as_json:
        print_json({"tenant": tenant, "undone": lines})
    else:
        say("\n".join([f'Taken back in "{tenant}":', *(f"  {line}" for line in lines)]))
