"""grouped by keys of several kinds, slices, and copies of trees, lines and links."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal

import pytest

from kernel.errors import UnknownFieldError, ValidationError
from kernel.orm import Command, Env
from tests.orm.search.finding import Item, Label, Part, Place

DAY = dt.date(2026, 1, 2)


@pytest.fixture
def items(env: Env) -> Item:
    here = env[Place].create({"name": "Here"})
    return env[Item].create(
        [
            {"name": "a", "kind": "new", "sold": DAY, "price": Decimal("1.50"), "place": here},
            {"name": "b", "kind": "old", "price": Decimal("1.5"), "weight": 2.0},
            {"name": "c", "kind": "new", "archived": True, "place": here},
        ]
    )


def names(groups: dict[object, Item]) -> dict[object, str]:
    return {key: "".join(found.mapped(Item.name)) for key, found in groups.items()}


def test_grouped_takes_text_numbers_dates_choices_truths_links_and_functions_as_keys(env: Env, items: Item) -> None:
    here = items[0].place
    assert names({**items.grouped("kind")}) == {"new": "ac", "old": "b"}
    assert names({**items.grouped("sold")}) == {DAY: "a", None: "bc"}
    assert names({**items.grouped("price")}) == {Decimal("1.50"): "ab", Decimal(0): "c"}
    assert names({**items.grouped("weight")}) == {None: "ac", 2.0: "b"}
    assert names({**items.grouped("archived")}) == {False: "ab", True: "c"}
    assert names({**items.grouped("place")}) == {here: "ac", env[Place]: "b"}
    assert names({**items.grouped("shout")}) == {"A": "a", "B": "b", "C": "c"}
    assert names({**items.grouped(lambda item: (item.kind, bool(item.place)))}) == {
        ("new", True): "ac",
        ("old", False): "b",
    }
    assert env[Item].grouped("kind") == {}


def test_groups_and_their_records_keep_the_order_of_the_set(items: Item) -> None:
    groups = items[::-1].grouped("kind")
    assert [*groups] == ["new", "old"]
    assert groups["new"].mapped(Item.name) == ["c", "a"]


def test_a_slice_is_a_set_and_a_place_beyond_the_end_is_an_error(env: Env, items: Item) -> None:
    assert items[1:].ids == items.ids[1:]
    assert items[::2].ids == (items.ids[0], items.ids[2])
    assert items[-1] == items[2]
    assert items[5:] == env[Item]
    with pytest.raises(IndexError):
        items[3]


def test_records_can_be_neither_pickled_nor_copied_by_python(items: Item) -> None:
    for refused in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="pass their ids"):
            refused(items)


def test_a_copy_of_a_tree_is_one_node_with_the_same_parent_and_without_the_nodes_below(env: Env) -> None:
    root = env[Place].create({"name": "root"})
    middle = env[Place].create({"name": "middle", "parent": root})
    leaf = env[Place].create({"name": "leaf", "parent": middle})
    twin = middle.copy(name="twin")
    env.flush()
    env.invalidate()
    assert (twin.parent, twin.children) == (root, env[Place])
    assert (middle.children, leaf.parent) == (leaf, middle)
    assert env[Place].search(Place.id.child_of(root)).mapped(Place.name) == ["leaf", "middle", "root", "twin"]


def test_a_copy_has_the_same_links_and_later_changes_of_it_leave_the_first_alone(env: Env) -> None:
    red, blue = env[Label].create([{"name": "red"}, {"name": "blue"}])
    first = env[Item].create({"name": "i", "labels": red | blue, "parts": [Command.create({"name": "p"})]})
    second = first.copy()
    second.labels = [Command.unlink(red.id)]
    second.parts.write(name="q")
    env.flush()
    env.invalidate()
    assert ({*first.labels.ids}, second.labels) == ({red.id, blue.id}, blue)
    assert (first.parts.mapped(Part.name), second.parts.mapped(Part.name)) == (["p"], ["q"])


def test_changes_given_to_a_copy_are_checked_like_any_value(env: Env, items: Item) -> None:
    with pytest.raises(UnknownFieldError, match="nam"):
        items[0].copy(nam="x")
    with pytest.raises(ValidationError):
        items[0].copy(price="much")
