"""The operators of domains, how a value belongs to the shape of a term, and the error of a wrong domain.

A term's *shape* is `(path, operator, kind)`, its value lies apart. The kind tells what the value looks like
where that changes the SQL:

    "v"   one value                         "0"   nothing: None, an empty text, an empty recordset
    "l"   a list of values                  "l0"  a list of values, and nothing as one of them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from kernel.errors import DeveloperError, suggest

Key = tuple[Any, ...]
Params = tuple[Any, ...]

TRUE_KEY: Final[Key] = ("&",)
FALSE_KEY: Final[Key] = ("|",)
JUNCTIONS: Final = frozenset(("&", "|", "!"))

# A negative operator is the exact complement of its positive one, so `!=` finds what is unset, too.
NEGATIVE: Final = {
    "!=": "=",
    "not in": "in",
    "not like": "like",
    "not ilike": "ilike",
    "not starts_with": "starts_with",
    "not similar": "similar",
    "not matches": "matches",
    "not child_of": "child_of",
    "not parent_of": "parent_of",
    "not any": "any",
}
EQUALITY: Final = frozenset(("=", "in"))
ORDERING: Final = frozenset(("<", "<=", ">", ">="))
TEXTUAL: Final = frozenset(("like", "ilike", "starts_with"))
SPANNING: Final = frozenset(("contains", "overlaps", "within"))
PAGE_TAG: Final = "<[^>]*>"
"""Tags of a page, which the text operators take for spaces."""
ENTITIES: Final = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""How a sanitised page writes letters, in the order in which they are read back."""
TREE: Final = frozenset(("child_of", "parent_of"))
ASKED: Final = frozenset(("similar", "matches"))
"""What only PostgreSQL decides; `filtered` asks it."""
DATE_PARTS: Final = frozenset(("year", "quarter", "month", "week", "day", "weekday"))
TIME_PARTS: Final = DATE_PARTS | {"hour"}


class DomainError(DeveloperError):
    """A domain that means nothing: an unknown operator, a malformed wire form, a value that does not fit."""

    code = "domain"
    status = 400


class RecordId(int):
    """The id of a record that a domain was given; `check` compares the model."""

    model: str


class RecordIds(tuple[Any, ...]):
    """The ids of a recordset that a domain was given; `check` compares the model."""

    model: str


def _ids(value: Any) -> RecordIds | None:
    """The ids of a recordset; None for what is no recordset. (The domain knows no models.)"""
    ids = getattr(value, "ids", None)
    if ids is None or callable(ids):
        return None
    found = RecordIds(ids)
    found.model = getattr(type(value), "__model__", "")
    return found


def _id_of(ids: RecordIds) -> Any:
    """The only one of `ids`; a draft's stays what it is."""
    if type(ids[0]) is not int:
        return ids[0]
    found = RecordId(ids[0])
    found.model = ids.model
    return found


def _one(operator: str, value: Any) -> tuple[str, Params]:
    if value is None or (value.__class__ is str and not value):
        return "0", ()
    if value.__class__ in _PLAIN:
        return "v", (value,)
    ids = _ids(value)
    if ids is None:
        if isinstance(value, list) and len(value) == 2 and not any(isinstance(end, (list, dict)) for end in value):
            return "v", (tuple(value),)  # the wire form of a range; what is no range refuses it
        if isinstance(value, (list, set, frozenset)):
            raise DomainError(f'"{operator}" compares with one value, not with {value!r}.', hint='Use "in" for a list.')
        return "v", (value,)
    if len(ids) > 1:
        raise DomainError(f'"{operator}" compares with one record, not with {len(ids)}.', hint='Use "in".')
    return ("v", (_id_of(ids),)) if ids else ("0", ())


def _many(operator: str, value: Any) -> tuple[str, Params]:
    ids = _ids(value)
    if ids is not None:
        return "l", (ids,)
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Iterable):
        raise DomainError(f'"{operator}" takes a list, not {value!r}.', hint='Use "=" for one value.')
    values = tuple(value)
    kinds = set(map(type, values))
    if kinds == {int} or (kinds == {str} and "" not in values):
        return "l", (values,)
    filled = tuple([_item(operator, item) for item in values if not _is_unset(item)])
    return ("l" if len(filled) == len(values) else "l0"), (filled,)


def _is_unset(item: Any) -> bool:
    return item is None or (item.__class__ is str and not item) or _ids(item) == ()


def _item(operator: str, item: Any) -> Any:
    ids = _ids(item)
    if ids is None:
        return item
    if len(ids) != 1:
        raise DomainError(f'"{operator}" takes single records in a list, not {len(ids)} as one.')
    return _id_of(ids)


def _text(operator: str, value: Any) -> tuple[str, Params]:
    if not isinstance(value, str):
        raise DomainError(f'"{operator}" takes a text, not {value!r}.')
    return "v", (value,)


def _tree(operator: str, value: Any) -> tuple[str, Params]:
    if value is None:
        return "l", ((),)
    if value.__class__ is int:
        return "l", ((value,),)
    return _many(operator, value)


_PLAIN: Final = frozenset((int, str, float, bool))

SPLIT: Final[dict[str, Callable[[str, Any], tuple[str, Params]]]] = {
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "contains", "overlaps", "within"), _one),
    **dict.fromkeys(("in", "not in"), _many),
    **dict.fromkeys(("like", "not like", "ilike", "not ilike", "starts_with", "not starts_with"), _text),
    **dict.fromkeys(("similar", "not similar", "matches", "not matches"), _text),
    **dict.fromkeys(("child_of", "not child_of", "parent_of", "not parent_of"), _tree),
}


def unknown_operator(operator: object) -> DomainError:
    """The error for an operator that does not exist."""
    names = (*SPLIT, "any", "not any")
    near = suggest(str(operator), names)
    return DomainError(f'No operator "{operator}" in domains.{near}', hint=f"There are: {' '.join(names)}.")
