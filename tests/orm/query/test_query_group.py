"""Groups against PostgreSQL: the same counts and sums as Python's, and each group's domain finds its records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from kernel.errors import UnknownFieldError
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import DomainError
from kernel.orm.query import count_groups, group, group_domain, parse_group, secure_paths
from tests.orm.query.shop import ZONES, Shop

Connection = psycopg.Connection[tuple[Any, ...]]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def rows(shop: Shop, connection: Connection) -> Rows:
    def ask(model: str, by: list[str], aggregates: tuple[str, ...] = (), order: str = "", **options: Any) -> Any:
        info = shop.model(model)
        domain = options.pop("domain", Domain.TRUE).check(info)
        sql, values = group(info, domain, parse_group(info, by, aggregates, order), **options)
        return connection.execute(sql.encode(), values).fetchall()

    return ask


def test_groups_count_and_sum(shop: Shop, rows: Rows) -> None:
    purchases = shop.rows["shop.purchase"].values()
    sums: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    for purchase in purchases:
        sums[purchase["partner"]] += purchase["amount"]
        counts[purchase["partner"]] += 1
    found = rows("purchase", ["partner"], ("amount:sum", "amount:max", "amount:avg", "id:count"))
    assert {row[0]: (row[1], row[2]) for row in found} == {id: (counts[id], sums[id]) for id in counts}
    assert all(row[4] == (row[2] / row[1]).quantize(Decimal("0.01")) or row[1] > 1 for row in found)
    assert all(row[5] == row[1] for row in found)


def test_without_keys_there_is_one_row_even_of_nothing(rows: Rows) -> None:
    assert rows("purchase", [], ("amount:sum", "amount:min"), domain=Domain.FALSE) == [(0, Decimal(0), None)]
    assert rows("purchase", [], ("amount:count",)) == [(80, 80)]


def test_types_of_aggregates_are_those_of_their_fields(rows: Rows) -> None:
    texts = ("rank:sum", "rank:avg", "weight:sum", "weight:avg", "credit:avg", "wait:sum", "wait:avg")
    ((_, *values),) = rows("partner", [], texts)
    assert [type(value) for value in values] == [int, float, float, float, Decimal, dt.timedelta, dt.timedelta]
    ((_, *values),) = rows("partner", [], ("vip:any", "vip:all", "born:min", "name:max", "city:count_distinct"))
    assert values[:2] == [True, False]
    assert isinstance(values[2], dt.date)
    assert values[4] > 1


def test_averages_leave_out_what_is_unknown(shop: Shop, rows: Rows) -> None:
    known = [row["rank"] for row in shop.rows["shop.partner"].values() if row["rank"] is not None]
    assert rows("partner", [], ("rank:avg", "rank:count")) == [(60, pytest.approx(sum(known) / len(known)), len(known))]


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("part", ["year", "quarter", "month", "week", "day", "hour", "weekday"])
def test_a_period_begins_in_the_zone_of_the_reader(shop: Shop, rows: Rows, part: str, tz: str) -> None:
    moments = [row["seen"] for row in shop.rows["shop.partner"].values()]
    local = [None if moment is None else moment.astimezone(ZoneInfo(tz)) for moment in moments]
    begins: dict[str, Callable[[Any], Any]] = {
        "year": lambda at: dt.date(at.year, 1, 1),
        "quarter": lambda at: dt.date(at.year, at.month - (at.month - 1) % 3, 1),
        "month": lambda at: dt.date(at.year, at.month, 1),
        "week": lambda at: at.date() - dt.timedelta(days=at.weekday()),
        "day": lambda at: at.date(),
        "hour": lambda at: at.replace(minute=0, second=0, microsecond=0, tzinfo=None),
        "weekday": lambda at: at.isoweekday(),
    }
    wanted = Counter(None if at is None else begins[part](at) for at in local)
    assert dict(rows("partner", [f"seen:{part}"], tz=tz)) == wanted


KEYS = [
    ["city"], ["kind"], ["vip"], ["rank"], ["credit"], ["born"], ["born:month"], ["born:week"], ["born:quarter"],
    ["born:year"], ["born:weekday"], ["seen"], ["seen:month"], ["seen:hour"], ["parent"], ["category"], ["tags"],
    ["purchases"], ["parent.city"], ["parent.rank"], ["parent.vip"], ["parent.parent.category"], ["category_name"],
    ["category", "kind"], ["tags", "born:month"], ["parent.born:month", "city"],
]  # fmt: skip


@pytest.mark.parametrize("tz", ["UTC", "America/New_York"])
@pytest.mark.parametrize("by", KEYS, ids="+".join)
def test_the_domain_of_a_group_finds_its_records(shop: Shop, rows: Rows, by: list[str], tz: str) -> None:
    partner = shop.model("partner")
    grouping = parse_group(partner, by)
    for row in rows("partner", by, tz=tz):
        keys, size = row[: len(by)], row[len(by)]
        if tz != "UTC" and by == ["seen:hour"] and keys[0] is not None and keys[0].month in (3, 11):
            continue  # an hour that comes twice is one group, and its domain the first of the two
        members = shop.matching(partner, group_domain(grouping, keys, tz).check(partner), tz)
        assert len(members) == size, keys


def test_groups_come_in_the_order_of_their_keys(shop: Shop, rows: Rows) -> None:
    kinds = [row[0] for row in rows("partner", ["kind"])]
    assert kinds == ["person", "company", "other", None]
    categories = shop.rows["shop.category"]
    found = [row[0] for row in rows("partner", ["category"])]
    place = lambda id: (categories[id]["sequence"], categories[id]["name"], id)  # noqa: E731
    assert found == [*sorted((id for id in found if id), key=place), None]


def test_groups_can_be_ordered_by_their_numbers(rows: Rows) -> None:
    counts = [row[1] for row in rows("partner", ["city"], order="count desc")]
    assert counts == sorted(counts, reverse=True)
    sums = [row[2] for row in rows("purchase", ["partner"], ("amount:sum",), "amount:sum desc, partner desc")]
    assert sums == sorted(sums, reverse=True)
    cities = [row[0] for row in rows("partner", ["city"], order="city desc")]
    assert cities == sorted(cities, reverse=True)


def test_a_page_of_groups_and_their_number(shop: Shop, rows: Rows, connection: Connection) -> None:
    every = rows("purchase", ["partner"], ("amount:sum",))
    assert rows("purchase", ["partner"], ("amount:sum",), limit=5, offset=2) == every[2:7]
    purchase = shop.model("purchase")
    sql, values = count_groups(purchase, Domain.TRUE, parse_group(purchase, ["partner", "date:month"]))
    row = connection.execute(sql.encode(), values).fetchone()
    assert row == (len(rows("purchase", ["partner", "date:month"])),)


def test_a_hidden_tag_is_no_group(shop: Shop, rows: Rows) -> None:
    rule = Domain.term("hue", "=", 1).check(shop.model("tag"))
    view = lambda model: (rule if model.name == "shop.tag" else None, frozenset[str]())  # noqa: E731
    grouping = parse_group(shop.model("partner"), ["tags"])
    shown = {id for id, row in shop.rows["shop.tag"].items() if row["hue"] == 1}
    found: dict[Any, Any] = dict(rows("partner", ["tags"], rules=secure_paths(grouping.paths(), view)))
    partners = shop.rows["shop.partner"].values()
    wanted: Counter[int | None] = Counter()
    for partner in partners:
        seen: set[int | None] = {*shown.intersection(partner["tags"])}
        wanted.update(seen or {None})
    assert found == wanted


@pytest.mark.parametrize(
    ("by", "aggregates", "order", "error", "text"),
    [
        (["citty"], [], "", UnknownFieldError, 'Did you mean "city"'),
        (["longest"], [], "", DomainError, "not stored"),
        (["notes"], [], "", DomainError, "type json"),
        (["tags.name"], [], "", DomainError, "many2one fields only"),
        (["tags", "purchases"], [], "", DomainError, "one relation to many"),
        (["parent." * 500 + "city"], [], "", DomainError, "10 relations"),
        (["city:month"], [], "", DomainError, "Only dates have periods"),
        (["born:hour"], [], "", DomainError, 'no period "hour"'),
        ([], ["credit:sun"], "", DomainError, 'Did you mean "sum"'),
        ([], ["city:sum"], "", DomainError, "does not fit"),
        ([], ["credit:any"], "", DomainError, "does not fit"),
        ([], ["parent:max"], "", DomainError, "does not fit"),
        ([], ["tags:count"], "", DomainError, "has no column"),
        (["city"], [], "coutn", DomainError, 'Did you mean "count"'),
        (["city"], [], "count sideways", DomainError, "cannot be ordered"),
    ],
)
def test_a_grouping_that_means_nothing_is_refused(
    shop: Shop, by: list[str], aggregates: list[str], order: str, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        parse_group(shop.model("partner"), by, aggregates, order)
