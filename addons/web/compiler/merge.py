"""Merging: extensions of one addon applied to the views of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from addons.web.compiler.anchors import NAMED_BY, ROOTS, Anchor, anchors
from addons.web.compiler.reading import Spot
from addons.web.compiler.shapes import BUTTON, FILTER, GROUP, SECTION, TAB, VIEWS, Shape
from addons.web.compiler.takes import ITEM, item, many, table
from addons.web.compiler.widgets import check_widget
from kernel.errors import suggest
from kernel.orm.registry.registry import ModelInfo

OPERATIONS: Final = ("before", "after", "inside", "remove", "set")
#: What an extension brings, by the key it is written under; `fields` brings several.
CONTENT: Final[Mapping[str, Shape]] = {
    "section": SECTION,
    "tab": TAB,
    "button": BUTTON,
    "filter": FILTER,
    "group": GROUP,
}
_KEYS: Final = (*OPERATIONS, "fields", *CONTENT, "values")


@dataclass(frozen=True, slots=True)
class Target:
    """A view that can be extended: its type, its table, and the file it was declared in."""

    id: str
    kind: str
    view: dict[str, Any]
    place: str


def extend(target: Target, spot: Spot, raw: Any) -> None:
    """Apply one `[[extend.*]]` table to a view; faults are noted at the extension and name both files."""
    if not isinstance(raw, dict) or not _known_keys(spot, raw):
        return
    used = [name for name in OPERATIONS if name in raw]
    if len(used) != 1 or not isinstance(raw[used[0]], str):
        spot.fault(
            "bad-extension", f"exactly one of {', '.join(OPERATIONS)} is needed, with an id; found {used or 'none'}"
        )
        return
    operation, id = used[0], str(raw[used[0]])
    if operation == "set":
        _set(target, spot, id, raw)
    elif operation == "remove":
        found = _find(target, spot, id)
        if found is not None:
            del found.collection[found.index]
    else:
        _insert(target, spot, operation, id, raw)


def _known_keys(spot: Spot, raw: Mapping[str, Any]) -> bool:
    unknown = [key for key in raw if key not in _KEYS]
    for key in unknown:
        spot.at(key).fault("unknown-key", f'no key "{key}" in an extension.{suggest(key, _KEYS)}')
    return not unknown


def _find(target: Target, spot: Spot, id: str, kinds: tuple[str, ...] = ()) -> Anchor | None:
    """The anchor of that id, of one of `kinds` where several things have it."""
    known = list(anchors(target.kind, target.view))
    found = [anchor for anchor in known if id in (anchor.id, anchor.label)]
    if not found:
        names = {anchor.id for anchor in known}
        spot.fault(
            "unknown-anchor",
            f'no "{id}" in {target.id}, which {target.place} declares'
            f"{suggest(id, names) or '.'} It has: {', '.join(sorted(names)) or 'nothing yet'}",
            id,
        )
        return None
    fitting = [anchor for anchor in found if anchor.kind in kinds] or found
    if len(fitting) > 1:
        text = f'"{id}" is several things in {target.id}: write {" or ".join(a.label for a in fitting)}'
        spot.fault("ambiguous-anchor", text, id)
        return None
    return fitting[0]


def _insert(target: Target, spot: Spot, operation: str, id: str, raw: Mapping[str, Any]) -> None:
    kind = _content_kind(spot, raw)
    if kind is None:
        return
    if operation == "inside" and id == target.kind:
        collection = _root(target, spot, kind)
        index = len(collection) if collection is not None else 0
        model = spot.model
    else:
        wanted = ("section", "tab", "field") if operation == "inside" else (kind,)
        anchor = _find(target, spot, id, wanted)
        if anchor is None:
            return
        collection, index = _position(target, spot, operation, anchor, kind)
        model = _model_at(spot.model, anchor, operation)
    if collection is None:
        return
    things = _read_content(spot.about(model), kind, raw, plain=target.kind in ("search", "board"))
    _refuse_twice(target, spot, kind, collection, things)
    collection[index:index] = things


def _content_kind(spot: Spot, raw: Mapping[str, Any]) -> str | None:
    brought = [key for key in ("fields", *CONTENT) if key in raw]
    if len(brought) != 1:
        spot.fault("bad-extension", f"exactly one of fields, {', '.join(CONTENT)} is needed; found {brought or 'none'}")
        return None
    return "field" if brought[0] == "fields" else brought[0]


def _root(target: Target, spot: Spot, kind: str) -> list[Any] | None:
    key = ROOTS[target.kind].get(kind)
    if key is None:
        spot.fault("bad-extension", f"a {target.kind} view has no place for a {kind}")
        return None
    holder = target.view.setdefault("card", {}) if target.kind == "board" else target.view
    found: list[Any] = holder.setdefault(key, [])
    return found


def _position(target: Target, spot: Spot, operation: str, anchor: Anchor, kind: str) -> tuple[list[Any] | None, int]:
    """The collection and index that new things of a kind go to."""
    if operation != "inside":
        if anchor.kind == kind:
            return anchor.collection, anchor.index + (operation == "after")
        if kind in ("section", "tab") and anchor.kind in ("section", "tab"):
            collection = _root(target, spot, kind)  # after the section "main" comes a tab: the first of them
            return collection, 0 if operation == "after" else len(collection or ())
        spot.fault("bad-extension", f'"{anchor.id}" is a {anchor.kind}: a {kind} cannot stand {operation} it')
        return None, 0
    if kind == "field" and anchor.kind in ("section", "tab"):
        fields: list[Any] = anchor.thing["fields"]
        return fields, len(fields)
    if kind == "field" and anchor.kind == "field" and isinstance(anchor.thing, dict):
        columns: list[Any] = anchor.thing.setdefault("columns", [])
        return columns, len(columns)
    spot.fault("bad-extension", f'"{anchor.id}" is a {anchor.kind}: a {kind} cannot stand inside it')
    return None, 0


def _model_at(model: ModelInfo | None, anchor: Anchor, operation: str) -> ModelInfo | None:
    """The model whose fields stand at an anchor: that of the lines for a column of lines."""
    path = anchor.id.split(".")
    steps = path if operation == "inside" and anchor.kind == "field" else path[:-1]
    for name in steps:
        bound = model.fields.get(name) if model else None
        model = bound.comodel if bound else None
    return model


def _read_content(spot: Spot, kind: str, raw: Mapping[str, Any], *, plain: bool) -> list[Any]:
    if kind != "field":
        return [CONTENT[kind](spot.at(kind), raw[kind])]
    items = many(item)(spot.at("fields"), raw["fields"])
    return [found["name"] for found in items if "name" in found] if plain else items


def _refuse_twice(target: Target, spot: Spot, kind: str, collection: list[Any], things: list[Any]) -> None:
    """Two things of one kind and id in a view would make an anchor that says nothing."""
    lines = any(item.collection is collection and "." in item.id for item in anchors(target.kind, target.view))
    there = {
        _name(kind, anchor.thing)
        for anchor in anchors(target.kind, target.view)
        if anchor.kind == kind and (anchor.collection is collection if lines else "." not in anchor.id)
    }
    for thing in things:
        if _name(kind, thing) in there:
            name = _name(kind, thing)
            spot.fault("duplicate", f'{target.id} has a {kind} "{name}" already ({target.place})', name)


def _name(kind: str, thing: Any) -> str:
    return thing if isinstance(thing, str) else str(thing.get(NAMED_BY[kind], ""))


def _set(target: Target, spot: Spot, id: str, raw: Mapping[str, Any]) -> None:
    """Change keys of a named thing, or of the view itself."""
    values = raw.get("values")
    if not isinstance(values, dict) or not values:
        spot.fault("bad-extension", '"set" needs values = { ... }')
        return
    inner = spot.at("values")
    if id == target.kind:
        _set_root(target, inner, values)
        return
    if target.kind == "board" and id == "card":
        card = VIEWS["board"].keys["card"]
        target.view["card"] |= table(inner, values, card.keys if isinstance(card, Shape) else {})
        return
    anchor = _find(target, spot, id)
    if anchor is None:
        return
    if not isinstance(anchor.thing, dict):
        spot.fault("bad-extension", f'"{id}" of {target.id} is a name only, it has no values to set', id)
        return
    keys = ITEM if anchor.kind == "field" else CONTENT[anchor.kind].keys
    model = _model_at(spot.model, anchor, "set")
    changed = table(inner.about(model), values, keys)
    if "widget" in changed and model is not None:
        check_widget(inner.about(model).at("widget"), changed["widget"], model.fields.get(anchor.thing.get("name", "")))
    anchor.thing.update(changed)


def _set_root(target: Target, spot: Spot, values: Mapping[str, Any]) -> None:
    """Keys of the view that hold no named things: those have anchors of their own."""
    lists = set(ROOTS[target.kind].values())
    keys = {key: take for key, take in VIEWS[target.kind].keys.items() if key not in lists}
    target.view.update(table(spot, dict(values), keys))
