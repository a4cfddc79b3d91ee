"""Takes: what may stand behind a key of a view file, checked and brought into one form.

A take gets the spot and the raw TOML value. It answers the value in normal form; a fault is noted at the
spot and the answer is then something harmless, so that all faults of a file are told in one run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from addons.web.compiler.reading import Spot
from addons.web.compiler.widgets import check_widget
from kernel.errors import TenonError, suggest
from kernel.orm import Bound, Domain

Take: TypeAlias = Callable[[Spot, Any], Any]
Keys: TypeAlias = Mapping[str, Take]

#: What `{"$": name}` may stand for; only the type matters here.
VARIABLES: Final = {"user": 0, "companies": (), "today": "2000-01-01", "now": "2000-01-01T00:00:00Z"}
NUMERIC: Final = frozenset({"integer", "float", "decimal", "money", "duration"})
TO_MANY: Final = frozenset({"one2many", "many2many"})
DATES: Final = frozenset({"date", "datetime"})
DATE_PARTS: Final = ("year", "quarter", "month", "week", "day")
_ID: Final = re.compile(r"[a-z][a-z0-9_.]*")


def table(spot: Spot, raw: Any, keys: Keys, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """A table with known keys; unknown ones and missing ones are faults."""
    if not isinstance(raw, dict):
        spot.fault("wrong-type", f"is {_kind(raw)}, a table is expected")
        return {}
    answer: dict[str, Any] = {}
    for key, value in raw.items():
        take = keys.get(key)
        if take is None:
            text = f'no key "{key}" here.{suggest(key, keys)} Known: {", ".join(sorted(keys))}'
            spot.at(key).fault("unknown-key", text)
        else:
            answer[key] = take(spot.at(key), value)
    for key in required:
        if key not in raw:
            spot.fault("missing-key", f'"{key}" is missing')
    return answer


def text(spot: Spot, raw: Any) -> str:
    """A text."""
    if not isinstance(raw, str):
        spot.fault("wrong-type", f"is {_kind(raw)}, a text is expected")
        return ""
    return raw


def identifier(spot: Spot, raw: Any) -> str:
    """A name that extensions can refer to."""
    if not isinstance(raw, str) or not _ID.fullmatch(raw):
        spot.fault("wrong-value", f"{raw!r} is no id: small letters, digits, underscores and dots")
        return ""
    return raw


def number(spot: Spot, raw: Any) -> int:
    """A whole number."""
    if not isinstance(raw, int) or isinstance(raw, bool):
        spot.fault("wrong-type", f"is {_kind(raw)}, a whole number is expected")
        return 0
    return raw


def flag(spot: Spot, raw: Any) -> bool:
    """true or false."""
    if not isinstance(raw, bool):
        spot.fault("wrong-type", f"is {_kind(raw)}, true or false is expected")
        return False
    return raw


def anything(_spot: Spot, raw: Any) -> Any:
    """Options of a widget: its own business."""
    return raw


def choice(*values: str) -> Take:
    """One of a few words."""

    def take(spot: Spot, raw: Any) -> str:
        if raw not in values:
            hint = suggest(str(raw), values)
            text = f"{raw!r} is not one of {', '.join(values)}.{hint}"
            spot.fault("wrong-value", text, raw if isinstance(raw, str) else "")
            return values[0]
        return str(raw)

    return take


def many(take: Take) -> Take:
    """A list of what `take` takes."""

    def take_all(spot: Spot, raw: Any) -> list[Any]:
        if not isinstance(raw, list):
            spot.fault("wrong-type", f"is {_kind(raw)}, a list is expected")
            return []
        return [take(spot.at(index), value) for index, value in enumerate(raw)]

    return take_all


def field(*types: str) -> Take:
    """The name of a field of the model, of one of `types` if some are given."""

    def take(spot: Spot, raw: Any) -> str:
        name = text(spot, raw)
        check_field(spot, name, types)
        return name

    return take


def check_field(spot: Spot, name: str, types: tuple[str, ...] = ()) -> None:
    """Note a fault if the model has no such field, or one of another type."""
    if spot.model is None or not name:
        return
    bound = spot.model.fields.get(name)
    if bound is None:
        text = f'no field "{name}" on {spot.model.name}.{suggest(name, spot.model.fields)}'
        spot.fault("unknown-field", text, name)
    elif types and bound.field.type not in types:
        text = f'"{name}" is a {bound.field.type} field; {" or ".join(types)} is expected'
        spot.fault("wrong-field-type", text, name)


def searched(*types: str) -> Take:
    """The name of a field of one of `types` that records can be searched by."""

    def take(spot: Spot, raw: Any) -> str:
        name: str = field(*types)(spot, raw)
        if spot.model is not None and _only_read(spot.model.fields.get(name)):
            spot.fault("not-searchable", f'"{name}" is computed and not stored: no query can look for it', name)
        return name

    return take


def domain(spot: Spot, raw: Any) -> Any:
    """Records to search for: a domain in wire form, checked against the model and kept as it is."""
    if spot.model is not None:
        try:
            read = Domain.from_wire(raw, variables=VARIABLES, trusted=True)
            read.check(spot.model, lambda *_: Domain.TRUE)
        except TenonError as fault:
            spot.fault("bad-domain", f"{fault.text}{' ' + fault.hint if fault.hint else ''}")
    return raw


def condition(spot: Spot, raw: Any) -> Any:
    """When something is so: true, false, or a domain, which may ask for values that cannot be searched."""
    if isinstance(raw, bool):
        return raw
    steps = [path.partition(".")[0] for path in paths(raw)]
    if spot.model is None or not any(_only_read(spot.model.fields.get(name)) for name in steps):
        return domain(spot, raw)
    for name in steps:
        check_field(spot, name.partition(":")[0])
    return raw


def paths(wire: Any) -> list[str]:
    """The paths that a domain in wire form compares."""
    if not isinstance(wire, list) or not wire:
        return []
    if isinstance(wire[0], str) and wire[0] not in ("&", "|", "!"):
        return [wire[0]]
    return [path for part in wire for path in paths(part)]


def _only_read(bound: Bound | None) -> bool:
    """A computed value that no query can look for, but a client has."""
    return bound is not None and not (bound.stored or bound.field.related or bound.field.search_name)


def domains(*names: str) -> Take:
    """A table of named conditions."""
    keys = dict.fromkeys(names, condition)

    def take(spot: Spot, raw: Any) -> dict[str, Any]:
        return table(spot, raw, keys)

    return take


def order(spot: Spot, raw: Any) -> str:
    """`date desc, name`: fields of the model, each with asc or desc."""
    for term in text(spot, raw).split(","):
        words = term.split()
        if len(words) not in (1, 2) or (len(words) == 2 and words[1] not in ("asc", "desc")):
            spot.fault("bad-order", f'"{term.strip()}" is no order; write for example "date desc, name"')
        elif "." not in words[0]:
            check_field(spot, words[0])
    return str(raw)


def group_by(spot: Spot, raw: Any) -> str:
    """A field to group by; a date has a part: `close_date:month`."""
    name, _, part = text(spot, raw).partition(":")
    check_field(spot, name, tuple(sorted(DATES)) if part else ())
    if part and part not in DATE_PARTS:
        known = ", ".join(DATE_PARTS)
        spot.fault("wrong-value", f'"{part}" is no part of a date: {known}.{suggest(part, DATE_PARTS)}')
    return str(raw)


def method(spot: Spot, raw: Any) -> str:
    """The name of a method of the model that clients may call."""
    name = text(spot, raw)
    check_method(spot, name)
    return name


def check_method(spot: Spot, name: str) -> None:
    """Note a fault if the model has no such method, or one that clients may not call."""
    if spot.model is None or not name:
        return
    cls = spot.model.cls
    known = [key for key in dir(cls) if _is_exposed(cls, key)]
    if not callable(getattr(cls, name, None)):
        text = f'no method "{name}" on {spot.model.name}.{suggest(name, known)}'
        spot.fault("unknown-method", text, name)
    elif name not in known:
        text = f'clients may not call "{name}" of {spot.model.name}: put @exposed above it'
        spot.fault("inner-method", text, name)


def _is_exposed(cls: type[Any], name: str) -> bool:
    """An override of an exposed method need not be marked again."""
    return any(hasattr(base.__dict__.get(name), "__exposed__") for base in cls.__mro__)


def item(spot: Spot, raw: Any) -> dict[str, Any]:
    """A field on a screen: its name alone, or a table with name and how to show it."""
    if isinstance(raw, str):
        check_field(spot, raw)
        return {"name": raw}
    answer = table(spot, raw, ITEM, required=("name",))
    if "widget" in answer and spot.model is not None:
        check_widget(spot.at("widget"), answer["widget"], spot.model.fields.get(answer.get("name", "")))
    if "columns" in answer and isinstance(raw, dict):
        answer["columns"] = _nested(spot, raw)
    return answer


def _nested(spot: Spot, raw: dict[str, Any]) -> list[Any]:
    """The columns of a table of lines, checked against the lines' own model."""
    bound = spot.model.fields.get(str(raw.get("name"))) if spot.model else None
    if bound is not None and bound.field.type not in TO_MANY:
        text = f'"{bound.name}" is a {bound.field.type} field: only one2many and many2many have columns'
        spot.fault("wrong-field-type", text)
        return []
    inner = spot.at("columns").about(bound.comodel if bound else None)
    answer: list[Any] = many(item)(inner, raw["columns"])
    return answer


def _kind(raw: Any) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(raw), "a table" if isinstance(raw, dict) else "a value")


ITEM: Final[Keys] = {
    "name": field(),
    "label": text,
    "help": text,
    "widget": text,
    "placeholder": text,
    "span": number,
    "width": number,
    "sum": flag,
    "visible": condition,
    "readonly": condition,
    "required": condition,
    "columns": anything,
    "options": anything,
}
