"""What the client asks before it shows a model: its views, its fields, those of its lines, and one's rights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from addons.base.directory import several_companies
from addons.web.choices import described
from addons.web.compiler import Catalog
from addons.web.compiler.takes import paths
from addons.web.custom import with_extras
from kernel.errors import MissingError
from kernel.orm import Env
from kernel.orm.registry.registry import ModelInfo

TO_MANY: Final = frozenset({"one2many", "many2many"})


def view_bundle(env: Env, catalog: Catalog, model: str, types: Iterable[str], variant: str = "") -> dict[str, Any]:
    """Views of a model as the actor may see them: what is hidden from them is not in it."""
    info = env.registry.model(model)
    if not env.may(info, "read"):
        raise MissingError(
            f"There is nothing here for you: {info.label}.", hint="An administrator can give you access."
        )
    views = {kind: _visible(env, info, kind, catalog.view(kind, model, variant)) for kind in types}
    return {
        **described(env, catalog, info),
        "views": with_extras(env, info, views, variant),
        "models": {other.name: described(env, catalog, other) for other in _line_models(info, views.values())},
    }


def _visible(env: Env, model: ModelInfo, kind: str, view: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The view without fields that the actor may not know of."""
    if view is None:
        return None
    shown: dict[str, Any] = _without(view, _unseen(env, model))
    if kind == "board" and ("group" not in shown or "title" not in shown["card"]):
        return None
    if kind == "calendar" and not {"title", "start", "end"} <= shown.keys():
        return None
    for item in _items(shown) if kind == "form" else ():
        bound = model.fields[item["name"]]
        if "columns" in item and bound.comodel is not None:
            item["columns"] = _without(item["columns"], _unseen(env, bound.comodel))
    return shown


def _unseen(env: Env, model: ModelInfo) -> frozenset[str]:
    """Fields that are hidden from the actor, and those that say nothing while there is one company."""
    if several_companies(env):
        return env.hidden_names(model)
    companies = [b.name for b in model.fields.values() if b.comodel is not None and b.comodel.name == "base.company"]
    return env.hidden_names(model).union(companies)


def _without(value: Any, hidden: frozenset[str]) -> Any:
    """A copy in which no item, name or condition speaks of a hidden field."""
    if isinstance(value, Mapping):
        return {
            key: part if key == "columns" and "name" in value else _without(part, hidden)
            for key, part in value.items()
            if not _speaks_of(key, part, hidden)
        }
    if isinstance(value, list):
        return [_without(part, hidden) for part in value if not _is_hidden(part, hidden)]
    return value


def _is_hidden(part: Any, hidden: frozenset[str]) -> bool:
    """A named field, or a filter or group that cannot be without a hidden one."""
    if isinstance(part, Mapping):
        return any(_speaks_of(key, part[key], hidden) for key in ("name", "domain", "by") if key in part)
    return isinstance(part, str) and part in hidden


def _speaks_of(key: str, part: Any, hidden: frozenset[str]) -> bool:
    if key in _CONDITIONS:
        return any(re.split(r"[.:]", path)[0] in hidden for path in paths(part))
    return key in _NAMES and isinstance(part, str) and part.partition(":")[0] in hidden


_CONDITIONS: Final = frozenset(
    {"visible", "readonly", "required", "edge", "domain", "danger", "warning", "success", "accent", "muted"}
)
_NAMES: Final = frozenset(
    {
        *("name", "field", "group", "title", "subtitle", "status", "avatar", "amount", "activity", "sum", "by"),
        *("start", "end", "resource", "color"),
    }
)


def _items(view: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in (*view.get("section", ()), *view.get("tab", ())):
        yield from part["fields"]


def _line_models(model: ModelInfo, views: Iterable[Mapping[str, Any] | None]) -> list[ModelInfo]:
    """The models whose records are shown as lines on a form."""
    found: dict[str, ModelInfo] = {}
    for view in views:
        for item in _items(view or {}):
            bound = model.fields.get(item.get("name", ""))
            if bound is not None and bound.comodel is not None and bound.field.type in TO_MANY:
                found[bound.comodel.name] = bound.comodel
    return list(found.values())
