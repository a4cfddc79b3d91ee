"""Anchors: the named things of a view, and where in it each of them stands.

A view is a tree of tables. Its *collections* are the lists that hold named things: the sections and tabs of
a form, their fields, its buttons; the columns of a list; the filters and groups of a search. An anchor is
such a thing's id: a field's name, a button's method, the `id` of the others. `lines.product` is the column
`product` of the lines. Where two kinds share an id, `tab:activities` says which is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

#: What names a thing of each kind.
NAMED_BY: Final = {"field": "name", "button": "method", "section": "id", "tab": "id", "filter": "id", "group": "id"}
#: Per type of view: the collection that `inside = "<type>"` adds things of a kind to.
ROOTS: Final[dict[str, dict[str, str]]] = {
    "form": {"section": "section", "tab": "tab", "button": "buttons"},
    "list": {"field": "columns", "button": "buttons"},
    "search": {"field": "fields", "filter": "filter", "group": "group"},
    "board": {"field": "chips"},
    "calendar": {"field": "fields"},
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A named thing: its kind, its id, and the collection and position it has."""

    kind: str
    id: str
    collection: list[Any]
    index: int

    @property
    def thing(self) -> Any:
        """The table itself; for the fields of a search or the chips of a card, a name."""
        return self.collection[self.index]

    @property
    def label(self) -> str:
        """The id with its kind: `tab:activities`."""
        return f"{self.kind}:{self.id}"


def anchors(kind: str, view: dict[str, Any]) -> Iterator[Anchor]:
    """All named things of a view of type `kind`, in the order of the screen."""
    for thing, key in ROOTS[kind].items():
        holder = view.get("card", {}) if kind == "board" else view
        yield from _listed(thing, holder.get(key, []))


def _listed(kind: str, collection: list[Any], prefix: str = "") -> Iterator[Anchor]:
    for index, thing in enumerate(collection):
        name = thing if isinstance(thing, str) else str(thing.get(NAMED_BY[kind], ""))
        yield Anchor(kind, prefix + name, collection, index)
        if isinstance(thing, dict):
            yield from _inside(kind, thing, prefix + name)


def _inside(kind: str, thing: dict[str, Any], id: str) -> Iterator[Anchor]:
    if kind in ("section", "tab"):
        yield from _listed("field", thing.get("fields", []))
    elif kind == "field" and isinstance(thing.get("columns"), list):
        yield from _listed("field", thing["columns"], f"{id}.")
