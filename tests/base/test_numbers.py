"""Numbers of records: in order, without gaps or without waiting, by company and period, kept for ever."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from addons.base.models import Company, Counter, Sequence
from addons.base.numbers import BaseNumbers, declare_all
from kernel.addons import Tenant
from kernel.addons.lifecycle.backfill import compute_again
from kernel.errors import DeveloperError, TenonError, UserError, ValidationError
from kernel.orm import Env, Model, fields
from kernel.orm.ports import NumberFor, NumberSeries
from kernel.orm.writing.number_pattern import check_pattern, number_text

YEAR = dt.datetime.now(dt.UTC).year


def bills(env: Env) -> Model:
    return env.model("depot.bill")


def series(env: Env, field: str) -> Sequence:
    return env[Sequence].search(Sequence.key == f"depot.bill.{field}")


@pytest.fixture
def emptied(tenant: Tenant) -> Iterator[Tenant]:
    """A tenant in which transactions are really committed; its bills and counters are gone afterwards."""
    yield tenant

    def forget(env: Env) -> None:
        bills(env).search().delete()
        env[Counter].search().delete()

    tenant.run(forget, why="a test is over")


# -- what is drawn -----------------------------------------------------------------------------------------
def test_numbers_are_in_the_order_of_creation_and_in_one_statement_for_a_batch(
    env: Env,
) -> None:
    bills(env).create({"label": "first"})
    env.flush()
    before = env.tx.statements
    made = bills(env).create([{"label": str(at)} for at in range(1000)])
    env.flush()
    assert env.tx.statements - before <= 12  # ids, the company, three series, COPY
    assert made.mapped("number") == [f"B-{YEAR}-{at:04}" for at in range(2, 1002)]
    assert [ticket[0] for ticket in made.mapped("ticket")] == ["T"] * 1000
    assert len(set(made.mapped("ticket"))) == 1000
    (row,) = env.tx.rows("SELECT count(*), count(DISTINCT number), min(heading) FROM depot.bill")
    assert row == (1001, 1001, f"B-{YEAR}-0001 first")  # a compute that uses the number is in the INSERT, too


def test_a_number_that_is_read_before_the_flush_is_the_one_that_is_written(env: Env) -> None:
    bill = bills(env).create({"label": "x"})
    number = bill.number  # type: ignore[attr-defined]
    assert number == f"B-{YEAR}-0001"
    env.flush()
    env.invalidate()
    assert bill.number == number  # type: ignore[attr-defined]
    assert bill.heading == f"{number} x"  # type: ignore[attr-defined]


def test_each_company_and_each_year_counts_by_itself(env: Env) -> None:
    other = env[Company].create(
        {"name": "Other", "currency": env.ref("base.currency_usd"), "language": env.ref("base.lang_en")}
    )
    first = env[Company].search(order="id", limit=1)
    days = [(first, 2031), (other, 2031), (first, 2030), (first, 2031), (None, 2031), (other, 2031)]
    made = bills(env).create([{"company": company, "day": dt.date(year, 5, 1)} for company, year in days])
    assert made.mapped("number") == [
        "B-2031-0001", "B-2031-0001", "B-2030-0001", "B-2031-0002", "B-2031-0001", "B-2031-0002",
    ]  # fmt: skip
    with pytest.raises(ValidationError, match="Number"), env.savepoint():
        env.flush()  # this model wants them once over all companies, and says so


@pytest.mark.parametrize(
    ("tz", "number"), [("UTC", "B-2030-0001"), ("Pacific/Auckland", "B-2031-0001"), ("America/New_York", "B-2030-0001")]
)
def test_a_year_begins_by_the_clock_of_the_company(
    env: Env, tz: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = env[Company].search(order="id", limit=1)
    company.tz = tz
    env.flush()
    monkeypatch.setattr(Env, "now", lambda self: dt.datetime(2030, 12, 31, 22, 30, tzinfo=dt.UTC))
    assert bills(env).create({"company": company}).number == number  # type: ignore[attr-defined]


def test_a_copy_gets_a_number_of_its_own_and_given_numbers_are_kept(env: Env) -> None:
    bill = bills(env).create({"label": "x"})
    copied = bill.copy()
    given = bills(env).create([{"number": "OLD-7"}, {"number": ""}, {}])
    assert bill.number != copied.number  # type: ignore[attr-defined]
    assert given.mapped("number") == ["OLD-7", f"B-{YEAR}-0003", f"B-{YEAR}-0004"]
    bill.write(label="y")
    env.flush()
    assert bill.number == f"B-{YEAR}-0001"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="already used"), env.savepoint():
        bills(env).create({"number": "OLD-7"})


def test_a_draft_uses_up_no_number(env: Env) -> None:
    draft = bills(env).draft({"label": "x"})
    assert draft.number == ""  # type: ignore[attr-defined]
    assert draft.save().number == f"B-{YEAR}-0001"  # type: ignore[attr-defined]


def test_what_has_a_number_keeps_it_when_values_are_computed_again(env: Env) -> None:
    made = bills(env).create([{"label": "a"}, {"label": "b"}])
    env.flush()
    env.tx.execute("UPDATE depot.bill SET ticket = '' WHERE id = %s", (made[1].id,))
    before = made.mapped("number")
    env.invalidate()
    compute_again(env, [("depot.bill", "number"), ("depot.bill", "ticket")])
    assert made.mapped("number") == before
    assert all(made.mapped("ticket"))  # one that has none gets one: so old records of a new field are numbered


# -- two at one moment -------------------------------------------------------------------------------------
def at_once(*works: Callable[[], None]) -> list[BaseException]:
    failures: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


@pytest.mark.parametrize("isolation", ["repeatable read", "read committed"])
def test_transactions_at_one_moment_leave_no_gap_and_give_no_number_twice(emptied: Tenant, isolation: str) -> None:
    both = threading.Barrier(3, timeout=20)

    def adds(rounds: int, fails: bool) -> Callable[[], None]:
        def work() -> None:
            both.wait()
            for turn in range(rounds):

                def once(env: Env, turn: int = turn) -> None:
                    bills(env).create([{"label": "a"}, {"label": "b"}])
                    env.flush()
                    if fails and turn % 2:
                        raise UserError("Undone.")

                try:
                    emptied.run(once, why="a test", isolation=isolation)
                except UserError:
                    assert fails

        return work

    assert at_once(adds(4, False), adds(4, True), adds(4, False)) == []
    with emptied.env(why="a test") as env:
        numbers = sorted(bills(env).search().mapped("number"))
        tickets = bills(env).search().mapped("ticket")
    assert numbers == [f"B-{YEAR}-{at:04}" for at in range(1, 21)]  # (4 + 2 + 4) times two, and nothing between
    assert len(set(tickets)) == 20


def test_numbers_with_gaps_wait_for_nobody(emptied: Tenant) -> None:
    def begin(env: Env) -> None:
        BaseNumbers().draw(env, NumberSeries("depot.bill.ticket", "Ticket", "T{seq}"), [NumberFor()])

    emptied.run(begin, why="a test")
    mine = NumberSeries("depot.bill.ticket", "Ticket", "T{seq}")
    with emptied.env(why="a test") as one, emptied.env(why="a test") as two:
        two.tx.execute("SET LOCAL lock_timeout = '2s'")
        first = BaseNumbers().draw(one, mine, [NumberFor()])
        second = BaseNumbers().draw(two, mine, [NumberFor()])
    assert (first, second) == (["T2"], ["T3"])


# -- administrators ----------------------------------------------------------------------------------------
def test_the_series_of_an_addon_are_there_once_it_is_installed(env: Env) -> None:
    found = series(env, "number")
    assert (found.pattern, found.gapless, found.by_company, found.period) == ("B-{year}-{seq:04}", True, True, "year")
    assert found.name == "Bill: Number"


def test_an_administrator_changes_pattern_and_next_number(env: Env, ada: int) -> None:
    bills(env).create({"company": None})
    env.flush()
    admin = env.as_user(ada)
    mine = series(admin, "number")
    mine.pattern = "X{yy}-{seq:06}"
    counter = mine.counters
    assert counter.upcoming == 2
    counter.upcoming = 500
    other = series(admin, "ticket").counters
    other.upcoming = 90
    admin.flush()
    bill = bills(env).create({"company": None})
    assert bill.number == f"X{YEAR % 100:02}-000500"  # type: ignore[attr-defined]
    assert bill.ticket == "T90"  # type: ignore[attr-defined]
    env.flush()
    env.invalidate()
    assert (counter.upcoming, other.upcoming) == (501, 91)
    with pytest.raises(ValidationError, match="begin at 1"), env.savepoint():
        counter.upcoming = 0


def test_an_upgrade_takes_over_a_pattern_that_nobody_changed(env: Env) -> None:
    mine, ticket = series(env, "number"), series(env, "ticket")
    mine.write(pattern="OLD-{year}-{seq}", declared="OLD-{year}-{seq}")
    ticket.write(pattern="MINE-{seq}", declared="OLD-{seq}")
    declare_all(env, "depot")
    assert (mine.pattern, ticket.pattern, ticket.declared) == ("B-{year}-{seq:04}", "MINE-{seq}", "T{seq}")


def test_people_without_the_right_may_not_touch_a_series(env: Env, bob: int) -> None:
    with pytest.raises(TenonError):
        env.as_user(bob)[Sequence].search()
    bills(env).create({"label": "x"})
    env.flush()
    assert env[Counter].count() == 3


def test_a_pattern_with_the_company_needs_its_code(env: Env) -> None:
    series(env, "ticket").pattern = "{company}/{seq}"
    env.flush()
    company = env[Company].search(order="id", limit=1)
    with pytest.raises(TenonError, match="no code"), env.savepoint():
        bills(env).create({"company": company})
        env.flush()
    company.code = "ACME"
    env.flush()
    assert bills(env).create({"company": company}).ticket == "ACME/1"  # type: ignore[attr-defined]


# -- patterns ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pattern", "period", "text"),
    [
        ("INV", "", "needs {seq} once"), ("{seq}{seq}", "", "once"), ("{seq:5}", "", "number of digits"),
        ("{seq:099}", "", "number of digits"), ("{seq!r}", "", "none of"), ("{user}-{seq}", "", "none of"),
        ("{year:02}{seq}", "", "none of"), ("{seq", "", "expected"), ("{seq.real}", "", "none of"),
        ("{seq}", "year", "needs {year}"), ("{year}-{seq}", "month", "needs {month}"),
        ("x" * 60 + "{seq}", "", "too long"),
    ],
)  # fmt: skip
def test_a_pattern_that_gives_no_number_is_refused(env: Env, pattern: str, period: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        check_pattern(pattern, period)


def test_patterns_are_checked_where_they_are_declared_and_where_they_are_edited(env: Env) -> None:
    with pytest.raises(DeveloperError, match="once"):
        fields.Number("Number", pattern="INV")
    bad: Any = "week"
    with pytest.raises(DeveloperError, match="none of company, year, month"):
        fields.Number("Number", per=bad)
    with pytest.raises(ValidationError, match="needs"), env.savepoint():
        series(env, "number").pattern = "B-{seq}"


def test_a_pattern_shows_the_day_and_the_company() -> None:
    day = dt.date(2026, 3, 9)
    assert number_text("{company}/{yy}{month}{day}-{seq:03}", 7, day, "ACME") == "ACME/260309-007"
    assert number_text("{{{year}}} {seq}", 12345, day) == "{2026} 12345"
