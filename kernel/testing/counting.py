"""Counting the statements of a test: more than before are a performance regression."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kernel.db import Transaction


@contextmanager
def counting(tx: Transaction, expected: int) -> Iterator[None]:
    """Fail unless exactly `expected` statements are sent inside."""
    outer, tx.log = tx.log, []
    try:
        yield
        found = tx.log
    finally:
        inner, tx.log = tx.log, outer
        if outer is not None:
            outer.extend(inner)
    if len(found) != expected:
        pytest.fail(_recount(found, expected))


def _recount(found: list[str], expected: int) -> str:
    shown = "\n".join(f"  {number}. {' '.join(text.split())}" for number, text in enumerate(found, 1))
    advice = (
        "More statements than before are a performance regression: look for a read inside a loop."
        if len(found) > expected
        else "Fewer are an improvement: lower the number in the test."
    )
    return f"{len(found)} statements were sent, {expected} were expected. {advice}\n{shown or '  (none)'}"
