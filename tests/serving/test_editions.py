"""An upgrade under load: two editions serve at one address, each request is answered by the one that fits."""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.serving.conftest import Server
from tests.serving.crowd import Crowd, ask

SOAK = os.environ.get("TENON_SOAK") == "1"
TENANTS = 20 if SOAK else 3
CLIENTS = 16 if SOAK else 4
BETWEEN = 300 if SOAK else 20
"""Answers between two steps."""

Make = Callable[..., list[str]]


def test_tenants_are_upgraded_one_by_one_under_load_and_every_request_is_answered_by_the_code_that_fits(
    server: Server, tenants: Make
) -> None:
    names = tenants(*(f"shop{number}" for number in range(TENANTS)))
    server.start()
    crowd = Crowd(server.port, names)
    with crowd.asking(CLIENTS):
        crowd.wait_for(BETWEEN)
        server.lead_to("2")
        said = server.reload()
        assert said.returncode == 0, said.stderr
        assert "Generation 2 serves" in said.stdout
        assert "Generation 1 goes on for tenants that are not upgraded yet" in said.stdout
        for name in names:
            crowd.wait_for(BETWEEN)
            done = server.tenon("addon", "upgrade", name)
            assert done.returncode == 0, done.stderr
        server.wait_until(lambda: server.generations() == [["2", "serving"]], "the old edition ends by itself")
        crowd.wait_for(BETWEEN)
    assert crowd.failures == []
    assert [answer for _, answer in crowd.answers if answer["edition"] != answer["revision"]] == []
    for name in names:
        editions = [answer["edition"] for host, answer in crowd.answers if host == name]
        assert editions[0] == "first"
        assert editions[-1] == "second"
        _, counted = ask(server.port, name, "/till/count")
        assert counted == {
            "edition": "second", "revision": "second", "count": crowd.sold[name], "total": crowd.sold[name],
        }  # fmt: skip
