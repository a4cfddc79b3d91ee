"""Passwords: argon2id, with a bound on how many are computed at once (each takes 64 MiB and some 50 ms)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.errors import BusyError, ValidationError

MINIMUM = 8
"""Characters a password must have (NIST SP 800-63B: length, no composition rules)."""
MAXIMUM = 512

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(2)
WAIT = 5.0
"""Seconds a login waits for its turn before the server says that it is busy."""


def hash_password(password: str) -> str:
    """The encoded argon2id hash of `password`; refuses a password that is too short or too long."""
    check_strength(password)
    with _slot():
        return _hasher.hash(password)


def check_strength(password: str) -> None:
    """Raise ValidationError where the length is out of bounds."""
    if not MINIMUM <= len(password) <= MAXIMUM:
        raise ValidationError(
            f"A password has {MINIMUM} to {MAXIMUM} characters, this one has {len(password)}.",
            field="password",
            hint="Three or four unrelated words make a good one.",
        )


def verify_password(encoded: str, password: str) -> bool:
    """True if `password` is the one behind `encoded`.

    With an empty `encoded` (no such user, or no password yet) the same work is done in vain, so that
    the time taken does not tell which logins exist.
    """
    if len(password) > MAXIMUM:
        return False
    with _slot():
        try:
            return _hasher.verify(encoded or _decoy(), password) and bool(encoded)
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(encoded: str) -> bool:
    """True if `encoded` was made with other parameters than today's: hash it again after a good login."""
    try:
        return _hasher.check_needs_rehash(encoded)
    except InvalidHashError:
        return True


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=WAIT):
        raise BusyError("Too many people are logging in at once.", hint="Try again in a few seconds.")
    try:
        yield
    finally:
        _slots.release()


@cache
def _decoy() -> str:
    return _hasher.hash("a password that nobody has")
