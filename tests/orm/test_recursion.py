"""Recursive computed fields: both directions, a thousand levels, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import RegistryError, ValidationError
from kernel.orm import AddonModels, Env, Model, Ports, Registry, fields
from tests.orm.databases import installed, rolled_back

DEPTH = 1000
CALLS: list[tuple[str, int]] = []


class Part(Model, name="tree.part"):
    """A part of parts: everything a hierarchy can compute, up and down, stored and not."""

    name = fields.Char("Name")
    weight = fields.Integer("Weight")
    parent = fields.Many2one["Part"]("tree.part", "Parent")
    children = fields.One2many["Part"]("tree.part", "Children", inverse="parent")
    uses = fields.Many2many["Part"]("tree.part", "Uses")
    lines = fields.One2many["Line"]("tree.line", "Lines", inverse="owner")
    path = fields.Char("Path", stored=True)
    total = fields.Integer("Total", stored=True)
    depth = fields.Integer("Depth")
    leaves = fields.Integer("Leaves")
    rank = fields.Integer("Rank", stored=True)
    cost = fields.Integer("Cost", stored=True)
    root_name = fields.Char("Name of the root", stored=True)
    color = fields.Char("Color", stored=True, readonly=False)

    @path.compute("name", "parent.path")
    def _compute_path(self) -> None:
        CALLS.append(("path", len(self)))
        for part in self:
            part.path = f"{part.parent.path}/{part.name}" if part.parent else part.name

    @total.compute("weight", "children.total")
    def _compute_total(self) -> None:
        CALLS.append(("total", len(self)))
        for part in self:
            part.total = part.weight + sum(part.children.mapped(Part.total))

    @depth.compute("parent.depth")
    def _compute_depth(self) -> None:
        for part in self:
            part.depth = part.parent.depth + 1 if part.parent else 0

    @leaves.compute("children.leaves")
    def _compute_leaves(self) -> None:
        for part in self:
            part.leaves = sum(part.children.mapped(Part.leaves)) if part.children else 1

    @rank.compute("uses.rank")
    def _compute_rank(self) -> None:
        for part in self:
            part.rank = max(part.uses.mapped(Part.rank), default=0) + 1

    @cost.compute("weight", "lines.part.cost", "lines.amount")
    def _compute_cost(self) -> None:
        for part in self:
            part.cost = part.weight + sum(line.amount * line.part.cost for line in part.lines)

    @root_name.compute("name", "parent.root_name")
    def _compute_root_name(self) -> None:
        for part in self:
            part.root_name = part.parent.root_name if part.parent else part.name

    @color.compute("parent.color")
    def _compute_color(self) -> None:
        for part in self:
            part.color = part.parent.color


class Twin(Model, name="tree.twin"):
    """Two fields that alternate on the way up."""

    weight = fields.Integer("Weight")
    parent = fields.Many2one["Twin"]("tree.twin", "Parent")
    even = fields.Integer("Even", stored=True)
    odd = fields.Integer("Odd", stored=True)

    @even.compute("weight", "parent.odd")
    def _compute_even(self) -> None:
        for twin in self:
            twin.even = twin.weight + twin.parent.odd

    @odd.compute("parent.even")
    def _compute_odd(self) -> None:
        for twin in self:
            twin.odd = twin.parent.even + 1


class Line(Model, name="tree.line"):
    """How many of another part a part needs."""

    owner = fields.Many2one(Part, "Owner", required=True, ondelete="cascade")
    part = fields.Many2one(Part, "Part", required=True, ondelete="cascade")
    amount = fields.Integer("How many")


@pytest.fixture(scope="module")
def tree_registry() -> Registry:
    return Registry.build([AddonModels("tree", (Part, Line, Twin))])


@pytest.fixture(scope="module")
def tree_database(cluster: Cluster, tree_registry: Registry) -> Iterator[str]:
    with installed(cluster, tree_registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, tree_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, tree_database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, tree_registry: Registry) -> Env:
    CALLS.clear()
    return Env.open(tx, tree_registry, Ports())


def chain(env: Env, length: int = DEPTH, **more: Any) -> Part:
    """Parts, each the parent of the next one; written, and not cached."""
    ids: list[int] = []
    parts = env[Part].create([{"name": "p", "weight": 1, **more} for _ in range(length)])
    ids = list(parts.ids)
    for place, part in enumerate(parts):
        if place:
            part.parent = ids[place - 1]
    env.flush()
    env.invalidate()
    CALLS.clear()
    return env[Part].browse(ids)


def test_a_chain_of_a_thousand_is_made_in_few_statements(env: Env) -> None:
    before = env.tx.statements
    parts = chain(env)
    assert env.tx.statements - before < 60
    assert parts[-1].path == "/".join(["p"] * DEPTH)
    assert parts[0].total == DEPTH


def test_the_root_changes_and_a_thousand_below_follow(env: Env) -> None:
    parts = chain(env)
    before = env.tx.statements
    parts[0].name = "root"
    assert parts[-1].path.startswith("root/p/p")
    env.flush()
    assert env.tx.statements - before < 20
    assert sum(count for name, count in CALLS if name == "path") == DEPTH
    env.invalidate()
    assert parts[-1].root_name == "root"


def test_the_leaf_changes_and_a_thousand_above_follow(env: Env) -> None:
    parts = chain(env)
    before = env.tx.statements
    parts[-1].weight = 11
    assert parts[0].total == DEPTH + 10
    env.flush()
    assert env.tx.statements - before < 20
    assert sum(count for name, count in CALLS if name == "total") == DEPTH
    env.invalidate()
    assert parts[500].total == 500 + 10


def test_several_unwritten_links_cost_no_query_per_level(env: Env) -> None:
    parts = chain(env)
    for place in range(2, DEPTH, 3):  # every third one hangs on its grandparent: unwritten and written links alternate
        parts[place].parent = parts[place - 2]
    before = env.tx.statements
    parts[0].name = "root"
    assert parts[-1].path.startswith("root/")
    env.flush()
    assert env.tx.statements - before < 40


@pytest.mark.parametrize("name", ["depth", "leaves"])
def test_what_is_not_stored_is_computed_over_a_thousand_levels(env: Env, name: str) -> None:
    parts = chain(env)
    before = env.tx.statements
    assert [parts[-1].depth, parts[0].leaves] == [DEPTH - 1, 1]
    assert env.tx.statements - before < 20
    parts[10].parent = None
    assert parts[-1].depth == DEPTH - 11
    assert getattr(parts[9], name) == (9 if name == "depth" else 1)


def test_a_many2many_to_itself_is_followed_over_a_thousand_levels(env: Env) -> None:
    parts = env[Part].create([{"name": "p"} for _ in range(DEPTH)])
    ids = parts.ids
    for place, part in enumerate(parts):
        if place:
            part.uses = [ids[place - 1]]
    env.flush()
    assert parts[-1].rank == DEPTH
    env.invalidate()
    before = env.tx.statements
    extra = env[Part].create({"name": "below"})
    parts[0].uses = extra
    assert parts[-1].rank == DEPTH + 1
    env.flush()
    assert env.tx.statements - before < 30


def test_a_bill_of_materials_goes_through_its_lines(env: Env) -> None:
    ids = env[Part].create([{"name": "p", "weight": 1} for _ in range(30)]).ids
    env[Line].create([{"owner": ids[i], "part": ids[i + 1], "amount": 1} for i in range(29)])
    env.invalidate()
    parts = env[Part].browse(ids)
    assert parts[0].cost == 30
    parts[-1].weight = 5
    assert parts[0].cost == 34


def test_two_fields_that_alternate_are_right_over_hundreds_of_levels(env: Env) -> None:
    twins = env[Twin].create([{"weight": 1} for _ in range(300)])
    for place, twin in enumerate(twins):
        twin.parent = twins[place + 1] if place < 299 else None  # against the order of their ids
    env.flush()
    twins[299].weight = 7
    env.flush()
    env.invalidate()
    even, odd = 0, 0
    for place in range(299, -1, -1):
        even, odd = (7 if place == 299 else 1) + odd, even + 1
        assert (twins[place].even, twins[place].odd) == (even, odd)


def test_a_change_over_another_link_reaches_all_below(env: Env) -> None:
    parts = chain(env, 5)
    other = env[Part].create({"name": "x"})
    env.flush()
    parts[1].parent = other
    assert (parts[4].path, parts[4].root_name) == ("x/p/p/p/p", "x")
    other.name = "y"
    assert (parts[4].path, parts[4].root_name) == ("y/p/p/p/p", "y")


def test_an_editable_recursive_value_stays_until_the_one_above_changes(env: Env) -> None:
    parts = chain(env, 4)
    parts[0].color = "red"
    assert parts[3].color == "red"
    parts[2].color = "blue"
    env.flush()
    assert (parts[2].color, parts[3].color) == ("blue", "blue")
    parts[1].color = "red"
    parts[0].color = "red"
    env.invalidate()
    assert [part.color for part in parts] == ["red", "red", "blue", "blue"]
    parts[0].color = "green"
    env.invalidate()
    assert [part.color for part in parts] == ["green"] * 4


def test_records_in_a_circle_are_told_and_named(env: Env) -> None:
    parts = chain(env, 3)
    with pytest.raises(ValidationError, match=r"cannot be below itself"), env.savepoint():
        parts[0].parent = parts[2]
    assert parts[2].path == "p/p/p"


def test_fields_in_a_circle_are_refused_with_the_whole_circle() -> None:
    class Knot(Model, name="knot.knot"):
        a = fields.Integer(stored=True)
        b = fields.Integer()
        c = fields.Integer(stored=True)

        @a.compute("b")
        def _compute_a(self) -> None: ...

        @b.compute("c")
        def _compute_b(self) -> None: ...

        @c.compute("a")
        def _compute_c(self) -> None: ...

    with pytest.raises(RegistryError, match=r"knot\.knot\.\w -> knot\.knot\.\w -> knot\.knot\.\w -> knot\.knot\.\w"):
        Registry.build([AddonModels("knot", (Knot,))])


def test_a_field_that_needs_itself_is_refused() -> None:
    class Itself(Model, name="knot.itself"):
        a = fields.Integer(stored=True)

        @a.compute("a")
        def _compute_a(self) -> None: ...

    with pytest.raises(RegistryError, match=r"knot\.itself\.a -> knot\.itself\.a"):
        Registry.build([AddonModels("knot", (Itself,))])


def test_a_circle_over_a_link_and_back_is_refused() -> None:
    class Order(Model, name="knot.order"):
        lines = fields.One2many["Item"]("knot.item", inverse="order")
        total = fields.Integer(stored=True)

        @total.compute("lines.share")
        def _compute_total(self) -> None: ...

    class Item(Model, name="knot.item"):
        order = fields.Many2one(Order)
        share = fields.Integer(stored=True)

        @share.compute("order.total")
        def _compute_share(self) -> None: ...

    with pytest.raises(RegistryError, match=r"order\.total -> knot\.item\.share"):
        Registry.build([AddonModels("knot", (Order, Item))])


def test_a_stored_value_cannot_rest_on_a_recursive_one_that_is_not() -> None:
    class Deep(Model, name="knot.deep"):
        parent = fields.Many2one["Deep"]("knot.deep")
        name = fields.Char()
        full = fields.Char()
        copy_of_full = fields.Char(stored=True)

        @full.compute("name", "parent.full")
        def _compute_full(self) -> None: ...

        @copy_of_full.compute("full")
        def _compute_copy(self) -> None: ...

    with pytest.raises(RegistryError, match="recursive and not stored"):
        Registry.build([AddonModels("knot", (Deep,))])
