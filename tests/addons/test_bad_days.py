"""Bad days: the server restarts, sessions end, the network breaks, in the middle of operations on addons.

Each then says so in one message, has changed nothing, and succeeds when it is given again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import psycopg
import pytest

from kernel.addons.lifecycle import operation
from kernel.addons.lifecycle.templates import create_tenant
from kernel.db import Transaction
from tests.addons.bad_days import (
    RESTARTS,
    STEPS,
    Moment,
    Place,
    Work,
    end_session,
    install,
    purge,
    tidy_away,
    upgrade,
    watching,
)
from tests.addons.toys import forget_addons
from tests.servers import Proxy, server

SOAK = bool(os.environ.get("TENON_SOAK"))
LOST = ("connection to the database was lost", "is starting or stopping", "cannot be reached")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server with the tenant `acme`, which has `shelf` and `rating`."""
    root = tmp_path_factory.mktemp("bad")
    try:
        with server() as own:
            made = Place.make(own, root)
            assert made.tenon(lambda runtime: create_tenant(runtime, "acme", ["rating"])) == ""
            yield made
    finally:
        forget_addons(root)


@pytest.fixture(scope="module")
def lengths(place: Place) -> dict[str, int]:
    """How many statements each operation sends."""
    found = {}
    for name, work in STEPS:
        with watching(Moment(0, lambda _tx: None)) as moment:
            assert place.tenon(work) == ""
        found[name] = moment.sent
    assert place.tenon(tidy_away) == ""
    return found


def survives(place: Place, work: Work, moment: Moment, words: tuple[str, ...]) -> bool:
    """Carry out an operation with something happening in it, then again without; whether it failed first."""
    before = place.state()
    with watching(moment):
        said = place.tenon(work)
    assert moment.came
    if not said:  # the work was done by then, and the command could wait for the server
        return False
    assert any(word in said for word in words), said
    assert place.state() == before, said
    assert place.tenon(work) == ""
    return True


def walk(place: Place, lengths: dict[str, int], seed: int, call: Callable[[Transaction], object]) -> None:
    """Something happens at a random moment of each operation."""
    chance = random.Random(seed)
    failed = [survives(place, work, Moment(chance.randint(1, lengths[name]), call), LOST) for name, work in STEPS]
    assert any(failed)
    assert place.tenon(tidy_away) == ""
    assert place.troubles() == []


@pytest.mark.parametrize("how", RESTARTS)
def test_a_server_that_restarts_in_the_middle_of_an_operation(place: Place, lengths: dict[str, int], how: str) -> None:
    for seed in range(10 if SOAK else 1):
        walk(place, lengths, seed, lambda _tx: place.server.restart(RESTARTS[how]))


def test_a_session_that_the_server_ends(place: Place, lengths: dict[str, int]) -> None:
    for seed in range(10 if SOAK else 1):
        walk(place, lengths, seed + 100, partial(end_session, place.server))


def test_a_network_that_breaks(place: Place, lengths: dict[str, int]) -> None:
    proxy = Proxy(place.server.port)
    url = place.server.url.replace(str(place.server.port), str(proxy.port))
    far = replace(place, settings=replace(place.settings, database_url=url))
    for seed in range(10 if SOAK else 1):
        walk(far, lengths, seed + 200, lambda _tx: proxy.cut())
    proxy.end()


def test_a_connection_lost_after_the_commit_is_no_failure(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[Transaction] = []
    plain_raw, plain_raise = Transaction._raw, operation.raise_generation

    def last_of_switch(tx: Transaction) -> None:
        plain_raise(tx)
        lost.append(tx)

    def lose(tx: Transaction, query: str) -> None:
        plain_raw(tx, query)
        if query == "COMMIT" and tx in lost:
            tx.connection.close()
            raise psycopg.OperationalError("the connection is gone")

    monkeypatch.setattr(operation, "raise_generation", last_of_switch)
    monkeypatch.setattr(Transaction, "_raw", lose)
    assert place.tenon(install) == ""
    assert len(lost) == 1
    monkeypatch.undo()
    assert place.state()[0] == ("club", "rating", "shelf")
    assert place.tenon(purge) == ""


def test_an_upgrade_that_is_cut_off(place: Place) -> None:
    place.newer_shelf()
    for moment in range(1, 30, 2) if SOAK else (20,):
        before = place.state()
        with watching(Moment(moment, lambda _tx: place.server.restart(RESTARTS["immediate"]))) as seen:
            said = place.tenon(upgrade)
        assert seen.came
        assert any(word in said for word in LOST), said
        assert place.state() == before
    assert place.tenon(upgrade) == ""
    with place.runtime() as runtime:
        assert runtime.tenant("acme").run(lambda env: env.ref("shelf.dune").isbn, why="a test") == ""
    assert place.troubles() == []
