"""A bound counts per key and says when to come back."""

import pytest

from kernel.http.limits import RateLimit, TooManyRequestsError


def test_one_attempt_too_many_is_refused_with_the_time_to_wait() -> None:
    limit = RateLimit("3 per minute")
    for _ in range(3):
        limit.check("login", "ada")
        limit.count("login", "ada")
    with pytest.raises(TooManyRequestsError) as caught:
        limit.check("login", "ada")
    assert caught.value.status == 429
    assert 0 < caught.value.details["retry_after"] <= 61
    assert "seconds" in caught.value.hint


def test_hitting_checks_and_counts_at_once() -> None:
    limit = RateLimit("2 per minute")
    limit.hit("a")
    limit.hit("a")
    with pytest.raises(TooManyRequestsError):
        limit.hit("a")
    limit.hit("b")


def test_keys_do_not_disturb_each_other() -> None:
    limit = RateLimit("1 per minute")
    limit.count("login", "ada")
    limit.check("login", "bob")


def test_attempts_can_be_forgotten() -> None:
    limit = RateLimit("1 per minute")
    limit.count("login", "ada")
    limit.clear("login", "ada")
    limit.check("login", "ada")
