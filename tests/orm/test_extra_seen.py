"""A client's write of extra fields carries what it saw, for every type, and one field does not disturb another."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.db import Pool
from kernel.db.transaction import retrying, transaction
from kernel.errors import ConflictError, UnknownFieldError
from kernel.http import rpc_write
from kernel.http.calls import Call
from kernel.orm import Env, Ports, Registry
from tests.orm.shed import Definitions, Tool, env, extras, shed, shed_database, tx, user

__all__ = ["env", "extras", "shed", "shed_database", "tx", "user"]

CASES: dict[str, tuple[Any, Any, Any]] = {
    "x_note": ("a", "b", "c"),
    "x_size": (1, 2, 3),
    "x_rank": (None, 0, 3),
    "x_price": ("1.50", "2", "3.00"),
    "x_weight": (0.1, 0.2, 0.3),
    "x_bought": (None, "2026-01-02", "2026-01-03"),
    "x_used": ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", None),
    "x_color": ("red", "blue", None),
    "x_lent": (1, 2, 3),
}
"""Field -> (what the client saw, what somebody else wrote, what the client wants)."""


@pytest.fixture(autouse=True)
def owners(env: Env) -> None:
    env.sql("INSERT INTO shed.owner (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')")


def write(env: Env, id: int, **changes: tuple[Any, Any]) -> Any:
    body = {"id": id, "changes": {name: {"from": seen, "to": to} for name, (seen, to) in changes.items()}}
    return rpc_write.write(Call.of(env, "shed.tool", {**body, "spec": {name: {} for name in changes}}))


def created(env: Env, **values: Any) -> int:
    made = rpc_write.create(Call.of(env, "shed.tool", {"values": {"name": "saw", **values}}))
    return int(made["id"])


@pytest.mark.parametrize("name", CASES)
def test_what_was_seen_of_an_extra_field_passes_as_it_is_read(env: Env, name: str) -> None:
    seen, other, wanted = CASES[name]
    id = created(env, **{name: seen})
    answer = write(env, id, **{name: (seen, other)})
    write(env, id, **{name: (answer[name], wanted)})
    write(env, id, **{name: (answer[name], wanted)})  # what is wanted is there already


@pytest.mark.parametrize("name", CASES)
def test_another_value_of_an_extra_field_is_a_conflict_with_both_and_other_extra_fields_are_none(
    env: Env, name: str
) -> None:
    seen, other, wanted = CASES[name]
    id = created(env, **{name: seen})
    write(env, id, **{name: (seen, other)})
    with pytest.raises(ConflictError) as caught:
        write(env, id, **{name: (seen, wanted)})
    details = caught.value.details
    assert (details["field"], details["yours"]) == (name, wanted)
    assert details["theirs"] == env[Tool].browse(id).read([name])[0][name]
    assert details["label"] in str(caught.value)
    write(env, id, x_sharp=(False, True), name=("saw", "axe"))
    with pytest.raises(ConflictError):
        write(env, id, x_sharp=(False, False))


def test_a_hidden_extra_field_is_unknown_to_a_write_and_to_its_conflict(user: Env, env: Env) -> None:
    id = created(env, x_secret="s")
    for given in (("s", "t"), ("wrong", "t")):
        with pytest.raises(UnknownFieldError, match="x_secret"):
            write(user, id, x_secret=given)
    assert env[Tool].browse(id).extra["x_secret"] == "s"


def test_two_at_once_write_different_extra_fields_and_one_that_was_seen_otherwise_is_a_conflict(
    pool: Pool, shed_database: str, shed: Registry
) -> None:
    ports = Ports(extra_fields=Definitions(shed))
    with transaction(pool, shed_database) as tx:
        id = created(Env.open(tx, shed, ports), x_note="a", x_size=1)
    attempts: list[int] = []

    def work(name: str, seen: Any, to: Any) -> None:
        with transaction(pool, shed_database) as tx:
            mine = Env.open(tx, shed, ports)
            assert mine[Tool].browse(id).extra["x_note"]  # the snapshot is taken
            attempts.append(1)
            if len(attempts) == 1:
                with transaction(pool, shed_database) as other:
                    write(Env.open(other, shed, ports), id, x_note=("a", "theirs"))
            write(mine, id, **{name: (seen, to)})

    try:
        retrying(lambda: work("x_size", 1, 2))
        with pytest.raises(ConflictError) as caught:
            retrying(lambda: work("x_note", "a", "mine"))
        assert caught.value.details["theirs"] == "theirs"
        with transaction(pool, shed_database) as tx:
            tool = Env.open(tx, shed, ports)[Tool].browse(id)
            assert (tool.extra["x_note"], tool.extra["x_size"]) == ("theirs", 2)
    finally:
        with transaction(pool, shed_database) as tx:
            tx.execute("DELETE FROM shed.tool")
