"""Values as PostgreSQL's own text: array literals and COPY rows.

psycopg's dumper of Python lists is slow and picks the element type by value; a literal with a cast
(`'{1,2,3}'::int8[]`) is several times faster and keeps the statement's text the same.
Formats: https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO and .../sql-copy.html (Text Format).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

_PLAIN = frozenset({"int8", "int4", "float8", "numeric", "bool"})
"""Types whose text never needs quoting."""
_TEXT = frozenset({"text", "varchar"})
"""Types whose values are their own input text."""


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _span(value: Any) -> str:
    if value.isempty:
        return "empty"
    low, high = (f'"{end.isoformat()}"' if end is not None else "" for end in (value.lower, value.upper))
    return f"{value.bounds[0]}{low},{high}{value.bounds[1]}"


def _interval(value: dt.timedelta) -> str:
    return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"


def _moment(value: Any) -> str:
    return str(value.isoformat())


_WRITERS: dict[str, Callable[[Any], str]] = {
    "bool": lambda value: "t" if value else "f",
    "numeric": lambda value: format(value, "f"),
    "float8": repr,
    "date": _moment,
    "timestamptz": _moment,
    "jsonb": _json,
    "daterange": _span,
    "tstzrange": _span,
    "interval": _interval,
}


_DIRECT: dict[str, Callable[[Any], str]] = {
    "int8": int.__repr__,
    "float8": float.__repr__,
    "date": dt.date.isoformat,
}
"""Writers that refuse None with a TypeError: a column without it is written by one `map`."""


def texts(values: Iterable[Any], sql_type: str) -> list[str | None]:
    """Each value as PostgreSQL's input text; None stays None."""
    write = _WRITERS.get(sql_type, str)
    return [None if value is None else write(value) for value in values]


def _strings(values: Sequence[Any], sql_type: str, null: str) -> list[str]:
    """Each value as input text, `null` for None."""
    direct = _DIRECT.get(sql_type)
    if direct is not None:
        try:
            return list(map(direct, values))
        except TypeError:
            pass
    return [null if text is None else text for text in texts(values, sql_type)]


def array_literal(values: Sequence[Any], sql_type: str) -> str:
    """`{1,2,NULL}`: to be bound as a text and cast to an array."""
    if sql_type in _PLAIN:
        return "{" + ",".join(_strings(values, sql_type, "NULL")) + "}"
    found: Sequence[str | None] = values if sql_type in _TEXT else texts(values, sql_type)
    joined = "".join([text for text in found if text])
    if '"' in joined or "\\" in joined:
        found = [None if text is None else text.replace("\\", "\\\\").replace('"', '\\"') for text in found]
    if None in found:
        return "{" + ",".join(["NULL" if text is None else f'"{text}"' for text in found]) + "}"
    return '{"' + '","'.join(map(str, found)) + '"}' if found else "{}"


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_column(values: Sequence[Any], sql_type: str) -> Sequence[str]:
    """A column of COPY text fields."""
    if sql_type in _PLAIN or sql_type in _DIRECT:
        return _strings(values, sql_type, "\\N")
    found: Sequence[str | None] = texts(values, sql_type) if sql_type not in _TEXT else values
    joined = "".join([text for text in found if text])
    if "\\" in joined or "\t" in joined or "\n" in joined or "\r" in joined:
        found = [None if text is None else text.translate(_ESCAPES) for text in found]
    return ["\\N" if text is None else text for text in found]
