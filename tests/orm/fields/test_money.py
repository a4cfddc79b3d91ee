"""Money: rounded half up to the decimals of the currency, whoever sets it and whatever changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.errors import RegistryError, UnknownFieldError
from kernel.orm import AddonModels, Env, Model, Registry, fields
from tests.orm.fields.things import Currency, Thing

N = Decimal


@pytest.fixture
def euro(env: Env) -> Currency:
    return env[Currency].create({"name": "EUR"})


@pytest.fixture
def yen(env: Env) -> Currency:
    return env[Currency].create({"name": "JPY", "decimals": 0})


def test_it_is_rounded_on_create_write_and_attribute(env: Env, euro: Currency) -> None:
    thing = env[Thing].create({"amount": "1.005", "currency": euro})
    assert thing.amount == N("1.01")
    thing.amount = N("2.675")
    assert thing.amount == N("2.68")
    thing.write(amount="-0.125")
    assert thing.amount == N("-0.13")
    env.invalidate()
    assert thing.amount == N("-0.13")


def test_the_order_of_the_values_does_not_matter(env: Env, euro: Currency, yen: Currency) -> None:
    thing = env[Thing].create({"amount": "10.495", "currency": euro})
    thing.write(amount="10.495", currency=yen)
    assert thing.amount == 10


def test_it_is_rounded_when_the_currency_changes(env: Env, euro: Currency, yen: Currency) -> None:
    one, two = env[Thing].create([{"amount": "10.50", "currency": euro}, {"amount": "0.49"}])
    one.currency = yen
    assert one.amount == 11
    (one | two).write(currency=yen)
    assert two.amount == 0
    env.invalidate()
    assert (one.amount, two.amount) == (11, 0)


def test_without_a_currency_four_decimals_are_kept(env: Env, euro: Currency) -> None:
    thing = env[Thing].create({"amount": "1.00005"})
    assert thing.amount == N("1.0001")
    thing.currency = euro
    assert thing.amount == N("1.00")


def test_computed_amounts_are_rounded_stored_or_not(env: Env, euro: Currency, yen: Currency) -> None:
    thing = env[Thing].create({"amount": "10.00", "currency": euro})
    assert (thing.double, thing.kept) == (N("20.05"), N("3.33"))
    thing.currency = yen
    assert (thing.double, thing.kept) == (20, 3)
    env.invalidate()
    assert (thing.double, thing.kept) == (20, 3)


def test_drafts_round_and_save(env: Env, euro: Currency, yen: Currency) -> None:
    draft = env[Thing].draft({"amount": "1.005", "currency": euro})
    assert draft.amount == N("1.01")
    draft.currency = yen
    assert draft.amount == 1
    made = draft.save()
    assert (made.amount, made.currency) == (1, yen)
    env.flush()
    again = env[Thing].draft({"amount": "7.7"}, origin=made.id)
    assert again.amount == 8


def test_the_wire_is_a_text_of_four_decimals_before_and_after_the_flush(env: Env, euro: Currency) -> None:
    thing = env[Thing].create({"amount": "1.5", "currency": euro})
    field = env.registry.model("thing.thing").fields["amount"].field
    assert field.to_wire(thing.amount) == "1.5000"
    env.invalidate()
    assert thing.read(["amount"])[0]["amount"] == "1.5000"


def test_a_batch_asks_no_query_per_record(env: Env, euro: Currency, yen: Currency, counted: Callable[[], int]) -> None:
    env.invalidate()
    counted()
    values = [{"amount": N(n) / 7, "currency": euro if n % 2 else yen} for n in range(1000)]
    things = env[Thing].create(values)
    assert counted() <= 3  # the ids, the currencies
    env.invalidate()
    counted()
    for number, thing in enumerate(things):
        thing.amount = N(number) / 3
    assert things[1].amount == N("0.33")
    assert things[2].amount == 1
    assert counted() <= 3
    env.invalidate()
    counted()
    things.write(currency=yen)
    assert counted() <= 4
    assert things[1].amount == 0


def test_an_amount_too_large_is_refused_by_name(env: Env) -> None:
    thing = env[Thing].create({})
    with pytest.raises(Exception, match="Thing, Amount: 100000000000000 has more than 14 digits"):
        thing.amount = N(10) ** 14


def test_a_wrong_currency_is_refused_when_the_registry_is_built() -> None:
    class Typo(Model, name="bad.typo"):
        currencies = fields.Many2one("bad.money", "Currency")  # type: ignore[var-annotated]
        amount = fields.Money("Amount", currency="currency")

    class Wrong(Model, name="bad.wrong"):
        currency = fields.Char("Currency")
        amount = fields.Money("Amount")

    class Coin(Model, name="bad.money"):
        decimals = fields.Integer()

    with pytest.raises(UnknownFieldError, match=r'test_money.py:\d+ currency=: no field "currency".*"currencies"'):
        Registry.build([AddonModels("bad", (Coin, Typo))])
    with pytest.raises(RegistryError, match="is no link to a currency"):
        Registry.build([AddonModels("bad", (Coin, Wrong))])
