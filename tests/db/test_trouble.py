"""What the server cannot do: the error a caller gets, what has become of the transaction, and the pool after it."""

from __future__ import annotations

import time

import pytest
from psycopg import errors as pg

from kernel.db import Cluster, Pool, Transaction, retrying, transaction
from kernel.errors import BusyError, ConflictError, DeveloperError, TransactionDeadError, ValidationError


@pytest.fixture
def numbers(pool: Pool, database: str) -> str:
    """A database with a table of one row: number(id=1, value=0)."""
    with transaction(pool, database) as tx:
        tx.execute("CREATE TABLE number (id int PRIMARY KEY, value int NOT NULL)")
        tx.execute("INSERT INTO number VALUES (1, 0)")
    return database


def value(pool: Pool, dsn: str) -> int:
    with transaction(pool, dsn) as tx:
        return int(tx.rows("SELECT value FROM number WHERE id = 1")[0][0])


def end_connection(cluster: Cluster, tx: Transaction) -> None:
    """The server ends the connection, as at a restart."""
    with cluster.connect() as other:
        pid = tx.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        for _ in range(200):
            if not other.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
                return
            time.sleep(0.01)


def test_waiting_too_long_for_a_lock_is_busy_and_a_savepoint_saves_the_transaction(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as first:
        first.execute("UPDATE number SET value = 1")
        with transaction(pool, numbers) as second:
            second.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(BusyError) as caught, second.savepoint():
                second.execute("UPDATE number SET value = 2")
            assert caught.value.error_code == "locked"
            assert isinstance(caught.value.__cause__, pg.LockNotAvailable)
            second.execute("INSERT INTO number VALUES (2, 0)")
    with transaction(pool, numbers) as tx:
        assert tx.rows("SELECT id, value FROM number ORDER BY id") == [(1, 1), (2, 0)]


def test_a_statement_that_takes_too_long_is_busy_and_outside_of_a_savepoint_the_transaction_is_dead(
    pool: Pool, numbers: str
) -> None:
    with pytest.raises(TransactionDeadError, match="statement timeout"), transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 5")
        tx.execute("SET LOCAL statement_timeout = '20ms'")
        with pytest.raises(BusyError) as caught:
            tx.execute("SELECT pg_sleep(5)")
        assert caught.value.error_code == "timeout"
        with pytest.raises(TransactionDeadError, match="statement timeout"):
            tx.execute("SELECT 1")
    assert value(pool, numbers) == 0


def test_a_statement_that_somebody_cancels_is_busy(pool: Pool, numbers: str) -> None:
    with pytest.raises(BusyError) as caught, transaction(pool, numbers) as tx:
        tx.execute("DO $$ BEGIN RAISE EXCEPTION 'cancelled' USING ERRCODE = '57014'; END $$")
    assert caught.value.error_code == "timeout"


def test_a_connection_lost_in_the_middle_is_busy_saves_nothing_and_does_not_go_back_to_the_pool(
    pool: Pool, numbers: str, cluster: Cluster
) -> None:
    before = pool.open_connections
    with pytest.raises(BusyError, match="nothing was saved"), transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 7")
        end_connection(cluster, tx)
        tx.execute("SELECT 1")
    assert pool.open_connections <= before
    assert value(pool, numbers) == 0


def test_after_a_lost_connection_every_statement_and_every_savepoint_quotes_the_loss(
    pool: Pool, numbers: str, cluster: Cluster
) -> None:
    with pytest.raises(TransactionDeadError), transaction(pool, numbers) as tx:
        with pytest.raises(BusyError), tx.savepoint():
            end_connection(cluster, tx)
            tx.execute("SELECT 1")
        with pytest.raises(TransactionDeadError, match="terminating connection"):
            tx.execute("SELECT 1")
        with pytest.raises(TransactionDeadError), tx.savepoint():
            pass
        with pytest.raises(TransactionDeadError):
            tx.executemany("INSERT INTO number VALUES (%s, 0)", [(3,)])


def test_a_connection_lost_before_the_rollback_does_not_hide_what_went_wrong(
    pool: Pool, numbers: str, cluster: Cluster
) -> None:
    with pytest.raises(ValidationError, match="mine"), transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 7")
        end_connection(cluster, tx)
        raise ValidationError("mine")
    assert value(pool, numbers) == 0


def test_a_connection_lost_at_the_commit_says_that_nobody_knows_and_no_call_after_commit_runs(
    pool: Pool, numbers: str, cluster: Cluster
) -> None:
    calls: list[str] = []
    with pytest.raises(BusyError) as caught, transaction(pool, numbers) as tx:
        tx.after_commit(lambda: calls.append("done"))
        tx.execute("UPDATE number SET value = 7")
        end_connection(cluster, tx)
    assert caught.value.error_code == "unsure"
    assert calls == []


def test_more_values_than_a_statement_can_have_say_how_many_and_what_to_do(pool: Pool, numbers: str) -> None:
    marks = ", ".join(["%s"] * 65_536)
    with pytest.raises(DeveloperError, match="65,535") as caught, transaction(pool, numbers) as tx:
        tx.execute(f"SELECT 1 WHERE 1 IN ({marks})", list(range(65_536)))
    assert "array" in caught.value.hint
    assert value(pool, numbers) == 0


def test_a_sort_that_finds_no_room_on_the_disk_is_busy(pool: Pool, cluster: Cluster) -> None:
    with pytest.raises(BusyError) as caught, transaction(pool, cluster.dsn("postgres")) as tx:
        tx.execute("SET LOCAL temp_file_limit = 0")
        tx.execute("SET LOCAL work_mem = '64kB'")
        tx.rows("SELECT n FROM generate_series(1, 200000) n ORDER BY mod(n, 7), n DESC")
    assert caught.value.error_code == "no_room"
    assert isinstance(caught.value.__cause__, pg.ConfigurationLimitExceeded)


@pytest.mark.parametrize("state", ["53000", "53100", "53200", "53300", "53400", "58000", "58030", "58P01", "XX001"])
def test_no_disk_no_memory_and_broken_files_are_busy_and_quote_nothing_of_the_server(
    pool: Pool, numbers: str, state: str
) -> None:
    with pytest.raises(BusyError) as caught, transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 9")
        tx.execute(f"DO $$ BEGIN RAISE EXCEPTION 'in /srv/base/1' USING ERRCODE = '{state}'; END $$")
    assert caught.value.error_code == "no_room"
    assert "/srv" not in str(caught.value)
    assert value(pool, numbers) == 0


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_who_does_not_try_again_gets_a_conflict_error_and_who_does_gets_five_attempts(
    pool: Pool, numbers: str, state: str
) -> None:
    tries: list[int] = []
    calls: list[str] = []

    def work() -> None:
        with transaction(pool, numbers) as tx:
            tries.append(1)
            tx.execute("UPDATE number SET value = value + 1")
            tx.after_commit(lambda: calls.append("done"))
            if len(tries) < 6:
                tx.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    with pytest.raises(ConflictError, match="at the same moment"):
        work()
    tries.clear()
    with pytest.raises(ConflictError, match="5 attempts failed"):
        retrying(work)
    assert (len(tries), calls, value(pool, numbers)) == (5, [], 0)
    tries.append(1)
    retrying(work)
    assert (calls, value(pool, numbers)) == (["done"], 1)


def test_the_pauses_between_attempts_grow_and_differ(pool: Pool, numbers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    def work() -> None:
        raise pg.SerializationFailure

    for _ in range(2):
        with pytest.raises(ConflictError):
            retrying(work)
    first, second = pauses[:4], pauses[4:]
    assert len(second) == 4
    for place, pause in enumerate(first):
        assert 0.005 * 2**place <= pause <= 0.01 * 2**place
    assert first != second
