"""What a person reads for a group: "November 2026", "W47 2026", the text of a choice, the title of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, get_day_names

from kernel.orm.fields.choice import Selection

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.query.group import GroupTerm

UNSET: Final = "Not set"
UNSEEN: Final = "Not visible to you"
_SKELETONS: Final = {"day": "yMMMd", "month": "yMMMM", "quarter": "yQQQ", "year": "y"}


class Labels:
    """The labels of one key of a grouping, in the language of an env."""

    def __init__(self, term: GroupTerm, env: Env) -> None:
        self.text = _reader(term, env)

    def of(self, key: Any) -> str:
        """The label of a key, which is in wire form."""
        return UNSET if key is None or key == "" else self.text(key)


def _reader(term: GroupTerm, env: Env) -> Callable[[Any], str]:
    last = term.path[-1]
    field = env.extra_field(last.model, last.name).field if last.extra_key else last.field
    if term.path[-1].comodel is not None:
        return lambda key: str(key["title"]) if key.get("id") else UNSEEN
    if term.part or field.type == "date":
        part, language = term.part or "day", env.language
        return lambda key: period_label(key, part, language)
    if field.type == "boolean":
        return lambda key: "Yes" if key else "No"
    if isinstance(field, Selection):
        return _choices(field)
    return str


def _choices(field: Selection[Any]) -> Callable[[Any], str]:
    texts = dict(field.values)
    return lambda key: texts.get(key, str(key))


@lru_cache(maxsize=4096)
def period_label(key: str | int, part: str, language: str) -> str:
    """A period by its first day (or local hour) in ISO form, a weekday by its number."""
    locale = _locale(language)
    if isinstance(key, int):
        return str(get_day_names("wide", "stand-alone", locale)[key - 1])
    begin = dt.datetime.fromisoformat(key)
    if part == "week":
        year, week, _ = begin.isocalendar()
        return f"W{week:02} {year}"
    if part == "hour":
        return f"{format_skeleton(_SKELETONS['day'], begin, tzinfo=dt.UTC, locale=locale)}, {begin:%H:%M}"
    return str(format_skeleton(_SKELETONS[part], begin, tzinfo=dt.UTC, locale=locale))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """The locale of a language of the tenant; English for one that nobody knows."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
