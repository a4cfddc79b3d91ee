"""Transactions: isolation, savepoints, calls after commit, errors, retries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from kernel.db import Pool, Transaction, retrying, transaction
from kernel.db.transaction import is_conflict
from kernel.errors import ConflictError, DeveloperError, TransactionDeadError


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


def test_the_end_commits_and_an_error_rolls_back(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = %s", (1,))
    assert value(pool, numbers) == 1
    with pytest.raises(KeyError), transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 2")
        raise KeyError
    assert value(pool, numbers) == 1


def test_one_transaction_sees_one_state(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as first:
        assert first.rows("SELECT value FROM number") == [(0,)]
        with transaction(pool, numbers) as second:
            second.execute("UPDATE number SET value = 5")
        assert first.rows("SELECT value FROM number") == [(0,)]


def test_read_committed_sees_what_others_commit_where_that_is_wanted(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers, "read committed") as first:
        assert first.isolation == "read committed"
        with transaction(pool, numbers) as second:
            second.execute("UPDATE number SET value = 5")
        assert first.rows("SELECT value FROM number") == [(5,)]


def test_an_unknown_isolation_is_refused(pool: Pool, numbers: str) -> None:
    with pytest.raises(DeveloperError, match='No isolation "chaos"'), transaction(pool, numbers, "chaos"):
        pass


def test_a_read_only_transaction_cannot_write(pool: Pool, numbers: str) -> None:
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        transaction(pool, numbers, read_only=True) as tx,
    ):
        tx.execute("UPDATE number SET value = 1")


def test_statements_are_counted_and_logged_when_asked(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        tx.execute("SELECT 1")
        tx.log = []
        tx.rows("SELECT value FROM number WHERE id = %s", (1,))
        with tx.savepoint():
            tx.executemany("UPDATE number SET value = %s", [(1,), (2,)])
        assert tx.statements == 5
        assert tx.log == [
            "SELECT value FROM number WHERE id = %s",
            "SAVEPOINT s1",
            "UPDATE number SET value = %s",
            "RELEASE SAVEPOINT s1",
        ]


def test_copy_goes_both_ways_and_counts_as_one_statement(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        with tx.copy("COPY number FROM STDIN") as copy:
            for row in ((2, 20), (3, 30)):
                copy.write_row(row)
        assert tx.statements == 1
        with tx.copy("COPY (SELECT id FROM number ORDER BY id) TO STDOUT") as copy:
            assert b"".join(bytes(block) for block in copy) == b"1\n2\n3\n"


def test_a_savepoint_undoes_what_happened_inside(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 1")
        with pytest.raises(ValueError, match="no"), tx.savepoint():
            tx.execute("UPDATE number SET value = 2")
            raise ValueError("no")
        assert tx.rows("SELECT value FROM number") == [(1,)]
    assert value(pool, numbers) == 1


def test_a_database_error_inside_a_savepoint_leaves_the_transaction_alive(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        with pytest.raises(psycopg.errors.UniqueViolation), tx.savepoint():
            tx.execute("INSERT INTO number VALUES (1, 1)")
        assert tx.dead is None
        with tx.savepoint(), pytest.raises(ZeroDivisionError), tx.savepoint():
            raise ZeroDivisionError
        tx.execute("UPDATE number SET value = 7")
    assert value(pool, numbers) == 7


def test_a_dead_transaction_quotes_its_first_error(pool: Pool, numbers: str) -> None:
    with (
        pytest.raises(TransactionDeadError, match="duplicate key") as caught,
        transaction(pool, numbers) as tx,
    ):
        with pytest.raises(psycopg.errors.UniqueViolation):
            tx.execute("INSERT INTO number VALUES (1, 1)")
        tx.execute("SELECT 1")
    assert "savepoint" in caught.value.hint


def test_a_swallowed_error_is_raised_at_commit_instead_of_losing_the_work(pool: Pool, numbers: str) -> None:
    with pytest.raises(TransactionDeadError, match="duplicate key"), transaction(pool, numbers) as tx:
        tx.execute("UPDATE number SET value = 3")
        with pytest.raises(psycopg.errors.UniqueViolation):
            tx.execute("INSERT INTO number VALUES (1, 1)")
    assert value(pool, numbers) == 0


def test_a_swallowed_error_inside_a_savepoint_is_raised_at_its_end(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        with pytest.raises(TransactionDeadError), tx.savepoint(), pytest.raises(psycopg.Error):
            tx.execute("INSERT INTO number VALUES (1, 1)")
        assert tx.rows("SELECT value FROM number") == [(0,)]


def test_calls_after_commit_run_once_it_is_committed(pool: Pool, numbers: str) -> None:
    seen: list[int] = []
    with transaction(pool, numbers) as tx:
        tx.after_commit(lambda: seen.append(value(pool, numbers)))
        tx.execute("UPDATE number SET value = 9")
        assert seen == []
    assert seen == [9]


def test_calls_after_commit_are_dropped_with_the_transaction_or_the_savepoint(pool: Pool, numbers: str) -> None:
    seen: list[str] = []
    with pytest.raises(KeyError), transaction(pool, numbers) as tx:
        tx.after_commit(lambda: seen.append("rolled back"))
        raise KeyError
    with transaction(pool, numbers) as tx:
        tx.after_commit(lambda: seen.append("before"))
        with pytest.raises(KeyError), tx.savepoint():
            tx.after_commit(lambda: seen.append("inside"))
            raise KeyError
        with tx.savepoint():
            tx.after_commit(lambda: seen.append("released"))
    assert seen == ["before", "released"]


def test_a_failing_call_after_commit_is_logged_and_harms_no_other(
    pool: Pool, numbers: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise KeyError

    with transaction(pool, numbers) as tx:
        tx.after_commit(fail)
        tx.after_commit(lambda: seen.append("next"))
    assert seen == ["next"]
    assert "after commit failed" in caplog.text


def add_one(pool: Pool, dsn: str, meet: Callable[[], object] = lambda: None) -> Callable[[], int]:
    """Read, meet the others, write: two of these at once conflict."""

    def work() -> int:
        with transaction(pool, dsn) as tx:
            before = int(tx.rows("SELECT value FROM number WHERE id = 1")[0][0])
            meet()
            tx.execute("UPDATE number SET value = %s WHERE id = 1", (before + 1,))
            return before + 1

    return work


def test_conflicting_work_is_done_again_until_both_are_in(pool: Pool, numbers: str) -> None:
    barrier = threading.Barrier(2)
    first_time = threading.local()

    def meet() -> None:
        if not hasattr(first_time, "met"):
            first_time.met = True
            barrier.wait(timeout=10)

    work = add_one(pool, numbers, meet)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(retrying(work))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [1, 2]
    assert value(pool, numbers) == 2


def test_work_that_always_conflicts_ends_in_a_conflict_error(pool: Pool, numbers: str) -> None:
    tries: list[int] = []

    def disturb() -> None:
        tries.append(1)
        add_one(pool, numbers)()

    with pytest.raises(ConflictError, match="3 attempts failed") as caught:
        retrying(add_one(pool, numbers, disturb), attempts=3)
    assert len(tries) == 3
    assert isinstance(caught.value.__cause__, psycopg.errors.SerializationFailure)


def test_deadlocks_are_retried_too(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        tx.execute("INSERT INTO number VALUES (2, 0)")
    barrier = threading.Barrier(2)

    def work(first: int, second: int) -> Callable[[], None]:
        state = {"met": False}

        def run() -> None:
            with transaction(pool, numbers, "read committed") as tx:
                tx.execute("UPDATE number SET value = value + 1 WHERE id = %s", (first,))
                if not state["met"]:
                    state["met"] = True
                    barrier.wait(timeout=10)
                tx.execute("UPDATE number SET value = value + 1 WHERE id = %s", (second,))

        return run

    threads = [threading.Thread(target=retrying, args=(work(*pair),)) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(pool, numbers) as tx:
        assert tx.rows("SELECT value FROM number ORDER BY id") == [(2,), (2,)]


def test_other_errors_are_not_retried(pool: Pool, numbers: str) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        retrying(work)
    assert tries == [1]


def test_a_conflict_is_seen_through_the_errors_that_wrap_it() -> None:
    wrapped = DeveloperError("a hook failed")
    wrapped.__cause__ = psycopg.errors.SerializationFailure("could not serialize")
    assert is_conflict(wrapped)
    assert not is_conflict(DeveloperError("something else"))


def test_a_swallowed_conflict_is_retried_as_well(pool: Pool, numbers: str) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        with transaction(pool, numbers) as tx:
            tx.rows("SELECT value FROM number")
            if len(tries) == 1:
                add_one(pool, numbers)()
            try:
                tx.execute("UPDATE number SET value = 10")
            except psycopg.Error:
                return

    retrying(work)
    assert len(tries) == 2
    assert value(pool, numbers) == 10


def test_statements_of_one_shape_are_prepared(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        for number in range(8):
            tx.rows("SELECT value FROM number WHERE id = %s", (number,))
        rows = tx.rows("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ("SELECT value%",))
    assert rows[0][0] == 1


def test_a_prepared_statement_whose_columns_changed_is_done_again(pool: Pool, numbers: str) -> None:
    def work() -> list[tuple[object, ...]]:
        with transaction(pool, numbers) as tx:
            return [tx.rows("SELECT * FROM number WHERE id = %s", (1,)) for _ in range(7)][-1]

    assert work() == [(1, 0)]
    with transaction(pool, numbers) as other, transaction(pool, numbers) as tx:
        other.rows("SELECT 1")
        tx.execute("ALTER TABLE number ALTER COLUMN value TYPE text")
    assert retrying(work) == [(1, "0")]


def test_execute_adds_less_than_a_microsecond_to_a_cursor(pool: Pool, numbers: str) -> None:
    with transaction(pool, numbers) as tx:
        bare = Transaction.__new__(Transaction)
        bare.statements, bare.seconds, bare.log, bare.dead = 0, 0.0, None, None
        bare._execute = lambda query, params: tx.cursor
        assert best(lambda: bare.execute("SELECT 1", (1,))) - best(lambda: bare._execute("SELECT 1", (1,))) < 1e-6


def best(call: Callable[[], object], rounds: int = 5, times: int = 5_000) -> float:
    """Seconds of one call in the fastest round."""
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(times):
            call()
        found.append((time.perf_counter() - begin) / times)
    return min(found)
