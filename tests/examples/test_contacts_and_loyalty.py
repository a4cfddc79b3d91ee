"""The example of the ORM's contract, running as it is written there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from addons.contacts.models import Partner
from addons.loyalty.models import LoyalPartner, Purchase
from kernel.errors import ValidationError
from kernel.orm import Env


def test_a_partner_shows_the_points_of_its_purchases(env: Env) -> None:
    partner = env[LoyalPartner].create({"name": "Ada", "city": "Porto"})
    rows = [{"reference": f"P{n}", "partner": partner, "amount": n} for n in (25, 119)]
    first, second = env[Purchase].create(rows)
    assert (first.points, second.points) == (2, 11)
    assert partner.points == 13
    second.amount = Decimal(9)
    assert partner.points == 2
    first.delete()
    assert partner.points == 0


def test_the_points_follow_a_purchase_to_another_partner(env: Env) -> None:
    ada, bob = env[LoyalPartner].create([{"name": "Ada"}, {"name": "Bob"}])
    purchase = env[Purchase].create({"reference": "P1", "partner": ada, "amount": 100})
    assert (ada.points, bob.points) == (10, 0)
    purchase.partner = bob
    assert (ada.points, bob.points) == (0, 10)


def test_a_purchase_is_entered_once(env: Env) -> None:
    partner = env[Partner].create({"name": "Ada"})
    env[Purchase].create({"reference": "P1", "partner": partner, "amount": 1})
    with pytest.raises(ValidationError, match="was entered before") as error, env.savepoint():
        env[Purchase].create({"reference": "P1", "partner": partner, "amount": 2})
    assert error.value.field == "reference"


def test_an_amount_cannot_be_negative(env: Env) -> None:
    partner = env[Partner].create({"name": "Ada"})
    with pytest.raises(ValidationError, match="cannot be negative"), env.savepoint():
        env[Purchase].create({"reference": "P1", "partner": partner, "amount": -1})


def test_the_domains_of_the_contract_find_what_they_say(env: Env) -> None:
    ada, bob = env[LoyalPartner].create([{"name": "Ada", "city": "Porto"}, {"name": "Bob", "city": "Lyon"}])
    big = env[Purchase].create({"reference": "P1", "partner": ada, "amount": 100})
    env[Purchase].create([{"reference": "P2", "partner": bob, "amount": 100}, {"reference": "P3", "partner": ada}])
    domain = (Purchase.amount > Decimal(10)) & Purchase.partner.has(Partner.city == "Porto")
    assert env[Purchase].search(domain) == big
    assert env[LoyalPartner].search(LoyalPartner.purchases.any(Purchase.amount == 0)) == ada
    assert env[Partner].search(Partner.name.ilike("AD")) == ada


def test_a_record_of_the_extended_class_has_the_fields_of_both(env: Env) -> None:
    partner = env[Partner].create({"name": "Ada"})
    assert type(partner) is type(env[LoyalPartner])
    assert env[LoyalPartner].browse(partner.id).name == "Ada"
