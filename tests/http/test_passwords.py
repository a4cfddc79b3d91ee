"""Passwords are argon2id; a login that does not exist takes as long as one that does."""

import pytest

from kernel.errors import ValidationError
from kernel.http.passwords import hash_password, needs_rehash, verify_password


def test_a_password_fits_its_hash_and_no_other() -> None:
    encoded = hash_password("correct horse")
    assert encoded.startswith("$argon2id$")
    assert verify_password(encoded, "correct horse")
    assert not verify_password(encoded, "correct Horse")
    assert not needs_rehash(encoded)


@pytest.mark.parametrize("encoded", ["", "!", "plain"])
def test_without_a_real_hash_no_password_fits(encoded: str) -> None:
    assert not verify_password(encoded, "a password that nobody has")
    assert not verify_password(encoded, "")


@pytest.mark.parametrize("password", ["", "short", "x" * 513])
def test_a_password_has_bounds(password: str) -> None:
    with pytest.raises(ValidationError) as caught:
        hash_password(password)
    assert caught.value.field == "password"
    assert str(len(password)) in caught.value.text
