"""Which record of a failed statement broke a constraint: PostgreSQL says it in the DETAIL of its error.

A failing row is told with all its columns, the id first. Of a key only the values are told; the record at
fault is the written one whose values PostgreSQL shows so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, UnitOfWork

_END = r"\) (?:already exists|conflicts with existing key|is not present in table|is still referenced)"
KEY: Final = re.compile(rf"Key \((?P<columns>.+?)\)=\((?P<values>.*?){_END}", re.DOTALL)
_ROW: Final = re.compile(r"Failing row contains \((?P<id>\d+)[,)]")
_ANY: Final = ".*"


def culprit(work: UnitOfWork, model: ModelInfo, detail: str, ids: Sequence[Any]) -> int | None:
    """The id of the record at fault among `ids`; None where that is not certain."""
    row = _ROW.search(detail)
    if row:
        return int(row["id"])
    key = KEY.search(detail)
    if key is None:
        return ids[0] if len(ids) == 1 else None
    parts = [by_column(model, part.strip(' "')) for part in _split(key["columns"])]
    found = [id for id in ids if re.fullmatch(_pattern(work, parts, id), key["values"], re.DOTALL)]
    if len(found) > 1 and None in parts:
        return None  # a part is an expression: which of them it is, only PostgreSQL knows
    if found:
        return int(found[-1])  # of two equal ones in a statement the later one is at fault
    return ids[0] if len(ids) == 1 else None


def by_column(model: ModelInfo, column: str) -> Bound | None:
    """The field that has this column."""
    return next((bound for bound in model.columns if bound.column == column), None)


def _split(columns: str) -> list[str]:
    """The parts of a key, split at the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for letter in columns:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _pattern(work: UnitOfWork, parts: Sequence[Bound | None], id: Any) -> str:
    return ", ".join([_ANY if bound is None else _shown(work, bound, id) for bound in parts])


def _shown(work: UnitOfWork, bound: Bound, id: Any) -> str:
    """A pattern of how PostgreSQL shows the value of a record."""
    value = work.column(bound).get(id, MISSING)
    if value is MISSING:
        return _ANY
    if bound.encode is not None:
        value = bound.encode(value)
    if value is None:
        return "null"
    show = _SHOWN.get(bound.column_type)
    return _ANY if show is None else re.escape(show(value))


def _moment(value: dt.datetime) -> str:
    """As in a session whose zone is UTC."""
    value = value.astimezone(dt.UTC)
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction}+00"


def _span(show: Callable[[Any], str], value: Any) -> str:
    low, high = ("" if end is None else show(end) for end in (value.lower, value.upper))
    return f"{value.bounds[0]}{low},{high}{value.bounds[1]}"


_SHOWN: Final[dict[str, Callable[[Any], str]]] = {
    "text": str,
    "varchar": str,
    "int8": str,
    "int4": str,
    "numeric": lambda value: format(value, "f"),
    "bool": lambda value: "t" if value else "f",
    "date": dt.date.isoformat,
    "timestamptz": _moment,
    "daterange": lambda value: _span(dt.date.isoformat, value),
    "tstzrange": lambda value: _span(lambda end: f'"{_moment(end)}"', value),
}
