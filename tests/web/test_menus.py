"""Menus and actions: a person sees what leads somewhere for them, in order, and no empty branches."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from addons.web.compiler import Action, Catalog, Menu
from addons.web.menus import computed_menus, menu_tree, visible_actions
from kernel.errors import HookError

NOBODY: frozenset[str] = frozenset()
ACTIONS = {
    "toy.deals": Action("toy.deals", "Deals", "toy.deal", ("list",)),
    "toy.users": Action("toy.users", "Users", "toy.user", ("list",), groups=frozenset({"toy.manager"})),
}
MENUS = [
    Menu("toy", "Toy", sequence=20),
    Menu("toy.settings", "Settings", parent="toy", sequence=90),
    Menu("toy.users", "Users", parent="toy.settings", action="toy.users"),
    Menu("toy.deals", "Deals", parent="toy", action="toy.deals", sequence=10),
    Menu("other", "Other", sequence=10),
    Menu("other.lost", "Lost", parent="other", action="other.unknown"),
]


def tree(groups: frozenset[str], *readable: str) -> list[dict[str, Any]]:
    catalog = Catalog(cast(Any, SimpleNamespace()), actions=ACTIONS)
    return menu_tree(MENUS, visible_actions(catalog, groups, lambda model: model in readable), groups)


def ids(menus: list[dict[str, Any]]) -> list[Any]:
    return [[menu["id"], *ids(menu["menus"])] for menu in menus]


def test_a_menu_whose_model_may_not_be_read_disappears_with_its_empty_parents() -> None:
    assert ids(tree(NOBODY, "toy.deal", "toy.user")) == [["toy", ["toy.deals"]]]
    assert tree(NOBODY) == []


def test_an_action_for_a_group_is_shown_to_its_members() -> None:
    shown = tree(frozenset({"toy.manager"}), "toy.deal", "toy.user")
    assert ids(shown) == [["toy", ["toy.deals"], ["toy.settings", ["toy.users"]]]]


def test_computed_menus_stand_among_the_others() -> None:
    (computed,) = computed_menus([{"id": "toy.help", "title": "Help", "parent": "toy", "url": "/toy/help"}])
    (app,) = menu_tree([*MENUS, computed], {}, NOBODY)
    assert app["menus"] == [{"id": "toy.help", "title": "Help", "icon": "", "menus": [], "url": "/toy/help"}]


@pytest.mark.parametrize("item", [{"id": "a"}, {"id": "a", "title": "A", "actoin": "b"}])
def test_a_wrong_computed_menu_is_told(item: dict[str, Any]) -> None:
    with pytest.raises(HookError, match="menu_items"):
        computed_menus([item])
