"""`tenon reload` and `tenon editions`: new code for a server that runs, and what serves at it now."""

from __future__ import annotations

import time
from pathlib import Path

import click

from cli.output import note, print_json, print_table, say
from cli.session import Session


@click.command("reload")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of the server.")
@click.option("--retire", is_flag=True, help="Let older code end, also where tenants need it: they wait.")
@click.pass_obj
def reload_server(session: Session, port: int | None, retire: bool) -> None:
    """Have the server on this machine take up the code of this very command, and settings, without dropping a request.

    If the new workers cannot start, the old ones go on, and this says why. Old workers end what they do. Where tenants
    are not upgraded yet they go on serving those, until none is left.
    """
    from kernel.serving.launcher import Launcher
    from kernel.serving.orders import Reload, give_order
    from kernel.serving.place import Place

    place = Place.of(session.settings_with(port=port))
    answer = give_order(place, Reload(Launcher.of_this_process(), retire))
    for text in answer["notes"]:
        note(text)
    say(f"Generation {answer['generation']} serves, with the code in {answer['code']}.")
    for name in answer["kept"]:
        say(f"Generation {name} goes on for tenants that are not upgraded yet: tenon addon upgrade TENANT")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port of the server.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--unneeded", hidden=True, help="Wait until no tenant needs this generation; then exit with 0.")
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
@click.pass_obj
def editions(session: Session, port: int | None, as_json: bool, unneeded: str | None, parent: int | None) -> None:
    """Show which code serves on this machine: one line for each generation of workers."""
    from kernel.editions import read_editions
    from kernel.serving.place import Place

    settings = session.settings_with(port=port)
    place = Place.of(settings)
    if unneeded is not None:
        _wait_until_unneeded(session, place.editions, unneeded, parent)
        return
    found = read_editions(place.editions)
    if as_json:
        print_json([{"name": one.name, "state": one.state, "since": one.since, "code": one.code} for one in found])
        return
    rows = [(one.name, one.state, _ago(one.since), one.code) for one in found]
    print_table(("generation", "state", "since", "code"), rows, empty="No server runs here: tenon serve")


def _wait_until_unneeded(session: Session, path: Path, name: str, parent: int | None) -> None:
    from kernel.serving.needed import wait_until_unneeded

    with session.runtime() as runtime:
        wait_until_unneeded(runtime, path, name, parent)


def _ago(since: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(since)) if since else ""
