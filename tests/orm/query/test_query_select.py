"""Selecting, counting and ordering against PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from kernel.errors import UnknownFieldError
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import DomainError
from kernel.orm.query import condition, count, exists, hide_archived, own_fields, parse_order, select
from tests.orm.query.shop import Partner, Shop, shop_registry

Find = Callable[..., list[int]]
Connection = psycopg.Connection[tuple[Any, ...]]


def one(connection: Connection, query: tuple[str, list[Any]]) -> Any:
    row = connection.execute(query[0].encode(), query[1]).fetchone()
    assert row is not None
    return row[0]


def test_a_shape_is_compiled_once_whatever_the_values() -> None:
    partner = shop_registry().model("shop.partner")
    columns = [partner.fields["name"], partner.fields["city"]]

    def ask(city: str, rank: int, limit: int) -> tuple[str, list[Any]]:
        domain = ((Partner.city == city) & Partner.rank.is_in(range(rank))).check(partner)
        return select(partner, domain, columns=columns, limit=limit)

    sql, values = ask("Porto", 2, 80)
    known = len(partner.registry.plans)
    again, other = ask("'; DROP TABLE shop.partner; --", 4, 7)
    assert sql == again
    assert len(partner.registry.plans) == known
    assert values == ["Porto", "{0,1}", 80]
    assert other == ["'; DROP TABLE shop.partner; --", "{0,1,2,3}", 7]


def test_columns_come_in_the_order_asked_for(shop: Shop, connection: Connection) -> None:
    partner = shop.model("partner")
    columns = [partner.fields[name] for name in ("city", "parent", "name")]
    sql, values = select(partner, Domain.term("id", "=", 3).check(partner), columns=columns)
    row = shop.rows["shop.partner"][3]
    assert connection.execute(sql.encode(), values).fetchall() == [(3, row["city"], row["parent"], row["name"])]


def test_the_models_own_order_is_the_default(shop: Shop, found: Find) -> None:
    rows = shop.rows["shop.partner"]
    wanted = sorted(rows, key=lambda id: (rows[id]["name"], -id))
    assert found(shop.model("partner"), Domain.TRUE) == wanted
    assert found(shop.model("partner"), Domain.TRUE, limit=5, offset=3) == wanted[3:8]


def test_a_many2one_is_ordered_as_its_model_is(shop: Shop, found: Find) -> None:
    rows, categories = shop.rows["shop.partner"], shop.rows["shop.category"]

    def place(id: int) -> tuple[Any, ...]:
        category = rows[id]["category"]
        if category is None:
            return (1, 0, "", 0, id)
        return (0, categories[category]["sequence"], categories[category]["name"], category, id)

    partner = shop.model("partner")
    assert found(partner, Domain.TRUE, order=parse_order(partner, "category")) == sorted(rows, key=place)


def test_an_order_through_two_relations_turns_around_with_desc(shop: Shop) -> None:
    purchase = shop.model("purchase")
    terms = [(".".join(b.name for b in term.path), term.desc) for term in parse_order(purchase, "partner desc, amount")]
    assert terms == [("partner.name", True), ("partner.id", False), ("amount", False), ("id", False)]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("nam", UnknownFieldError, 'Did you mean "name"'),
        ("name dsc", DomainError, 'Did you mean "desc"'),
        ("name; drop", DomainError, "is no order"),
        ("tags", DomainError, "cannot be ordered"),
        ("longest", DomainError, "cannot be ordered"),
        ("name.city", DomainError, "cannot be ordered"),
        ("notes", DomainError, "cannot be ordered"),
        ("name,,city", DomainError, "is no order"),
        ("parent." * 500 + "name", DomainError, "10 relations at most"),
    ],
)
def test_a_wrong_order_is_refused(shop: Shop, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        parse_order(shop.model("partner"), text)


def test_given_ids_are_the_only_ones(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    assert sorted(found(partner, Domain.TRUE, ids=[5, 9, 999], order=())) == [5, 9]
    assert found(partner, Domain.TRUE, ids=[], order=()) == []


@pytest.mark.parametrize("lock", ["update", "no key update", "share", "update nowait", "update skip locked"])
def test_rows_can_be_locked(shop: Shop, found: Find, lock: str) -> None:
    partner = shop.model("partner")
    assert found(partner, Domain.TRUE, ids=[5], order=parse_order(partner, "category"), lock=lock) == [5]


def test_archived_records_hide_unless_they_are_named(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    shown = {id for id, row in shop.rows["shop.partner"].items() if not row["archived"]}
    everything = set(shop.rows["shop.partner"])

    def search(domain: Domain) -> set[int]:
        return set(found(partner, hide_archived(domain.check(partner), partner)))

    assert search(Domain.TRUE) == shown
    assert search(Domain.term("rank", "!=", 99)) == shown
    assert search(Domain.term("archived", "=", True)) == everything - shown
    assert search(Domain.term("archived", "in", [True, False])) == everything
    assert search(Domain.any_("parent", Domain.term("archived", "=", True))) <= shown
    assert hide_archived(Domain.TRUE, shop.model("purchase")) == Domain.TRUE


def test_counting_stops_at_its_limit(shop: Shop, connection: Connection) -> None:
    partner = shop.model("partner")
    assert one(connection, count(partner, Domain.TRUE)) == 60
    assert one(connection, count(partner, Domain.TRUE, limit=7)) == 7
    assert one(connection, count(partner, Domain.FALSE)) == 0
    assert one(connection, exists(partner, Domain.term("id", "=", 60).check(partner))) is True
    assert one(connection, exists(partner, Domain.term("id", "=", 61).check(partner))) is False


def test_a_condition_can_stand_in_a_handwritten_statement(shop: Shop, connection: Connection) -> None:
    partner = shop.model("partner")
    domain = (Domain.term("city", "=", "Porto") | Domain.term("tags.name", "ilike", "a")).check(partner)
    sql, values = condition(partner, domain, "p")
    rows = connection.execute(f"SELECT p.id FROM shop.partner p WHERE p.id > %s AND ({sql})".encode(), [0, *values])
    assert {row[0] for row in rows.fetchall()} == shop.matching(partner, domain)


def test_a_domain_says_whether_it_looks_beyond_its_row(shop: Shop) -> None:
    partner = shop.model("partner")
    near = (Domain.term("parent", "in", [1]) & ~Domain.term("born:month", "=", 2)).check(partner)
    assert own_fields(near) == {"parent", "born"}
    assert own_fields((near | Domain.term("parent.city", "=", "x")).check(partner)) is None
    assert own_fields(Domain.term("id", "child_of", 1).check(partner)) is None


def test_what_is_below_a_record_is_found_in_one_statement(shop: Shop, found: Find) -> None:
    category = shop.model("category")
    rows = shop.rows["shop.category"]

    def under(id: int) -> set[int]:
        below, level = {id}, {id}
        while level:
            level = {other for other in rows if rows[other]["parent"] in level} - below
            below |= level
        return below

    for id in rows:
        assert set(found(category, Domain.term("id", "child_of", id).check(category))) == under(id)


def test_typed_wildcards_are_letters(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    names = {id: row["name"] for id, row in shop.rows["shop.partner"].items()}
    for text in ("%", "_", "\\", "50%", "5_"):
        wanted = {id for id, name in names.items() if text in name}
        assert set(found(partner, Partner.name.like(text).check(partner))) == wanted
        assert set(found(partner, Partner.name.ilike(text).check(partner))) == wanted
    wanted = {id for id, name in names.items() if name.startswith("5")}
    assert set(found(partner, Partner.name.starts_with("5").check(partner))) == wanted


def test_a_process_that_has_asked_nothing_has_not_loaded_sqlalchemy() -> None:
    program = (
        "import sys; from tests.orm.query.shop import Partner, shop_registry;"
        "partner = shop_registry().model('shop.partner');"
        "((Partner.city == 'x') & Partner.tags.any(Partner.name == 'y')).check(partner);"
        "print('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
