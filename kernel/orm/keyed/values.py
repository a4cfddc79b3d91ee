"""Values of which one record has several: texts by language, values by company.

A column of such a field is a jsonb mapping `{language: text}` or `{company id: value}`, and so is what the
transaction's cache holds. Each env sees one value of it, in a column of its own that is filled from the mapping
and forgotten when the mapping changes (`kernel.orm.keyed.access`). Mappings are never changed in place.

What is unset is not in a mapping: a text is never empty, and a value that is null is only there where the field's
default is something else. Pure: no I/O.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

Raw = Mapping[str, Any]
"""`{language: text}` or `{company id as text: value}`."""

NOTHING: Final[Raw] = {}

_TO_JSON: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "numeric": lambda value: format(value, "f"),
        "date": dt.date.isoformat,
        "timestamptz": dt.datetime.isoformat,
    }
)
_FROM_JSON: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "numeric": Decimal,
        "float8": float,
        "date": dt.date.fromisoformat,
        "timestamptz": dt.datetime.fromisoformat,
    }
)


def encoder(sql_type: str, encode: Callable[[Any], Any] | None) -> Callable[[Raw], dict[str, Any]] | None:
    """What turns a mapping into its JSON; `encode` is the field's own way to SQL. None: it is JSON already."""
    write = _chain(encode, _TO_JSON.get(sql_type))
    return None if write is None else _each(write)


def decoder(sql_type: str, decode: Callable[[Any], Any] | None) -> Callable[[Raw], dict[str, Any]] | None:
    """The way back of `encoder`."""
    read = _chain(_FROM_JSON.get(sql_type), decode)
    return None if read is None else _each(read)


def _chain(first: Callable[[Any], Any] | None, then: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    if first is None or then is None:
        return first or then
    return lambda value: then(first(value))


def _each(turn: Callable[[Any], Any]) -> Callable[[Raw], dict[str, Any]]:
    return lambda raw: {key: None if value is None else turn(value) for key, value in raw.items()}


def seen_text(raw: Raw, language: str, tenant: str) -> str:
    """What a reader of `language` sees: their own text, else the tenant's, else the first by length and code."""
    for key in (language, tenant):
        if key in raw:
            return str(raw[key])
    return str(raw[min(raw, key=_place)]) if raw else ""


def _place(key: str) -> tuple[int, str]:
    """The order in which jsonb keeps its keys, so that SQL finds the same text."""
    return len(key), key


def with_text(raw: Raw, language: str, text: str, tenant: str) -> dict[str, Any]:
    """The mapping after `text` was written in `language`.

    The first text is the tenant's as well, until that is translated. An empty text takes a translation back; in
    the tenant's language it takes them all.
    """
    if not text:
        return {} if language == tenant else {key: value for key, value in raw.items() if key != language}
    first = {tenant: text} if not raw else {}
    return {**raw, **first, language: text}


def with_value(raw: Raw, company: str, value: Any, unset: Any, null: Any) -> dict[str, Any]:
    """The mapping after a company's value was written; null is left out where it is the default."""
    if value == null and unset == null:
        return {key: each for key, each in raw.items() if key != company}
    return {**raw, company: value}
