"""Killed with -9 at any time, while people work here and elsewhere: the old or the new state, and nobody sees an error.

Real processes of the command line, a real server, clients over HTTP. Each kill falls at random in time; now and then
it is the server that ends the sessions of the operation. `TENON_SOAK=1` takes ten times as many moments and lets the
command run to its end after each, `TENON_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest

from kernel.addons.migrations.snapshot import differences
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from tests.addons.toys import forget_addons
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401
from tests.killed.scene import HERE, Scene, State, scene
from tests.killed.toys import write_stamp
from tests.processes import stop

SOAK: Final = bool(os.environ.get("TENON_SOAK"))
MOMENTS: Final = 50 if SOAK else 5
"""How often each command is killed in all."""
IN_A_ROW: Final = 1 if SOAK else 5
"""How often at most before it is let be."""
EDITIONS: Final = 3
"""Then it begins anew: a table of PostgreSQL has 1600 columns in its life, dropped ones included."""
COMMANDS: Final = {
    "install": ("addon", "install", HERE, "stamp"),
    "upgrade": ("addon", "upgrade", HERE),
    "uninstall": ("addon", "uninstall", HERE, "stamp", "--yes"),
    "restore": ("addon", "install", HERE, "stamp"),
    "purge": ("addon", "uninstall", HERE, "stamp", "--yes", "--purge"),
}


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory,
    settings: Settings,
    cluster: Cluster,
    control: Control,
    pool: Pool,
) -> Iterator[Scene]:
    root = tmp_path_factory.mktemp("root")
    (root / "addons").mkdir()
    with scene(root, settings, cluster, control, pool) as made:
        yield made
    forget_addons(root)


@dataclass
class Killer:
    """Kills commands at random, and looks whether all is well after each."""

    place: Scene
    chance: random.Random
    ends: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    lasted: dict[str, tuple[float, float]] = field(default_factory=lambda: dict.fromkeys(COMMANDS, (0.8, 0.3)))
    """Command -> seconds until its operation began, and how long that lasted, when nobody killed it."""

    @property
    def done(self) -> bool:
        """Whether every command was killed often enough."""
        return all(self.kills[what] >= MOMENTS for what in COMMANDS)

    def let_be(self, what: str) -> State:
        """Let a command run to its end, and see how long it takes."""
        started = time.monotonic()
        process = self.place.start(*COMMANDS[what])
        self._wait_for_operation(process)
        begun = time.monotonic() - started
        while process.poll() is None and self.place.operating():
            time.sleep(0.002)
        self.lasted[what] = (begun, time.monotonic() - started - begun)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, (what, told)
        return self.place.state()

    def kill(self, what: str) -> tuple[State, State]:
        """Kill it until it is done or had enough, then let it be; the state before, and the one at the end."""
        before, found = self.place.state(), []
        for _ in range(min(IN_A_ROW, MOMENTS - self.kills[what])):
            self._kill_once(what)
            self.place.nothing_sleeps()
            found.append(self.place.state())
            if not found[-1].is_like(before):
                break
            self.place.here.wait_until_served()
        if what == "upgrade" and found and not found[-1].is_like(before):
            adopt(self.place)
        self.place.here.wait_until_served()
        lasted = self.lasted[what]
        after = self.let_be(what)
        if found and not found[-1].is_like(before):
            self.lasted[what] = lasted
        for state in found:
            old = state.is_like(before)
            assert old or state.is_like(after), (what, state.addons, differences(before.schema, state.schema))
            prepared = (
                ", prepared" if old and state != before else ", to be cleaned" if not old and state != after else ""
            )
            self.ends[f"{what}: {'old' if old else 'new'}{prepared}"] += 1
        self.place.nothing_lost()
        return before, after

    def _kill_once(self, what: str) -> None:
        process = self.place.start(*COMMANDS[what])
        begun, lasted = self.lasted[what]
        if inside := self.chance.random() < 0.8:
            self._wait_for_operation(process)
        try:
            process.communicate(timeout=max(self.chance.random() * (1.2 * lasted if inside else begun), 0.001))
            self.ends[f"{what}, too late"] += 1
        except subprocess.TimeoutExpired:
            self.kills[what] += 1
            if inside and self.chance.random() < 0.2:
                self._end_sessions(process, what)
            else:
                stop(process, signal.SIGKILL)

    def _end_sessions(self, process: subprocess.Popen[str], what: str) -> None:
        """It may have ended meanwhile, or ends with a word for people."""
        self.place.end_sessions()
        _, told = process.communicate(timeout=60)
        assert process.returncode in (0, 1), told
        assert process.returncode == 0 or told.startswith("Error: "), told
        assert "Traceback" not in told
        self.ends[f"{what}, sessions ended"] += 1

    def _wait_for_operation(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None and not self.place.operating():
            time.sleep(0.002)


def test_an_addon_that_comes_changes_goes_and_comes_back_while_others_work(place: Scene) -> None:
    seed = os.environ.get("TENON_SEED") or str(random.randrange(10**9))
    print(f"TENON_SEED={seed}")  # noqa: T201 - shown where the test fails
    killer = Killer(place, random.Random(seed))
    plain, edition = place.state(), 0
    while not killer.done:
        _, installed = killer.kill("install")
        used = use(place)
        _, without = killer.kill("uninstall")
        assert without.sums == plain.sums
        _, back = killer.kill("restore")
        assert differences(installed.schema, back.schema) == []
        assert values(place) == used
        edition += 1
        next_edition(place, edition)
        _, upgraded = killer.kill("upgrade")
        assert differences(back.schema, upgraded.schema) == [f"column desk.note.extra{edition} is too much"]
        adopt(place)
        assert values(place) == used
        _, gone = killer.kill("purge")
        assert gone == plain
        if edition == EDITIONS:
            edition = 0
            next_edition(place, edition)
            adopt(place)
    report(killer)


def test_a_server_that_crashes_in_the_middle_leaves_the_old_state_and_the_next_try_works(place: Scene) -> None:
    before = place.state()
    for client in place.clients.values():
        client.excused = lambda status, _text: status == 503
    process = place.start(*COMMANDS["install"])
    while process.poll() is None and not place.operating():
        time.sleep(0.002)
    place.crash()
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.startswith("Error: "), told
    assert "Traceback" not in told
    for client in place.clients.values():
        client.wait_until_served()
        client.excused = lambda _status, _text: False
    place.nothing_sleeps()
    assert place.state() == before
    assert place.tenon(*COMMANDS["install"]).returncode == 0
    assert place.tenon(*COMMANDS["purge"]).returncode == 0
    assert place.state() == before
    place.nothing_lost()


def use(place: Scene) -> str:
    """What a person does with the addon; what is to be there again at the end."""
    status, text = place.here.post("/rpc/desk.note/write", {"ids": list(range(1, 400, 3)), "values": {"stars": 4}})
    assert status == 200, text
    return values(place)


def values(place: Scene) -> str:
    """What the addon holds on the notes that were there from the beginning."""
    columns = "string_agg((id, stars, stamp_id, praise)::text, ',' ORDER BY id)"
    return str(place.rows(f"SELECT md5({columns}) FROM desk.note WHERE title ~ '^seed'")[0][0])


def next_edition(place: Scene, edition: int) -> None:
    """New code is put in place; the server still runs the old one, and says so to who comes after the upgrade."""
    write_stamp(place.root, edition)
    place.here.excused = lambda status, text: status == 503 and '"edition"' in text


def adopt(place: Scene) -> None:
    """The server takes up the new code."""
    place.server.send_signal(signal.SIGHUP)
    place.here.wait_until_served()
    place.here.excused = lambda _status, _text: False


def report(killer: Killer) -> None:
    """Figures of a soak."""
    seen = {name: client.seen for name, client in killer.place.clients.items()}
    slowest = {name: f"{each.requests} answers, the slowest after {each.slowest:.2f} s" for name, each in seen.items()}
    print(dict(killer.kills), dict(sorted(killer.ends.items())), slowest)  # noqa: T201
