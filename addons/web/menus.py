"""The menus a person sees: those whose action they may use, in order, without empty branches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from addons.web.compiler import Action, Catalog, Menu
from kernel.errors import HookError, suggest

_KEYS: Final = tuple(field.name for field in fields(Menu))


def computed_menus(items: Iterable[Mapping[str, Any]]) -> list[Menu]:
    """Menus that addons computed (hook `menu_items`), in the same form as declared ones."""
    made = []
    for item in items:
        for key in item:
            if key not in _KEYS:
                raise HookError(f'menu_items: no key "{key}" in a menu.{suggest(key, _KEYS)}')
        if "id" not in item or "title" not in item:
            raise HookError(f"menu_items: a menu needs an id and a title, not {dict(item)!r}.")
        made.append(Menu(**{**item, "groups": frozenset(item.get("groups", ()))}))
    return made


def visible_actions(catalog: Catalog, groups: frozenset[str], may_read: Callable[[str], bool]) -> dict[str, Action]:
    """The actions a member of `groups` can use: their model may be read."""
    return {
        id: action for id, action in catalog.actions.items() if _for(action.groups, groups) and may_read(action.model)
    }


def menu_tree(menus: Iterable[Menu], actions: Mapping[str, Action], groups: frozenset[str]) -> list[dict[str, Any]]:
    """The apps with their menus. What leads nowhere, for this person, is left out."""
    below: dict[str, list[Menu]] = {}
    for menu in menus:
        if _for(menu.groups, groups):
            below.setdefault(menu.parent, []).append(menu)
    return _entries("", below, actions)


def _entries(parent: str, below: Mapping[str, list[Menu]], actions: Mapping[str, Action]) -> list[dict[str, Any]]:
    entries = [_entry(menu, below, actions) for menu in _sorted(below.get(parent, []))]
    return [entry for entry in entries if entry is not None]


def _entry(menu: Menu, below: Mapping[str, list[Menu]], actions: Mapping[str, Action]) -> dict[str, Any] | None:
    menus = _entries(menu.id, below, actions)
    action = menu.action if menu.action in actions else ""
    if not (action or menu.url or menus):
        return None
    entry: dict[str, Any] = {"id": menu.id, "title": menu.title, "icon": menu.icon, "menus": menus}
    if action:
        entry["action"] = action
    if menu.url:
        entry["url"] = menu.url
    return entry


def _sorted(menus: Iterable[Menu]) -> list[Menu]:
    return sorted(menus, key=lambda menu: (menu.sequence, menu.title, menu.id))


def _for(wanted: frozenset[str], groups: frozenset[str]) -> bool:
    return not wanted or not wanted.isdisjoint(groups)
