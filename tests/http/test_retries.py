"""A request whose transaction conflicted is run again as a whole, five times, and no side effect happens twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kernel.addons import Runtime, Tenant, Visit
from kernel.http.app import Application
from kernel.http.door import PooledDoor
from tests.http.conftest import Browser


class ClashingDoor(PooledDoor):
    """The first `clashes` visits end with an error of the database, after the handler has done its work."""

    def __init__(self, idle: float) -> None:
        super().__init__(idle)
        self.state, self.clashes, self.visits = "40001", 0, 0
        self.done: list[int] = []

    @contextmanager
    def enter(self, tenant: Tenant, isolation: str, token_hash: str) -> Iterator[Visit]:
        self.visits += 1
        visit_number = self.visits
        with super().enter(tenant, isolation, token_hash) as visit:
            visit.tx.after_commit(lambda: self.done.append(visit_number))
            yield visit
            if visit_number <= self.clashes:
                visit.tx.execute(f"DO $$ BEGIN RAISE EXCEPTION 'clash' USING ERRCODE = '{self.state}'; END $$")


@pytest.fixture
def door(app: Application, runtime: Runtime) -> ClashingDoor:
    made = ClashingDoor(runtime.settings.session_idle)
    app.door = made
    return made


@pytest.fixture
def clashing(door: ClashingDoor, logged_in: Callable[[str], Browser], clean: None) -> Callable[[str, int], Browser]:
    def begin(state: str, clashes: int) -> Browser:
        browser = logged_in("ada")
        door.state, door.clashes, door.visits = state, clashes, 0
        door.done.clear()
        return browser

    return begin


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_request_that_clashes_four_times_is_done_once_and_its_calls_after_commit_run_once(
    clashing: Callable[[str, int], Browser], door: ClashingDoor, state: str
) -> None:
    browser = clashing(state, 4)
    browser.rpc("shop.customer", "create", values={"name": "Once"})
    assert (door.visits, door.done) == (5, [5])
    found = browser.rpc("shop.customer", "search_read", spec={"name": {}})["records"]
    assert [record["name"] for record in found] == ["Once"]


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_request_that_clashes_five_times_is_a_conflict_and_leaves_nothing(
    clashing: Callable[[str, int], Browser], door: ClashingDoor, state: str
) -> None:
    browser = clashing(state, 5)
    error = browser.rpc("shop.customer", "create", 409, values={"name": "Never"})
    assert (error["code"], error["hint"]) == ("conflict", "Try again.")
    assert (door.visits, door.done) == (5, [])
    assert browser.rpc("shop.customer", "search_read", spec={"name": {}})["records"] == []


@pytest.mark.parametrize(
    ("state", "code"), [("55P03", "locked"), ("57014", "timeout"), ("53100", "no_room"), ("58030", "no_room")]
)
def test_what_the_server_cannot_do_is_503_once_and_not_tried_again(
    clashing: Callable[[str, int], Browser], door: ClashingDoor, state: str, code: str
) -> None:
    browser = clashing(state, 1)
    answer = browser.post(
        "/rpc/shop.customer/create", json={"values": {"name": "Never"}}, headers={"X-CSRF-Token": browser.token}
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, code)
    assert answer.headers["Retry-After"]
    assert "clash" not in answer.get_data(as_text=True)
    assert (door.visits, door.done) == (1, [])
