"""An addon that answers the hook of another: it hears what it needs, and a mistake in it undoes the whole."""

from __future__ import annotations

import pytest

from addons.loyalty.hooks import loyalty_points_earned
from addons.loyalty.models import Purchase
from addons.loyalty_gifts.models import GiftedPartner
from kernel.errors import HookError
from kernel.orm import Env


def buy(env: Env, partner: GiftedPartner, reference: str, amount: int) -> Purchase:
    bought = env[Purchase].create({"reference": reference, "partner": partner, "amount": amount})
    env.flush()
    return bought


def test_hook_loyalty_points_earned_gives_a_gift_for_every_hundred_points(env: Env) -> None:
    ada = env[GiftedPartner].create({"name": "Ada"})
    buy(env, ada, "P1", 990)
    assert (ada.points, ada.gifts) == (99, 0)
    buy(env, ada, "P2", 1_100).delete()
    assert (ada.points, ada.gifts) == (99, 2)
    assert env.hooks(loyalty_points_earned)(env=env, purchases=env[Purchase]) == []


def test_what_earns_nothing_is_not_told(env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GiftedPartner, "give", lambda self: 1 / 0)
    buy(env, env[GiftedPartner].create({"name": "Ada"}), "P1", 9)


def test_an_error_in_the_answer_undoes_the_purchase_and_names_addon_hook_file_and_line(
    env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = env[GiftedPartner].create({"name": "Ada"})
    env.flush()
    monkeypatch.setattr(GiftedPartner, "give", lambda self: 1 / 0)
    told = r'"loyalty_points_earned" of addon "loyalty_gifts" \(addons/loyalty_gifts/hooks\.py:14\)'
    with pytest.raises(HookError, match=told), env.savepoint():
        buy(env, ada, "P1", 100)
    assert env[Purchase].count() == 0
