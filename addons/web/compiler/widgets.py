"""Widgets by name: those of the client, with the types of fields they show, and those that addons bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from addons.web.compiler.reading import Spot
from kernel.errors import suggest
from kernel.orm import Bound

_TEXTS: Final = ("char", "text")
_NUMBERS: Final = ("integer", "float", "decimal", "money", "duration")
WIDGETS: Final[Mapping[str, tuple[str, ...]]] = {
    "avatar": ("char", "many2one", "image", "reference"),
    "chip": ("many2one", "reference"),
    "due": ("date", "datetime"),
    "email": _TEXTS,
    "json": ("json", *_TEXTS),
    "password": ("char",),
    "percent": _NUMBERS,
    "phone": _TEXTS,
    "status": ("selection", "char", "many2one", "boolean"),
    "tags": ("many2many", "one2many"),
    "url": _TEXTS,
}
"""Widget of the client -> types of the fields that it shows."""
SCRIPT: Final = "static/web/main.js"


def check_widget(spot: Spot, name: str, bound: Bound | None) -> None:
    """Note a fault if there is no such widget, or if it shows no fields of this type."""
    if "." in name:
        _check_brought(spot, name)
    elif name not in WIDGETS:
        known = ", ".join(WIDGETS)
        text = f'no widget "{name}".{suggest(name, WIDGETS)} Known: {known}; one of an addon is "<addon>.<name>"'
        spot.fault("unknown-widget", text, name)
    elif bound is not None and bound.field.type not in WIDGETS[name]:
        types = " or ".join(WIDGETS[name])
        spot.fault("wrong-widget", f'"{name}" shows {types}; "{bound.name}" is a {bound.field.type} field', name)


def _check_brought(spot: Spot, name: str) -> None:
    """A widget of an addon: its script must be there, and name it."""
    addon = name.partition(".")[0]
    if spot.model is not None and addon not in spot.model.registry.addons:
        text = f'no widget "{name}": no addon "{addon}" is there.{suggest(addon, spot.model.registry.addons)}'
        spot.fault("unknown-widget", text, name)
    if addon != spot.file.addon:
        return
    script = spot.file.source.path.parents[1] / SCRIPT
    if not script.is_file():
        spot.fault("missing-client", f'the widget "{name}" needs {SCRIPT}, which is not there', name)
    elif name not in (text := script.read_text(encoding="utf-8", errors="replace")):
        near = suggest(name, [word.strip("'\"`(),;") for word in text.split() for word in word.split("(")])
        spot.fault("unknown-widget", f'{SCRIPT} has no widget "{name}".{near}', name)
