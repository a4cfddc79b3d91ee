"""E-mail addresses: what is one, and when two are the same. Contacts, customers and bridges must agree on it."""

from __future__ import annotations

import re
from typing import Final

EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


def normal_email(address: str) -> str:
    """The form in which two spellings of one e-mail address are equal."""
    return address.strip().casefold()
