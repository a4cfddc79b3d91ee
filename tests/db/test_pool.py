"""One bounded pool over several databases."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.pool import Connection
from kernel.db.scratch import scratch_database
from kernel.errors import BusyError


@pytest.fixture
def small(cluster: Cluster) -> Iterator[Pool]:
    pool = Pool(2, wait=0.2)
    yield pool
    pool.close()
    assert pool.open_connections == 0


@pytest.fixture
def dsns(cluster: Cluster) -> Iterator[list[str]]:
    with (
        scratch_database(cluster) as one,
        scratch_database(cluster) as two,
        scratch_database(cluster) as three,
    ):
        yield [one, two, three]


def pid(connection: Connection) -> int:
    return connection.info.backend_pid


def test_a_connection_is_used_again_for_the_same_database(small: Pool, dsns: list[str]) -> None:
    with small.connection(dsns[0]) as first:
        before = pid(first)
    with small.connection(dsns[0]) as second:
        assert pid(second) == before
    assert small.open_connections == 1


def test_the_bound_holds_over_several_databases(small: Pool, dsns: list[str]) -> None:
    for dsn in dsns * 2:
        with small.connection(dsn) as connection:
            connection.execute("SELECT 1")
    assert small.open_connections == 2


def test_the_connection_idle_for_longest_makes_room(small: Pool, dsns: list[str]) -> None:
    kept: dict[str, int] = {}
    for dsn in (dsns[0], dsns[1], dsns[0]):
        with small.connection(dsn) as connection:
            kept[dsn] = pid(connection)
    with small.connection(dsns[2]):
        pass
    with small.connection(dsns[0]) as connection:
        assert pid(connection) == kept[dsns[0]]
    with small.connection(dsns[1]) as connection:
        assert pid(connection) != kept[dsns[1]]


def test_who_finds_no_place_waits_and_is_then_told_to_come_back(small: Pool, dsns: list[str]) -> None:
    with small.connection(dsns[0]), small.connection(dsns[1]):
        begin = time.monotonic()
        with (
            pytest.raises(BusyError, match="All 2 database connections") as caught,
            small.connection(dsns[2]),
        ):
            pass
    assert time.monotonic() - begin >= 0.2
    assert caught.value.status == 503
    assert caught.value.hint


def test_a_place_that_gets_free_is_given_to_who_waits(cluster: Cluster, dsns: list[str]) -> None:
    pool = Pool(1, wait=5)
    entered = threading.Event()

    def hold() -> None:
        with pool.connection(dsns[0]):
            entered.set()
            time.sleep(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    with pool.connection(dsns[1]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    thread.join()
    pool.close()


def test_a_connection_the_server_ended_is_replaced(small: Pool, dsns: list[str], cluster: Cluster) -> None:
    with small.connection(dsns[0]) as connection:
        before = pid(connection)
    with cluster.connect() as operator:
        operator.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))
    with small.connection(dsns[0]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert pid(connection) != before


def test_a_connection_left_inside_a_transaction_does_not_come_back(small: Pool, dsns: list[str]) -> None:
    with small.connection(dsns[0]) as connection:
        connection.execute("BEGIN")
        before = pid(connection)
    with small.connection(dsns[0]) as connection:
        assert pid(connection) != before
    assert small.open_connections == 1


def test_connections_speak_utc_and_json(small: Pool, dsns: list[str]) -> None:
    query = """SELECT timestamptz '2026-01-01 12:00+02', '{"a": [1, null]}'::jsonb"""
    with small.connection(dsns[0]) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    assert row[0].isoformat() == "2026-01-01T10:00:00+00:00"
    assert row[1] == {"a": [1, None]}


def test_a_database_that_is_not_there_is_a_busy_error_and_takes_no_place(small: Pool, cluster: Cluster) -> None:
    with (
        pytest.raises(BusyError, match='database "tenon_missing" is gone'),
        small.connection(cluster.dsn("tenon_missing")),
    ):
        pass
    assert small.open_connections == 0


def test_idle_connections_can_be_forgotten(small: Pool, dsns: list[str]) -> None:
    with small.connection(dsns[0]), small.connection(dsns[1]):
        pass
    small.forget(dsns[0])
    assert small.open_connections == 1


def test_a_connection_lent_while_the_pool_closes_is_closed_on_return(cluster: Cluster, dsns: list[str]) -> None:
    pool = Pool(1)
    with pool.connection(dsns[0]) as connection:
        pool.close()
    assert connection.closed
    assert pool.open_connections == 0


def test_a_forked_process_opens_its_own_connections(small: Pool, dsns: list[str]) -> None:
    with small.connection(dsns[0]) as connection:
        before = pid(connection)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with small.connection(dsns[0]) as own:
                os.write(writer, str(pid(own)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        assert answer.read() not in ("", str(before))
    with small.connection(dsns[0]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert pid(connection) == before


def test_many_threads_over_three_databases_stay_within_the_bound(dsns: list[str]) -> None:
    pool = Pool(4, wait=10)
    most: list[int] = []
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                with pool.connection(dsns[(number + step) % 3]) as connection:
                    connection.execute("SELECT 1")
                    most.append(pool.open_connections)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()
    assert not failures
    assert max(most) <= 4
