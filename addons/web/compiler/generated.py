"""Views made from a model's fields, where no addon declares one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kernel.orm.registry.registry import Bound, ModelInfo

AUDIT: Final = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version"})
COLUMNS: Final = 6
_LONG: Final = frozenset({"text", "html", "json", "binary", "image", "one2many", "many2many"})
_LINES: Final = frozenset({"one2many"})


def generate_view(kind: str, model: ModelInfo) -> dict[str, Any] | None:
    """A plain list, form or search of a model; None for what needs a decision (a board, a calendar)."""
    if kind == "list":
        return {"columns": [{"name": bound.name} for bound in _columns(model)]}
    if kind == "search":
        return {"fields": [model.title] if model.title else [], "filter": [], "group": []}
    if kind == "form":
        return _form(model)
    return None


def _shown(model: ModelInfo) -> Iterator[Bound]:
    return (
        bound
        for bound in model.fields.values()
        if bound.name not in AUDIT and not bound.field.secret and bound is not model.extra
    )


def _columns(model: ModelInfo) -> list[Bound]:
    found = [b for b in _shown(model) if b.field.type not in _LONG and b.name not in (model.title, "archived")]
    title = [model.fields[model.title]] if model.title else []
    return [*title, *found][:COLUMNS]


def _form(model: ModelInfo) -> dict[str, Any]:
    fields = [bound for bound in _shown(model) if bound.name != model.title]
    tabs = [bound for bound in fields if bound.field.type in _LINES]
    view: dict[str, Any] = {
        "buttons": [],
        "section": [
            {
                "id": "main",
                "columns": 2,
                "fields": [{"name": bound.name} for bound in fields if bound not in tabs],
            }
        ],
        "tab": [{"id": bound.name, "title": bound.field.label, "fields": [{"name": bound.name}]} for bound in tabs],
    }
    if model.title:
        view["title"] = model.title
    return view
