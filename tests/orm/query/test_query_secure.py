"""A person's question does not reach what the person may not see, by whatever path."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as Number

import pytest

from kernel.errors import AccessError, UnknownFieldError
from kernel.orm.domains.domain import Domain
from kernel.orm.query import parse_order, secure, secure_paths
from kernel.orm.query.secure import View
from kernel.orm.registry.bound import ModelInfo
from tests.orm.query.shop import Partner, Purchase, Shop

Find = Callable[..., list[int]]


def seeing(rules: dict[str, Domain], hidden: dict[str, frozenset[str]] | None = None) -> View:
    """The view of somebody with these rules."""

    def view(model: ModelInfo) -> tuple[Domain | None, frozenset[str]]:
        rule = rules.get(model.name)
        checked = None if rule is None else rule.check(model)
        return checked, (hidden or {}).get(model.name, frozenset())

    return view


CHEAP = {"shop.purchase": Purchase.amount < Number(20)}


def test_the_rule_of_a_model_holds_behind_a_relation(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    asked = Partner.purchases.any(Purchase.amount > Number(10))
    secured = secure(asked, partner, seeing(CHEAP))
    by_hand = Partner.purchases.any((Purchase.amount > Number(10)) & (Purchase.amount < Number(20))).check(partner)
    assert set(found(partner, secured)) == shop.matching(partner, by_hand)


def test_a_record_one_may_not_see_is_not_there_for_a_negation_either(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    for asked in (Domain.term("purchases", "=", None), ~Partner.purchases.any(Domain.TRUE)):
        none_seen = (~Partner.purchases.any(Purchase.amount < Number(20))).check(partner)
        assert set(found(partner, secure(asked, partner, seeing(CHEAP)))) == shop.matching(partner, none_seen)


def test_rules_apply_at_every_step_of_a_path_and_keep_the_order_of_values(shop: Shop, found: Find) -> None:
    purchase = shop.model("purchase")
    rules = {"shop.partner": Partner.city != "Porto", "shop.category": Domain.term("sequence", "in", [0, 1])}
    asked = (Purchase.amount > Number(5)) & (
        Domain.term("partner.category.name", "=", "C1") | (Purchase.amount > Number(45))
    )
    by_hand = (Purchase.amount > Number(5)) & (
        Purchase.partner.has(
            (Partner.city != "Porto")
            & Partner.category.has(Domain.term("sequence", "in", [0, 1]) & Domain.term("name", "=", "C1"))
        )
        | (Purchase.amount > Number(45))
    )
    secured = secure(asked, purchase, seeing(rules))
    assert set(found(purchase, secured)) == shop.matching(purchase, by_hand.check(purchase))


def test_the_rules_own_paths_are_trusted(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    rules = {"shop.purchase": Purchase.partner.has(Partner.city == "Porto"), "shop.partner": Domain.FALSE}
    secured = secure(Partner.purchases.any(Domain.TRUE), partner, seeing(rules))
    by_hand = Partner.purchases.any(rules["shop.purchase"]).check(partner)
    assert set(found(partner, secured)) == shop.matching(partner, by_hand)


def test_a_link_compared_with_an_id_finds_no_record_that_one_may_not_see(shop: Shop, found: Find) -> None:
    partner = shop.model("partner")
    asked = Domain.term("category", "=", 3)
    assert secure(asked, partner, seeing({})) == asked.check(partner)
    nobody = seeing({"shop.category": Domain.FALSE})
    assert found(partner, secure(asked, partner, nobody)) == []
    assert set(found(partner, secure(~asked, partner, nobody))) == shop.matching(partner, Domain.TRUE)


@pytest.mark.parametrize(
    "asked",
    [
        Partner.credit > Number(5),
        Domain.term("parent.credit", ">", 5),
        Partner.children.any(Domain.term("children", "any", Partner.credit > Number(5))),
        Domain.term("shout", "=", "ANN"),
    ],
)
def test_a_hidden_field_is_as_unknown_as_one_that_is_not_there(shop: Shop, asked: Domain) -> None:
    hidden = {"shop.partner": frozenset(("credit", "shout"))}
    with pytest.raises(UnknownFieldError, match="no field") as refused:
        secure(asked, shop.model("partner"), seeing({}, hidden))
    assert "Did you mean" not in str(refused.value) or "credit" not in str(refused.value).split("Did you mean")[1]


def test_a_secret_is_never_searched(shop: Shop) -> None:
    with pytest.raises(AccessError, match="secret"):
        secure(Partner.pin.starts_with("1"), shop.model("partner"), seeing({}))
    with pytest.raises(AccessError, match="secret"):
        secure_paths([term.path for term in parse_order(shop.model("partner"), "pin")], seeing({}))


def test_an_order_through_a_relation_shows_nothing_of_hidden_records(shop: Shop, found: Find) -> None:
    purchase = shop.model("purchase")
    rule = (Partner.city == "Porto") & (Partner.rank >= 0)
    order = parse_order(purchase, "partner.name, id")
    rules = secure_paths([term.path for term in order], seeing({"shop.partner": rule}))
    visible = shop.matching(shop.model("partner"), rule.check(shop.model("partner")))
    rows, partners = shop.rows["shop.purchase"], shop.rows["shop.partner"]

    def place(id: int) -> tuple[bool, str, int]:
        partner = rows[id]["partner"]
        return (False, partners[partner]["name"], id) if partner in visible else (True, "", id)

    domain = (Purchase.amount > Number(3)).check(purchase)
    wanted = sorted(shop.matching(purchase, domain), key=place)
    assert found(purchase, domain, order=order, rules=rules, limit=50) == wanted[:50]
    assert visible
