"""The cursor of a page: a text that holds the place of its last record in an order.

It holds the values that the records are ordered by, as PostgreSQL writes them, and a digest of the order. So a
page costs what the page costs, wherever it begins, and a record that is inserted or deleted meanwhile moves no
other one to a page where it is seen twice or not at all.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from kernel.orm.query.order import OrderTerm

Place = tuple[str | None, ...]
"""The values of a record in the terms of an order; None is unset."""


def write_cursor(terms: Sequence[OrderTerm], place: Place) -> str:
    """The cursor of a row: a text that is safe in an address. It holds nothing that the reader may not see."""
    text = json.dumps([_digest(terms), *place], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(terms: Sequence[OrderTerm], cursor: str) -> Place:
    """The values in a cursor; raises ValueError for what is none, or is one of another order."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, json.JSONDecodeError, RecursionError):
        raise ValueError("this is no cursor") from None
    if not isinstance(found, list) or not all(part is None or isinstance(part, str) for part in found):
        raise ValueError("this is no cursor")
    if not found or found[0] != _digest(terms) or len(found) != len(terms) + 1 or found[-1] is None:
        raise ValueError("this cursor is of another order")
    if any(part is not None and "\0" in part for part in found):
        raise ValueError("this is no cursor")
    return tuple(found[1:])


def _digest(terms: Sequence[OrderTerm]) -> str:
    text = ",".join(f"{'.'.join(bound.name for bound in term.path)} {term.desc}" for term in terms)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
