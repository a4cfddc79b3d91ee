"""Counters outlive the addon whose records they number; numbers that are given leave them alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from addons.base.models import Company, Counter
from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.db.tenants import drop_database
from kernel.errors import ValidationError
from kernel.orm import Env

DAY = dt.date(2031, 5, 1)


@pytest.fixture
def own(runtime: Runtime) -> Iterator[Tenant]:
    """A tenant of this test alone."""
    made = create_tenant(runtime, "numbered", ["depot"])
    yield made
    runtime.pool.forget(made.row.dsn)
    drop_database(runtime.cluster, runtime.control, made.row)


def make(tenant: Tenant, count: int) -> list[tuple[str, str]]:
    def work(env: Env) -> list[tuple[str, str]]:
        made = env.model("depot.bill").create([{"day": DAY} for _ in range(count)])
        return [(bill.number, bill.ticket) for bill in made]  # type: ignore[attr-defined]

    return tenant.run(work, why="a test")


@pytest.mark.parametrize("fresh", [False, True])
def test_counters_go_on_where_they_were_after_an_uninstall_and_an_install(
    runtime: Runtime, own: Tenant, fresh: bool
) -> None:
    assert make(own, 2) == [("B-2031-0001", "T1"), ("B-2031-0002", "T2")]
    execute_uninstall(runtime, plan_uninstall(runtime, own, ["depot"]))
    with own.env(why="a test") as env:
        assert env[Counter].count() == 3
    execute(runtime, plan_install(runtime, own, ["depot"], fresh=fresh))
    with own.env(why="a test") as env:
        assert env.model("depot.bill").count() == (0 if fresh else 2)
    assert make(own, 1) == [("B-2031-0003", "T3")]


def test_a_year_that_turns_between_two_records_begins_anew_and_the_old_year_goes_on(
    env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = env[Company].search(order="id", limit=1)
    company.tz = "Europe/Lisbon"
    env.flush()
    bills = env.model("depot.bill")
    seen = []
    for moment in (
        dt.datetime(2031, 12, 31, 23, 59, tzinfo=dt.UTC),
        dt.datetime(2032, 1, 1, 0, 0, tzinfo=dt.UTC),
        dt.datetime(2032, 6, 30, 23, 30, tzinfo=dt.UTC),  # summer: it is July there
    ):
        monkeypatch.setattr(Env, "now", lambda self, moment=moment: moment)
        bill = bills.create({"company": company})
        seen.append((bill.number, bill.monthly))  # type: ignore[attr-defined]
    assert seen == [("B-2031-0001", "3112/1"), ("B-2032-0001", "3201/1"), ("B-2032-0002", "3207/1")]
    late = bills.create({"company": company, "day": dt.date(2031, 12, 31)})
    assert late.number == "B-2031-0002"  # type: ignore[attr-defined]


def test_an_import_with_given_numbers_keeps_them_finds_them_and_draws_for_the_rest(env: Env) -> None:
    bills = env.model("depot.bill")
    rows = [
        {"number": "OLD-1", "label": "a", "day": DAY},
        {"number": "OLD-2", "label": "b", "day": DAY},
    ]
    first = bills.upsert(rows, key=["number"])
    again = bills.upsert([{"number": "OLD-2", "label": "c"}, {"number": "OLD-3", "day": DAY}], key=["number"])
    drawn = bills.create([{"day": DAY}, {"day": DAY, "number": "OLD-4"}, {"day": DAY}])
    env.flush()
    env.invalidate()
    assert (first | again).mapped("number") == ["OLD-1", "OLD-2", "OLD-3"]
    assert first.mapped("label") == ["a", "c"]
    assert drawn.mapped("number") == ["B-2031-0001", "OLD-4", "B-2031-0002"]


def test_a_given_number_that_the_counter_would_reach_is_refused_when_it_is_drawn_and_nothing_is_lost(env: Env) -> None:
    bills = env.model("depot.bill")
    bills.create({"day": DAY, "number": "B-2031-0001"})
    env.flush()
    with pytest.raises(ValidationError, match="already used") as caught, env.savepoint():
        bills.create({"day": DAY})
        env.flush()
    assert caught.value.field == "number"
    assert bills.count() == 1
