"""Two transactions that upsert one key at the same moment: one record, both values, and nobody is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from kernel.db import Pool
from kernel.db.transaction import retrying, transaction
from kernel.errors import ConflictError, ValidationError
from kernel.orm import Env, Ports, Registry
from tests.orm.search.finding import Item
from tests.orm.test_access import ALL, USER, ToyPolicy

ISOLATIONS = ("repeatable read", "read committed")


@pytest.fixture
def emptied(pool: Pool, database: str) -> Iterator[str]:
    yield database
    with transaction(pool, database) as tx:
        tx.execute("DELETE FROM find.item")


def items(pool: Pool, database: str, registry: Registry) -> list[tuple[str, str, str]]:
    with transaction(pool, database) as tx:
        found = Env.open(tx, registry, Ports())[Item].search(order="code")
        return [(item.code, item.notes, str(item.kind or "")) for item in found]


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_two_connections_that_upsert_one_key_at_once_leave_one_record_with_the_values_of_both(
    pool: Pool, emptied: str, registry: Registry, isolation: str
) -> None:
    meet = threading.Barrier(2)
    attempts: list[str] = []
    failures: list[Exception] = []

    def upserting(values: dict[str, str]) -> Callable[[], None]:
        def work() -> None:
            with transaction(pool, emptied, isolation) as tx:
                env = Env.open(tx, registry, Ports())
                env[Item].upsert([{"code": "k", "name": "n", **values}], key=["code"])
                attempts.append(str(values))
                if attempts.count(str(values)) == 1:
                    meet.wait(timeout=10)
                env.flush()

        return work

    def begin(values: dict[str, str]) -> None:
        try:
            retrying(upserting(values))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=begin, args=(values,)) for values in ({"notes": "mine"}, {"kind": "old"})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert items(pool, emptied, registry) == [("k", "mine", "old")]
    assert len(attempts) == 3


def test_who_does_not_try_again_is_told_of_a_conflict(pool: Pool, emptied: str, registry: Registry) -> None:
    with pytest.raises(ConflictError, match="created the same record"), transaction(pool, emptied) as first:
        here = Env.open(first, registry, Ports())
        here[Item].upsert([{"code": "k", "name": "first"}], key=["code"])
        with transaction(pool, emptied) as second:
            there = Env.open(second, registry, Ports())
            there[Item].upsert([{"code": "k", "name": "second"}], key=["code"])
            there.flush()
        here.flush()
    assert [code for code, *_ in items(pool, emptied, registry)] == ["k"]


def test_a_key_of_a_record_that_the_user_may_not_see_is_refused_as_taken_at_the_first_attempt(
    pool: Pool, emptied: str, registry: Registry
) -> None:
    policy = ToyPolicy({"find.item": set(ALL)}, {"find.item": Item.notes != "hidden"})
    with transaction(pool, emptied) as tx:
        Env.open(tx, registry, Ports())[Item].create({"code": "k", "name": "n", "notes": "hidden"}).env.flush()
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        with transaction(pool, emptied) as tx:
            user = Env.open(tx, registry, Ports(policy=policy)).as_user(USER)
            user[Item].upsert([{"code": "k", "name": "mine"}, {"code": "free", "name": "x"}], key=["code"])
            user.flush()

    with pytest.raises(ValidationError, match="This code is taken"):
        retrying(work)
    assert len(attempts) == 1
    assert items(pool, emptied, registry) == [("k", "hidden", "")]


def test_a_key_that_is_taken_by_what_was_created_otherwise_is_refused_with_its_message(
    pool: Pool, emptied: str, registry: Registry
) -> None:
    with pytest.raises(ValidationError, match="This code is taken"), transaction(pool, emptied) as tx:
        env = Env.open(tx, registry, Ports())
        env[Item].create([{"code": "k", "name": "a"}, {"code": "k", "name": "b"}])
        env.flush()
