"""Whatever domain: PostgreSQL and Python give the same records, and its complement the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.orm.domains.domain import Domain
from tests.orm.query.shop import CITIES, NAMES, ZONES, Shop

EQUAL = ["=", "!="]
ORDER = [*EQUAL, "<", "<=", ">", ">="]
LIKE = ["like", "not like", "ilike", "not ilike", "starts_with"]
TEXTS = [*NAMES, *CITIES, "%", "_", "\\", "n", "Σ", "ÜN", "5"]
DAYS = [dt.date(2024, 1, 1), dt.date(2024, 7, 15), dt.date(2025, 2, 3)]
MOMENTS = [dt.datetime(2024, 3, 31, 1, 0, tzinfo=dt.UTC), dt.datetime(2024, 6, 30, 22, 0, tzinfo=dt.UTC)]
NUMBERS: dict[str, list[Any]] = {
    "credit": [Decimal("0"), 10, "9.99", Decimal("9.999"), -5.5],
    "rank": [0, -1, 2, 99],
    "weight": [0.0, 0.5, 80],
    "born": DAYS,
    "seen": MOMENTS,
    "wait": [dt.timedelta(0), dt.timedelta(minutes=5), 5400],
    "id": [1, 7, 59, 1000],
}
PARTS = {"born": ["year", "quarter", "month", "week", "day", "weekday"]}
PARTS["seen"] = [*PARTS["born"], "hour"]


def terms(path: str, operators: list[str], values: list[Any]) -> st.SearchStrategy[Domain]:
    return st.builds(Domain.term, st.just(path), st.sampled_from(operators), st.sampled_from(values))


def lists(path: str, values: list[Any]) -> st.SearchStrategy[Domain]:
    some = st.lists(st.sampled_from([*values, None]), max_size=4)
    return st.builds(Domain.term, st.just(path), st.sampled_from(["in", "not in"]), some)


def texts(path: str) -> list[st.SearchStrategy[Domain]]:
    return [
        terms(path, LIKE, TEXTS),
        terms(path, ORDER, [text for text in TEXTS if text]),
        lists(path, TEXTS),
        terms(path, EQUAL, ["", None]),
    ]


def partner_terms() -> st.SearchStrategy[Domain]:
    found = [*texts("name"), *texts("city"), *texts("category_name"), *texts("parent.city"), *texts("category.name")]
    for path, values in NUMBERS.items():
        found += [terms(path, ORDER, values), lists(path, values), terms(path, EQUAL, [None])]
    for path, parts in PARTS.items():
        for part in parts:
            numbers = [*range(13), 2024, 26]
            found += [terms(f"{path}:{part}", ORDER, numbers), lists(f"{path}:{part}", numbers)]
    kinds = ["person", "company", "other"]
    found += [terms("kind", EQUAL, [*kinds, None]), lists("kind", kinds), terms("vip", EQUAL, [True, False, None])]
    found += [terms("notes", EQUAL, [None]), terms("parent.rank", ORDER, [0, 2]), terms("parent.rank", EQUAL, [None])]
    for path in ("parent", "category", "tags", "children", "purchases", "parent.tags", "parent.parent"):
        found += [terms(path, EQUAL, [1, 3, 5, None]), lists(path, [1, 2, 3, 4, 40]), terms(path, LIKE, TEXTS)]
    found += [terms(path, ["child_of"], [1, 3, 8, [2, 7], None]) for path in ("id", "parent", "category", "children")]
    found += [*texts("tags.name"), terms("purchases.amount", ORDER, [10, 25]), terms("tags.hue", EQUAL, [None, 1])]
    return st.one_of(found)


def purchase_terms() -> st.SearchStrategy[Domain]:
    found = [terms("amount", ORDER, [10, 25, "49.99"]), terms("date:month", EQUAL, [1, 6]), *texts("partner.city")]
    return st.one_of(found)


def combined(children: st.SearchStrategy[Domain]) -> st.SearchStrategy[Domain]:
    pairs = st.tuples(children, children)
    relations = st.sampled_from(["parent", "children", "parent.children"])
    return st.one_of(
        pairs.map(lambda pair: pair[0] & pair[1]),
        pairs.map(lambda pair: pair[0] | pair[1]),
        children.map(lambda domain: ~domain),
        st.builds(Domain.any_, relations, children),
        st.builds(Domain.any_, st.sampled_from(["purchases", "parent.purchases"]), purchase_terms()),
    )


DOMAINS = st.recursive(st.one_of(partner_terms(), st.sampled_from([Domain.TRUE, Domain.FALSE])), combined, max_leaves=6)
THOROUGH = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@THOROUGH
@given(domain=DOMAINS, tz=st.sampled_from(ZONES))
def test_python_and_postgresql_find_the_same(
    shop: Shop, found: Callable[..., list[int]], domain: Domain, tz: str
) -> None:
    partner = shop.model("partner")
    checked = domain.check(partner)
    here, there = shop.matching(partner, checked, tz), found(partner, checked, order=(), tz=tz)
    assert len(there) == len(set(there))
    assert set(there) == here


@THOROUGH
@given(domain=DOMAINS)
def test_a_domain_and_its_negation_share_the_records_out(
    shop: Shop, found: Callable[..., list[int]], domain: Domain
) -> None:
    partner = shop.model("partner")
    inside, outside = (set(found(partner, each.check(partner), order=())) for each in (domain, ~domain))
    assert not inside & outside
    assert inside | outside == set(shop.rows["shop.partner"])


@THOROUGH
@given(domain=DOMAINS)
def test_the_wire_form_and_a_second_check_change_nothing(shop: Shop, domain: Domain) -> None:
    partner = shop.model("partner")
    checked = domain.check(partner)
    assert checked.check(partner) == checked
    again = Domain.from_wire(domain.to_wire(), trusted=True).check(partner)
    assert shop.matching(partner, again) == shop.matching(partner, checked)
