"""Bounds on what one caller may ask: attempts to log in, and the size of a request's body."""

from __future__ import annotations

import importlib
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kernel.errors import UserError

if TYPE_CHECKING:
    from limits.storage import Storage

BODY = 10 * 1024 * 1024
"""Bytes of a request's body, where the route names no other bound."""
FORM = 1024 * 1024
"""Bytes of a form's fields together."""
VISITORS = "120 per minute"
"""Unsafe requests of one address that is not logged in: public forms, webhooks, logins."""
PARTS = 1000
"""Parts of a multipart form."""


class TooManyRequestsError(UserError):
    """A caller asked too often; `details["retry_after"]` says when to come back."""

    code = "too_many_requests"
    status: ClassVar[int] = 429


class RateLimit:
    """A bound such as "10 per 5 minutes", counted per key; in memory unless a storage is given.

    The library is loaded by the first attempt: it takes 40 ms, which every start of a process would pay.
    """

    def __init__(self, rule: str, *, storage: Storage | None = None) -> None:
        self._rule = rule
        self._storage = storage

    @cached_property
    def _item(self) -> Any:
        return importlib.import_module("limits").parse(self._rule)

    @cached_property
    def _limiter(self) -> Any:
        storage = self._storage or importlib.import_module("limits.storage").MemoryStorage()
        return importlib.import_module("limits.strategies").MovingWindowRateLimiter(storage)

    def hit(self, *key: str) -> None:
        """Count one attempt of `key`; raise TooManyRequestsError where it was one too many."""
        if not self._limiter.hit(self._item, *key):
            raise self._refusal(key)

    def count(self, *key: str) -> None:
        """Count one attempt of `key`, whether there is room for it or not."""
        self._limiter.hit(self._item, *key)

    def check(self, *key: str) -> None:
        """Raise TooManyRequestsError where no attempt of `key` is left; counts nothing."""
        if not self._limiter.test(self._item, *key):
            raise self._refusal(key)

    def clear(self, *key: str) -> None:
        """Forget the attempts of `key`."""
        self._limiter.clear(self._item, *key)

    def _refusal(self, key: tuple[str, ...]) -> TooManyRequestsError:
        reset = self._limiter.get_window_stats(self._item, *key).reset_time
        wait = max(1, round(reset - time.time()))
        return TooManyRequestsError("Too many attempts.", hint=f"Try again in {_duration(wait)}.", retry_after=wait)


def _duration(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
