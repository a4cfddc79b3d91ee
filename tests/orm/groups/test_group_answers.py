"""What a group says: filled periods, sums of money, labels, arrays, first records; and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.db.transaction import Transaction
from kernel.errors import ValidationError
from kernel.orm import Env
from kernel.orm.domains.operators import DomainError
from tests.orm.groups.till import Clocks, Sale, sale


def test_fill_over_a_range_gives_every_month_of_it_also_without_records(env: Env) -> None:
    groups = env[Sale].group(by=["day:month"], aggregates=["pieces:sum", "score:avg", "amount:sum"],
                             fill=("2026-01-15", dt.date(2026, 3, 2)))  # fmt: skip
    assert [group["day:month"] for group in groups] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert [group["day:month:label"] for group in groups] == ["January 2026", "February 2026", "March 2026"]
    assert {(group["count"], group["pieces:sum"], group["score:avg"]) for group in groups} == {(0, 0, None)}
    assert groups[0]["amount:sum"] == []


def test_with_further_keys_each_combination_that_has_records_gets_all_periods(env: Env, world: dict[str, Any]) -> None:
    env[Sale].create(
        [
            sale("2026-01-05", clerk=world["clerks"][0], kind="web"),
            sale("2026-03-05", clerk=world["clerks"][1], kind="shop"),
            sale(None, clerk=world["clerks"][1], kind="shop"),
        ]
    )
    groups = env[Sale].group(by=["clerk", "day:month"], fill=True)
    found = [(group["clerk:label"], group["day:month"], group["count"]) for group in groups]
    assert found == [
        ("Bob", "2026-01-01", 0), ("Bob", "2026-02-01", 0), ("Bob", "2026-03-01", 1), ("Bob", None, 1),
        ("Ann", "2026-01-01", 1), ("Ann", "2026-02-01", 0), ("Ann", "2026-03-01", 0),
    ]  # fmt: skip
    page = env[Sale].group(by=["clerk", "day:month"], fill=True, order="clerk desc, day:month desc", limit=2, offset=1)
    assert [(group["clerk:label"], group["day:month"]) for group in page] == [
        ("Ann", "2026-02-01"), ("Ann", "2026-01-01"),
    ]  # fmt: skip


def test_hours_are_filled_without_the_one_that_the_clock_leaves_out(env: Env, clocks: Clocks) -> None:
    clocks.tz = "Europe/Berlin"
    env[Sale].create([{"at": dt.datetime(2026, 3, 28, 23, 30, tzinfo=dt.UTC)},
                      {"at": dt.datetime(2026, 3, 29, 2, 30, tzinfo=dt.UTC)}])  # fmt: skip
    groups = env[Sale].group(by=["at:hour"], fill=True)
    assert [group["at:hour"][11:13] for group in groups] == ["00", "01", "03", "04"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"by": ["kind"], "fill": True}, "Only periods"),
        ({"by": ["at:hour"], "fill": ("1900-01-01", "2100-01-01")}, "more than 10,000"),
        ({"by": ["day:month"], "fill": ("2026-02-01", "2026-01-01")}, "before"),
        ({"by": ["day:month"], "fill": ("soon", "later")}, "first and the last day"),
        ({"by": ["day:month"], "fill": True, "order": "count desc"}, "order of their keys"),
        ({"by": ["day:month"], "fill": True, "having": ("count", ">", 1)}, "do not go together"),
        ({"by": ["kind"], "having": ("pieces", ">", 1)}, "no aggregate"),
        ({"by": ["kind"], "having": ("pieces:sum", "like", "1")}, "cannot be compared"),
        ({"by": ["kind"], "having": ("count", ">", "1")}, "whole number"),
        ({"by": ["kind"], "having": ("clerk", "any", [])}, "follows no relations"),
        ({"by": ["kind"], "having": ("amount:sum", ">", 1)}, "several currencies"),
        ({"by": ["kind"], "aggregates": ["amount:sum"], "order": "amount:sum desc"}, "several currencies"),
        ({"by": ["kind"], "aggregates": ["paid:bool_and"]}, 'Did you mean "all"'),
        ({"by": ["kind"], "aggregates": ["pieces"]}, "is no aggregate"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(env: Env, options: dict[str, Any], text: str) -> None:
    with pytest.raises(DomainError, match=text):
        env[Sale].group(**options)


def test_a_value_of_the_wrong_type_in_having_is_refused(env: Env) -> None:
    with pytest.raises(ValidationError):
        env[Sale].group(by=["kind"], having=("pieces:sum", ">", "many"))


# -- money -------------------------------------------------------------------------------------------------
def test_money_in_several_currencies_gives_one_sum_each(env: Env, world: dict[str, Any]) -> None:
    euro, dollar = world["coins"]
    env[Sale].create(
        [
            {"kind": "web", "amount": Decimal(10), "coin": euro},
            {"kind": "web", "amount": Decimal(3), "coin": dollar},
            {"kind": "web", "amount": Decimal(5), "coin": dollar},
            {"kind": "shop", "amount": Decimal("2.50"), "coin": euro},
        ]
    )
    web, shop = env[Sale].group(by=["kind"], aggregates=["amount:sum", "amount:max", "pieces:sum"], order="kind desc")
    assert web["amount:sum"] == [
        {"currency": "EUR", "amount": "10.0000"}, {"currency": "USD", "amount": "8.0000"},
    ]  # fmt: skip
    assert web["amount:max"][1] == {"currency": "USD", "amount": "5.0000"}
    assert shop["amount:sum"] == [{"currency": "EUR", "amount": "2.5000"}]
    (whole,) = env[Sale].group(aggregates=["amount:sum"])
    assert [part["amount"] for part in whole["amount:sum"]] == ["12.5000", "8.0000"]


def test_groups_of_one_currency_are_ordered_and_compared_by_money(env: Env, world: dict[str, Any]) -> None:
    euro, dollar = world["coins"]
    env[Sale].create([{"amount": Decimal(10), "coin": euro}, {"amount": Decimal(30), "coin": dollar}])
    found = env[Sale].group(
        by=["coin"], aggregates=["amount:sum"], order="amount:sum desc", having=("amount:sum", ">", "5.00")
    )
    assert [group["coin:label"] for group in found] == ["USD", "EUR"]


def test_one_currency_takes_one_statement_for_the_sums_and_several_take_two(
    env: Env, world: dict[str, Any], tx: Transaction
) -> None:
    euro, dollar = world["coins"]
    env[Sale].create([{"kind": "web", "amount": Decimal(1), "coin": euro} for _ in range(5)])
    env.flush()
    before = tx.statements
    env[Sale].group(by=["kind"], aggregates=["amount:sum"])
    assert tx.statements - before == 1  # the title of the currency is known already
    env[Sale].create({"kind": "web", "amount": Decimal(1), "coin": dollar})
    env.flush()
    before = tx.statements
    env[Sale].group(by=["kind"], aggregates=["amount:sum"])
    assert tx.statements - before == 2


# -- labels, aggregates, records ---------------------------------------------------------------------------
def test_labels_are_what_a_person_reads_in_the_language_of_the_env(env: Env, world: dict[str, Any]) -> None:
    env[Sale].create([sale("2026-11-22", kind="web", clerk=world["clerks"][0], paid=True), sale(None)])

    def labels(key: str, language: str = "en") -> list[str]:
        return [group[f"{key}:label"] for group in env.with_language(language)[Sale].group(by=[key])]

    assert labels("day:month") == ["November 2026", "Not set"]
    assert labels("day:month", "de") == ["November 2026", "Not set"]
    assert labels("day:month", "fr")[0] == "novembre 2026"
    assert labels("day:week")[0] == "W47 2026"
    assert labels("day:quarter")[0] == "Q4 2026"
    assert labels("day:year")[0] == "2026"
    assert labels("day:weekday")[0] == "Sunday"
    assert labels("day")[0] == "Nov 22, 2026"
    assert labels("kind") == ["On the web", "Not set"]
    assert labels("paid") == ["No", "Yes"]
    assert labels("clerk") == ["Ann", "Not set"]
    assert labels("day:month", "xx") == ["November 2026", "Not set"]


def test_arrays_and_truths_and_durations(env: Env, world: dict[str, Any]) -> None:
    ann, bob, _ = world["clerks"]
    rows = [
        {"clerk": ann, "paid": True, "wait": dt.timedelta(minutes=1), "kind": "web"},
        {"clerk": bob, "wait": dt.timedelta(minutes=2), "kind": "web"},
        {"kind": "web"},
    ]
    made = env[Sale].create(rows)
    (group,) = env[Sale].group(
        by=["kind"],
        aggregates=["id:array", "clerk:array", "clerk:count_distinct", "paid:all", "paid:any", "wait:sum", "wait:avg"],
    )
    assert group["id:array"] == list(made.ids)
    assert group["clerk:array"] == [ann.id, bob.id]
    assert (group["clerk:count_distinct"], group["paid:all"], group["paid:any"]) == (2, False, True)
    assert (group["wait:sum"], group["wait:avg"]) == (180, 60)


def test_keys_may_be_fields_and_parts_of_dates(env: Env) -> None:
    env[Sale].create(sale("2026-11-22", kind="web"))
    (group,) = env[Sale].group(by=[Sale.kind, Sale.day.part("month")])
    assert (group["kind"], group["day:month"]) == ("web", "2026-11-01")


def test_the_first_records_of_each_group_take_one_query_more(env: Env, world: dict[str, Any], tx: Transaction) -> None:
    clerks = world["clerks"]
    env[Sale].create([{"clerk": clerks[at % 3], "text": str(at), "pieces": at} for at in range(30)])
    env.flush()
    env.invalidate()
    before = tx.statements
    groups = env[Sale].group_read(
        by=["clerk"], spec=["text", "clerk"], aggregates=["pieces:sum"], first=3, first_order="pieces desc"
    )
    assert tx.statements - before <= 5
    assert {group["clerk:label"]: [each["text"] for each in group["records"]] for group in groups} == {
        "Bob": ["28", "25", "22"], "Ann": ["27", "24", "21"], "Boss": ["29", "26", "23"],
    }  # fmt: skip
    page = env[Sale].group_read(by=["clerk"], spec=["text"], limit=1, offset=1, first=2)
    assert [[each["text"] for each in group["records"]] for group in page] == [["0", "3"]]
