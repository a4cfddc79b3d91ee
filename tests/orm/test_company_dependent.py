"""Values by company: what each company reads, writes, finds and sorts by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import AccessError, DeveloperError, MissingError, RegistryError, ValidationError
from kernel.orm import AddonModels, Domain, Env, Model, Ports, Registry, Unique, fields
from kernel.orm.ports import Operation
from tests.orm.keyed_fixtures import Everything, asked, shop, shop_database, shop_registry, shop_tx  # noqa: F401
from tests.orm.keyed_toys import Account, Product, Users

Asked = Callable[[], int]


@pytest.fixture
def lamp(shop: Env) -> Product:
    return shop[Product].create({"name": "Lamp", "cost": Decimal("9.50"), "stock": 3})


def at(record: Model, company: int, name: str) -> Any:
    """What a company reads."""
    return getattr(record.env.with_company(company).records(record.__info__, record.ids), name)


def test_each_company_reads_its_own_value_or_the_default(shop: Env, lamp: Product) -> None:
    two = shop.with_company(2)[Product].browse(lamp.id)
    two.write(cost=Decimal("11"), margin=0.75, shelf="B2")
    for _ in ("from the cache", "from the database"):
        assert (lamp.cost, lamp.margin, lamp.stock, lamp.shelf) == (Decimal("9.50"), 0.5, 3, "A1")
        assert (two.cost, two.margin, two.stock, two.shelf) == (Decimal("11"), 0.75, None, "B2")
        assert (at(lamp, 3, "cost"), at(lamp, 3, "least"), at(lamp, 3, "active")) == (Decimal(0), 5, True)
        shop.invalidate()


def test_every_type_comes_back_as_it_was_written(shop: Env, lamp: Product) -> None:
    account = shop[Account].create({"code": "700"})
    values = {
        "cost": Decimal("123456789012.34"),
        "margin": 1e-7,
        "stock": 2**62,
        "active": False,
        "since": dt.date(2024, 2, 29),
        "counted": dt.datetime(2024, 2, 29, 12, 30, 1, 5, tzinfo=dt.UTC),
        "state": "old",
        "shelf": 'a"\\b',
    }
    lamp.write(**values, account=account)
    shop.invalidate()
    assert {name: getattr(lamp, name) for name in values} == values
    assert lamp.account == account
    assert (at(lamp, 2, "since"), at(lamp, 2, "state"), bool(at(lamp, 2, "account"))) == (None, None, False)


def test_unset_is_kept_where_the_default_is_something_else(shop: Env, lamp: Product) -> None:
    lamp.write(least=None, active=False, shelf="", margin=0.0)
    shop.invalidate()
    assert (lamp.least, lamp.active, lamp.shelf, lamp.margin) == (None, False, "", 0.0)
    ours = Product.least == None  # noqa: E711
    assert shop[Product].count(ours) == 1
    assert shop.with_company(2)[Product].count(ours) == 0


def test_searching_grouping_and_sorting_use_the_readers_company(shop: Env, lamp: Product) -> None:
    desk = shop[Product].create({"name": "Desk", "cost": Decimal(20)})
    two = shop.with_company(2)
    two[Product].browse(desk.id).write(cost=Decimal(1), state="old")
    two[Product].browse(lamp.id).write(cost=Decimal(2), state="new")
    assert shop[Product].search(order="cost").mapped(Product.name) == ["Lamp", "Desk"]
    assert two[Product].search(order="cost").mapped(Product.name) == ["Desk", "Lamp"]
    assert two[Product].search(Product.cost > 1).mapped(Product.name) == ["Lamp"]
    assert two[Product].search().filtered(Product.cost > 1).mapped(Product.name) == ["Lamp"]
    sums = [env[Product].group(aggregates=["cost:sum"])[0]["cost:sum"] for env in (shop, two)]
    assert [Decimal(each) for each in sums] == [Decimal("29.50"), Decimal(3)]
    groups = two[Product].group(by=["state"], aggregates=["cost:sum"])
    assert [(row["state"], Decimal(row["cost:sum"])) for row in groups] == [("new", 2), ("old", 1)]
    assert [row["count"] for row in shop[Product].group(by=["state"])] == [2]


def test_a_link_of_a_company_is_searched_joined_and_titled(shop: Env, lamp: Product) -> None:
    one, other = shop[Account].create([{"code": "100"}, {"code": "200"}])
    desk = shop[Product].create({"name": "Desk", "account": one})
    lamp.account = other
    two = shop.with_company(2)
    two[Product].browse(lamp.id).account = one
    assert (lamp.account.code, lamp.account_code, at(lamp, 2, "account_code")) == ("200", "200", "100")
    assert shop[Product].search(order="account").mapped(Product.name) == ["Desk", "Lamp"]
    assert shop[Product].search(Product.account.has(Account.code == "200")) == lamp
    assert two[Product].search(Product.account == one) == lamp
    assert two[Product].search(Product.account == None) == desk  # noqa: E711
    rows = shop[Product].search_read(spec=["name", "account"])
    assert [row["account"]["title"] for row in rows] == ["100", "200"]
    assert [row["account"]["title"] for row in shop[Product].group(by=["account"])] == ["100", "200"]
    one.code = "300"
    assert at(lamp, 2, "account_code") == "300"


def test_a_link_to_a_deleted_record_reads_as_unset(shop: Env, lamp: Product) -> None:
    one, other = shop[Account].create([{"code": "100"}, {"code": "200"}])
    lamp.account = one
    shop.with_company(2)[Product].browse(lamp.id).account = other
    shop.flush()
    assert lamp.account_code == "100"
    one.delete()
    assert not lamp.account
    assert lamp.account_code == ""
    assert at(lamp, 2, "account").code == "200"
    assert shop[Product].search(Product.account == None) == lamp  # noqa: E711
    assert shop[Product].search(Product.account != None) == shop[Product]  # noqa: E711


def test_a_link_to_a_record_that_is_not_there_is_refused(shop: Env, lamp: Product) -> None:
    for write in (
        lambda: lamp.write(account=999_999),
        lambda: shop[Product].create({"name": "x", "account": 999_999}),
    ):
        with pytest.raises(ValidationError, match="Account: record 999999 does not exist") as refused, shop.savepoint():
            write()
        assert refused.value.field == "account"


def test_without_a_company_the_default_is_read_and_nothing_can_be_set(shop: Env, lamp: Product) -> None:
    nobody = Env.open(shop.tx, shop.registry, shop.ports)
    shop.flush()
    theirs = nobody[Product].browse(lamp.id)
    assert (theirs.cost, theirs.least, theirs.name) == (Decimal(0), 5, "Lamp")
    assert nobody[Product].search(Product.least == 5) == theirs
    with pytest.raises(DeveloperError, match="kept per company"):
        theirs.cost = Decimal(1)
    assert nobody[Product].create({"name": "Free", "cost": Decimal(0)}).cost == 0


def test_values_of_several_companies_are_set_at_once_by_who_works_for_them(shop: Env, lamp: Product) -> None:
    lamp.write(cost={1: Decimal(1), 2: Decimal(2)})
    assert (at(lamp, 1, "cost"), at(lamp, 2, "cost"), at(lamp, 3, "cost")) == (1, 2, 0)
    user = shop.as_user(3)[Product].browse(lamp.id)
    user.write(cost={1: Decimal(5)})
    with pytest.raises(AccessError):
        user.write(cost={3: Decimal(5)})
    assert lamp.cost == 5


def test_a_person_works_in_their_own_companies_only(shop: Env, lamp: Product) -> None:
    person = shop.as_user(3)
    assert (person.company, person.with_company(2).company) == (1, 2)
    with pytest.raises(AccessError, match="do not work for this company"):
        person.with_company(3)
    assert person.as_system("a test").with_company(3).company == 3
    assert person.with_company(2) is person.with_company(2)
    assert person.with_language("pt") is person.with_language("pt")


def test_a_copy_has_the_values_of_all_companies(shop: Env, lamp: Product) -> None:
    shop.with_company(2)[Product].browse(lamp.id).stock = 8
    copy = lamp.copy()
    shop.invalidate()
    assert (copy.stock, at(copy, 2, "stock"), at(copy, 3, "stock")) == (3, 8, None)


def test_a_rolled_back_savepoint_brings_the_values_back(shop: Env, lamp: Product) -> None:
    two = shop.with_company(2)[Product].browse(lamp.id)
    with pytest.raises(ValueError, match="back"), shop.savepoint():
        two.stock = 77
        shop.flush()
        raise ValueError("back")
    assert (two.stock, lamp.stock) == (None, 3)


def test_a_loop_over_links_of_a_company_asks_one_query_per_field(shop: Env, asked: Asked) -> None:
    accounts = shop[Account].create([{"code": str(n)} for n in range(5)])
    made = shop[Product].create([{"name": f"n{n}", "account": accounts[n % 5], "stock": n} for n in range(300)])
    shop.invalidate()
    asked()
    assert len({product.account.code for product in made}) == 5
    assert sum(product.stock or 0 for product in made) == sum(range(300))
    assert asked() == 2
    made.write(stock=4)
    shop.flush()
    assert asked() == 1


def refused(**declared: Any) -> str:
    class Other(Model, name="toy.other"):
        """Linked to."""

    body = {"__doc__": "Refused.", "__module__": __name__, "__qualname__": "Wrong", **declared}
    wrong = type(Model)("Wrong", (Model,), body, name="toy.wrong")  # type: ignore[call-arg]
    with pytest.raises(RegistryError) as error:
        Registry.build([AddonModels("toy", (Other, wrong))])
    return str(error.value)


def test_what_has_no_meaning_is_refused_when_the_registry_is_built() -> None:
    assert "a integer has no language" in refused(a=fields.Integer("A", translate=True))
    assert "too" in refused(a=fields.Char("A", translate=True, company_dependent=True))
    assert "cannot be unique" in refused(a=fields.Char("A", translate=True, unique=True))
    assert "a plain index" in refused(a=fields.Char("A", translate=True, index=True))
    assert "cannot be required" in refused(a=fields.Integer("A", company_dependent=True, required=True))
    assert "cannot be unique" in refused(a=fields.Integer("A", company_dependent=True, unique=True))
    assert "cannot be indexed" in refused(a=fields.Integer("A", company_dependent=True, index=True))
    assert "must be a constant" in refused(a=fields.Integer("A", company_dependent=True, default=lambda: 1))
    assert "a json cannot be" in refused(a=fields.Json("A", company_dependent=True))
    assert "Unique over toy.wrong.a" in refused(a=fields.Char("A", translate=True), once=Unique("a", message="Once."))
    tree = fields.Many2one("toy.wrong", "Parent", company_dependent=True)
    assert "a tree is the same for all" in refused(parent=tree)
    message = refused(a=fields.Char("A", translate=True, related="id"))
    assert "a computed value cannot be" in message
    assert "test_company_dependent.py" in message


def test_a_stored_compute_cannot_depend_on_the_value_of_a_company() -> None:
    class Wrong(Model, name="toy.stored"):
        """Refused."""

        cost = fields.Integer("Cost", company_dependent=True)
        double = fields.Integer("Double", stored=True)

        @double.compute("cost")
        def _compute_double(self) -> None:
            for each in self:
                each.double = each.cost * 2

    with pytest.raises(RegistryError, match="each company has its own value"):
        Registry.build([AddonModels("toy", (Wrong,))])


class InStock(Everything):
    """People may read and change what their own company has in stock."""

    def rule(self, env: Env, model: str, operation: Operation) -> Domain | None:
        return Domain.term("stock", ">", 1) if model == "shop.product" else None


def test_rules_look_at_what_the_readers_company_has(shop: Env, lamp: Product) -> None:
    shop.with_company(2)[Product].browse(lamp.id).stock = 1
    shop.flush()
    system = Env.open(shop.tx, shop.registry, Ports(policy=InStock(), users=Users()))
    person = system.as_user(3)
    assert person[Product].search() == lamp
    assert person[Product].browse(lamp.id).name == "Lamp"
    elsewhere = person.with_company(2)
    assert not elsewhere[Product].search()
    with pytest.raises(MissingError):
        _ = elsewhere[Product].browse(lamp.id).name
    with pytest.raises(MissingError):
        elsewhere[Product].browse(lamp.id).code = "x"
    mine = person[Product].browse(lamp.id)
    mine.code = "x"
    system.flush()
    with pytest.raises(AccessError, match="may not change"), system.savepoint():
        mine.stock = 0
    assert mine.stock == 3


def test_rows_are_matched_by_what_the_company_has(shop: Env, lamp: Product) -> None:
    rows = [{"name": "Lamp", "shelf": "A9", "stock": 4}, {"name": "Desk", "shelf": "B1", "stock": 1}]
    lamp.shelf = "A9"
    done = shop[Product].upsert(rows, key=["name", "shelf"])
    assert (done[0], lamp.stock, done[1].shelf) == (lamp, 4, "B1")
    assert shop.with_company(2)[Product].browse(done[1].id).shelf == "A1"


def test_periods_of_a_date_of_a_company_are_grouped(shop: Env, lamp: Product) -> None:
    lamp.since = dt.date(2024, 2, 29)
    shop.with_company(2)[Product].browse(lamp.id).write(since=dt.date(2025, 1, 1), stock=9)
    assert [row["since:month"] for row in shop[Product].group(by=["since:month"])] == ["2024-02-01"]
    theirs = shop.with_company(2)[Product].group(by=["since:year"], aggregates=["stock:max", "active:all"])
    assert [(row["since:year"], row["stock:max"], row["active:all"]) for row in theirs] == [("2025-01-01", 9, True)]
