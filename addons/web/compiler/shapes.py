"""Shapes: which keys each type of view has, and what stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from addons.web.compiler.reading import Spot
from addons.web.compiler.takes import (
    NUMERIC,
    Keys,
    check_method,
    choice,
    condition,
    domain,
    domains,
    field,
    flag,
    group_by,
    identifier,
    item,
    many,
    method,
    number,
    order,
    searched,
    table,
    text,
)

NUMBERS: Final = tuple(sorted(NUMERIC))
#: Minutes that an appointment is dragged by.
STEPS: Final = (5, 10, 15, 20, 30, 60)
STEP: Final = 15
TONES: Final = ("danger", "warning", "success", "accent", "muted")


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of a table and those it cannot do without."""

    keys: Keys
    required: tuple[str, ...] = ()

    def __call__(self, spot: Spot, raw: Any) -> dict[str, Any]:
        return table(spot, raw, self.keys, self.required)


BUTTON: Final = Shape(
    {
        "method": method,
        "label": text,
        "kind": choice("default", "primary", "danger"),
        "icon": text,
        "confirm": text,
        "visible": condition,
    },
    required=("method", "label"),
)
SECTION: Final = Shape(
    {
        "id": identifier,
        "title": text,
        "note": text,
        "columns": number,
        "visible": condition,
        "fields": many(item),
    },
    required=("id", "fields"),
)
TAB: Final = Shape({**SECTION.keys}, required=("id", "title", "fields"))
FILTER: Final = Shape(
    {"id": identifier, "label": text, "domain": domain, "separate": flag}, required=("id", "label", "domain")
)
GROUP: Final = Shape({"id": identifier, "label": text, "by": group_by}, required=("id", "label", "by"))
CARD: Final = Shape(
    {
        "title": field(),
        "subtitle": field(),
        "amount": field(*NUMBERS),
        "chips": many(field()),
        "avatar": field("many2one", "image", "char"),
        "activity": field("date", "datetime"),
        "edge": condition,
    },
    required=("title",),
)
PROGRESS: Final = Shape(
    {"field": field(), "good": text, "open": text, "bad": text}, required=("field", "good", "open", "bad")
)


def folding(spot: Spot, raw: Any) -> str:
    """`fold` is a field of the column's model, which the whole board knows: see `board`."""
    return text(spot, raw)


def opening(spot: Spot, raw: Any) -> str:
    """`hours` is a method of the resources' model, which the whole calendar knows: see `_check_hours`."""
    return text(spot, raw)


VIEWS: Final[Mapping[str, Shape]] = {
    "list": Shape(
        {
            "title": text,
            "columns": many(item),
            "decorate": domains(*TONES),
            "order": order,
            "group": group_by,
            "editable": flag,
            "buttons": many(BUTTON),
        },
        required=("columns",),
    ),
    "search": Shape({"fields": many(field()), "filter": many(FILTER), "group": many(GROUP)}),
    "board": Shape(
        {
            "title": text,
            "group": field("many2one", "selection"),
            "all_groups": flag,
            "fold": folding,
            "sum": field(*NUMBERS),
            "order": order,
            "progress": PROGRESS,
            "card": CARD,
            "quick_create": many(field()),
        },
        required=("group", "card"),
    ),
    "calendar": Shape(
        {
            "title": field(),
            "start": searched("datetime"),
            "end": searched("datetime"),
            "resource": field("many2one", "many2many"),
            "color": field("many2one", "selection", "char"),
            "scales": many(choice("day", "week")),
            "step": number,
            "hours": opening,
            "fields": many(item),
            "decorate": domains(*TONES),
            "quick_create": many(item),
        },
        required=("title", "start", "end"),
    ),
    "form": Shape(
        {
            "title": field(),
            "subtitle": field(),
            "avatar": field(),
            "status": field("many2one", "selection"),
            "buttons": many(BUTTON),
            "section": many(SECTION),
            "tab": many(TAB),
            "timeline": flag,
        }
    ),
}

ACTION: Final = Shape(
    {
        "title": text,
        "model": text,
        "views": many(choice(*(name for name in VIEWS if name != "search"))),
        "variant": text,
        "domain": domain,
        "filters": many(text),
        "groups": many(text),
        "help": text,
        "icon": text,
    },
    required=("title", "model", "views"),
)
MENU: Final = Shape(
    {
        "title": text,
        "icon": text,
        "parent": text,
        "sequence": number,
        "action": text,
        "url": text,
        "groups": many(text),
    },
    required=("title",),
)


def read_view(spot: Spot, kind: str, raw: Any) -> dict[str, Any]:
    """A view in normal form: known keys only, each field on it a table with its name."""
    answer = VIEWS[kind](spot, raw)
    if kind == "board":
        _check_fold(spot, answer)
    if kind == "calendar":
        _check_calendar(spot, answer)
    return answer


def _check_fold(spot: Spot, view: Mapping[str, Any]) -> None:
    """The folded columns are told by a boolean of the model that the columns are records of."""
    group = spot.model.fields.get(view.get("group", "")) if spot.model else None
    if "fold" not in view or group is None:
        return
    if group.comodel is None:
        text = f'"fold" needs columns that are records; "{group.name}" is a selection'
        spot.at("fold").fault("wrong-field-type", text)
    else:
        field("boolean")(spot.at("fold").about(group.comodel), view["fold"])


def _check_calendar(spot: Spot, view: Mapping[str, Any]) -> None:
    """A step that divides the hour; opening hours told by a method of the model that resources are records of."""
    step = view.get("step", STEP)
    if step not in STEPS:
        text = f"{step} is no step; minutes that divide an hour: {', '.join(map(str, STEPS))}"
        spot.at("step").fault("wrong-value", text)
    if not view.get("hours"):
        return
    resource = spot.model.fields.get(view.get("resource", "")) if spot.model else None
    if resource is None:
        spot.at("hours").fault("missing-key", '"hours" needs a "resource", whose hours they are')
    else:
        check_method(spot.at("hours").about(resource.comodel), view["hours"])
