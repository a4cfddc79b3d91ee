"""Who reads: the zone of their clock, and the language and company whose values of keyed fields they see."""

from __future__ import annotations

from typing import Protocol


class Reading(Protocol):
    """What an env tells of its reader; asked only by queries that need it."""

    @property
    def language(self) -> str:
        """The reader's language."""
        ...

    @property
    def tenant_language(self) -> str:
        """The language that is read where a text is not translated."""
        ...

    @property
    def company(self) -> int | None:
        """The company worked in."""
        ...


class Reader(str):
    """A zone's name that also knows its reader: wherever a query takes a `tz`, it can take this."""

    __slots__ = ("env",)
    env: Reading

    @classmethod
    def of(cls, tz: str, env: Reading) -> Reader:
        """The reader of an env."""
        reader = cls(tz)
        reader.env = env
        return reader


def language_of(tz: str) -> str:
    """The language of a query's reader; a query without one reads English."""
    return tz.env.language if isinstance(tz, Reader) else "en"


def tenant_language_of(tz: str) -> str:
    """The language that the reader falls back to."""
    return tz.env.tenant_language if isinstance(tz, Reader) else "en"


def company_of(tz: str) -> str | None:
    """The company of a query's reader, as the key of its values."""
    company = tz.env.company if isinstance(tz, Reader) else None
    return None if company is None else str(company)
