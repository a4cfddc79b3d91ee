"""Two connections at one moment: no stored sum loses a value."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from kernel.db import Pool
from kernel.db.transaction import retrying, transaction
from kernel.orm import Env, Ports, Registry
from tests.orm.toys import LoyalPartner, Purchase


@pytest.fixture
def parent(pool: Pool, toy_database: str, registry: Registry) -> Iterator[int]:
    with transaction(pool, toy_database) as tx:
        env = Env.open(tx, registry, Ports())
        id = env[LoyalPartner].create({"name": "Anna"}).id
        env.flush()
    yield id
    with psycopg.connect(toy_database, autocommit=True) as connection:
        connection.execute("TRUNCATE toy.partner CASCADE")


def test_two_connections_add_lines_to_one_parent_and_the_stored_sum_is_right(
    pool: Pool, toy_database: str, registry: Registry, parent: int
) -> None:
    both_have_read = threading.Barrier(2, timeout=20)
    attempts: list[int] = []
    failures: list[BaseException] = []

    def add(number: int) -> None:
        first = True

        def work() -> None:
            nonlocal first
            with transaction(pool, toy_database) as tx:
                env = Env.open(tx, registry, Ports())
                partner = env[LoyalPartner].browse(parent)
                attempts.append(number)
                _ = partner.points
                if first:
                    first = False
                    both_have_read.wait()
                env[Purchase].create({"reference": f"t{number}", "partner": partner, "amount": 100})
                env.flush()

        try:
            retrying(work)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(attempts) > 2  # one of them had to begin anew
    with psycopg.connect(toy_database) as connection:
        row = connection.execute("SELECT points FROM toy.partner WHERE id = %s", (parent,)).fetchone()
        assert row == (20,)
