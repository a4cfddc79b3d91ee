"""A plan: the SQL of one query shape, and how parameters are taken from the values of such a query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Transform = Callable[[Any], Any]
Query = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL with `%s` for each place: the index of a value, and what is done to it (None: nothing)."""

    sql: str
    places: tuple[tuple[int, Transform | None], ...]

    def values(self, given: Sequence[Any]) -> list[Any]:
        """The parameters for `cursor.execute`."""
        return [given[i] if turn is None else turn(given[i]) for i, turn in self.places]

    def query(self, given: Sequence[Any]) -> Query:
        """SQL and parameters."""
        return self.sql, [given[i] if turn is None else turn(given[i]) for i, turn in self.places]


def plain_array(values: Sequence[Any]) -> str:
    """An array literal of numbers, dates or truth values: one text is much faster to send than a list."""
    return "{" + ",".join(map(str, values)) + "}"


def text_array(values: Sequence[Any]) -> str:
    """An array literal of anything else, every element quoted: `NULL` and `{}` stay texts."""
    texts = [str(value) for value in values]
    joined = "".join(texts)
    if '"' in joined or "\\" in joined:
        texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"


def containing(text: str) -> str:
    """A LIKE pattern for what contains `text`; `%`, `_` and the backslash in it stand for themselves."""
    return f"%{_literal(text)}%"


def beginning(text: str) -> str:
    """A LIKE pattern for what begins with `text`."""
    return f"{_literal(text)}%"


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
