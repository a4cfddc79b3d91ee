"""Bridges on the command line: suggested at a terminal, declined once and remembered, there again when asked for."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from kernel.addons import Library, Runtime
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import drop_database
from tests.addons.toys import forget_addons, write_addon
from tests.cli.conftest import Tenon
from tests.processes import TENON, environment

BRIDGE = 'bridges = ["sun", "moon"]'


@pytest.fixture
def place(
    tmp_path: Path, settings: Settings, cluster: Cluster, control: Control, pool: Pool
) -> Iterator[dict[str, str]]:
    """The tenant `sky` with the addon `sun`; beside it there are `moon`, and `eclipse`, which connects the two."""
    forget_addons(tmp_path.parent)  # toys of the same names, imported by other tests of this process
    write_addon(tmp_path, "sun")
    write_addon(tmp_path, "moon")
    write_addon(tmp_path, "eclipse", more=BRIDGE)
    create_tenant(Runtime(settings, cluster, pool, control, Library([tmp_path])), "sky", ["sun"])
    yield {**environment(settings.data_dir, tmp_path), "TENON_DATABASE_URL": settings.database_url}
    drop_database(cluster, control, control.get("sky"))
    forget_addons(tmp_path)


def at_a_terminal(environ: dict[str, str], answer: str, *words: str) -> str:
    """Call `tenon` at a terminal, answer what it asks, and see all that it shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*TENON, *words], env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, asked, deadline = "", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # the other end was closed
                break
        if "[Y/n]" in shown and not asked:
            os.write(ours, answer.encode() + b"\n")
            asked = True
    os.close(ours)
    assert process.wait(10) == 0, shown
    return shown


def states(tenon: Tenon, environ: dict[str, str]) -> dict[str, str]:
    found = orjson.loads(tenon("addon", "list", "--tenant", "sky", "--json", env=environ).out)
    return {addon["name"]: addon["state"] for addon in found if addon["name"] in ("sun", "moon", "eclipse")}


def test_a_bridge_that_is_declined_at_a_terminal_is_not_suggested_again_but_can_be_asked_for(
    tenon: Tenon, place: dict[str, str]
) -> None:
    shown = at_a_terminal(place, "n", "addon", "install", "sky", "moon")
    assert "eclipse connects what is installed. Install it too? [Y/n]" in shown
    assert states(tenon, place) == {"sun": "installed", "moon": "installed", "eclipse": "declined"}
    assert "[Y/n]" not in at_a_terminal(place, "n", "addon", "install", "sky", "moon")
    assert tenon("addon", "install", "sky", "moon", env=place).err == ""
    done = tenon("addon", "install", "sky", "moon", "--with-bridges", env=place)
    assert (done.code, done.out) == (0, 'Installed in "sky": eclipse.\n')
    assert states(tenon, place)["eclipse"] == "installed"


def test_a_bridge_that_is_accepted_at_a_terminal_is_installed_at_once(tenon: Tenon, place: dict[str, str]) -> None:
    shown = at_a_terminal(place, "", "addon", "install", "sky", "moon")
    assert 'Installed in "sky": eclipse.' in shown
    assert set(states(tenon, place).values()) == {"installed"}


def test_where_nobody_can_be_asked_a_line_tells_of_the_bridge(tenon: Tenon, place: dict[str, str]) -> None:
    done = tenon("addon", "install", "sky", "moon", env=place)
    assert done.err == "Suggested, as it connects what is installed: tenon addon install sky eclipse\n"
    assert states(tenon, place)["eclipse"] == "suggested"
    tenon("addon", "install", "sky", "eclipse", env=place)
    assert tenon("addon", "uninstall", "sky", "eclipse", "--yes", env=place).code == 0
    assert states(tenon, place)["eclipse"] == "kept"
