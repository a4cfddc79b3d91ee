"""What an extra field belongs to and links to, as choices by label: the database keeps the names of the models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from addons.base.extra import kinds_of
from addons.base.models.custom import RECORDS
from addons.web.compiler import Catalog, Menu
from kernel.orm import Env
from kernel.orm.registry.describe import describe
from kernel.orm.registry.registry import ModelInfo

EXTRA_FIELDS: Final = "base.extra_field"
SETTINGS: Final = "base"
_OF_A_KIND: Final = "Records of a kind"


def described(env: Env, catalog: Catalog, model: ModelInfo) -> dict[str, Any]:
    """The model as the actor may see it; the names of models in an extra field become choices."""
    answer = describe(env, model)
    if model.name == EXTRA_FIELDS:
        offered = {"model": _extensible(env), "comodel": _linked(env, catalog)}
        for name in offered.keys() & answer["fields"].keys():
            answer["fields"][name] |= {"type": "selection", "selection": by_label(offered[name])}
    return answer


def _extensible(env: Env) -> list[ModelInfo]:
    return [info for info in env.registry.models.values() if info.extensible]


def _linked(env: Env, catalog: Catalog) -> list[ModelInfo]:
    """Models that have a list in a menu outside the settings, and those that their records link to."""
    known = env.registry.models
    shown = {name for menu in catalog.menus.values() for name in _listed(catalog, menu)}
    targets = {
        bound.comodel.name
        for name in shown
        for bound in known[name].fields.values()
        if bound.comodel is not None and bound.field.type == "many2one"
    }
    names = shown | targets | ({RECORDS} if kinds_of(env) else set())
    return [known[name] for name in names if _has_records_of_people(env, known[name])]


def _has_records_of_people(env: Env, model: ModelInfo) -> bool:
    """Nobody links to a log: what people cannot create is kept by the system for itself."""
    return not model.query and env.may(model, "read") and env.may(model, "create")


def _listed(catalog: Catalog, menu: Menu) -> list[str]:
    """The model of a menu's action, if it shows a list and is none of the settings."""
    action = catalog.actions.get(menu.action)
    return [action.model] if action and "list" in action.views and _app(catalog, menu) != SETTINGS else []


def _app(catalog: Catalog, menu: Menu) -> str:
    """The app that a menu stands in."""
    while menu.parent in catalog.menus:
        menu = catalog.menus[menu.parent]
    return menu.id


def by_label(models: Iterable[ModelInfo]) -> list[list[str]]:
    """Pairs of name and label, by label; the addon tells models apart that are called the same."""
    labels = {info.name: _OF_A_KIND if info.name == RECORDS else info.label for info in models}
    often = Counter(labels.values())
    told = {
        name: f"{label} ({name.partition('.')[0]})" if often[label] > 1 else label for name, label in labels.items()
    }
    return sorted(([name, label] for name, label in told.items()), key=lambda pair: (pair[1].lower(), pair[0]))
