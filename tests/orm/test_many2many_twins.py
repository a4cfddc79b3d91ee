"""One link table seen from both sides: both caches, and what depends on either, follow at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import RegistryError, ValidationError
from kernel.orm import AddonModels, Command, Env, Model, Ports, Registry, fields
from tests.orm import world
from tests.orm.databases import installed, rolled_back
from tests.orm.world import Line, Node, Tag


@pytest.fixture(scope="module")
def registry() -> Registry:
    return world.world_registry()


@pytest.fixture(scope="module")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, database: str) -> Iterator[Transaction]:
    with rolled_back(pool, database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    return Env.open(tx, registry, Ports())


def test_a_link_set_on_one_side_shows_on_the_other_before_and_after_the_flush(env: Env) -> None:
    red, blue = env[Tag].create([{"name": "red"}, {"name": "blue"}])
    node = env[Node].create({"name": "n", "size": 3, "tags": [red.id]})
    assert (red.nodes, blue.nodes.ids, red.node_sizes) == (node, (), 3)
    env.invalidate()
    assert (red.nodes, blue.nodes.ids) == (node, ())
    blue.nodes = [Command.link(node.id)]
    red.nodes = [Command.unlink(node.id)]
    assert (node.tags, red.node_sizes, blue.node_sizes, node.tag_weight) == (blue, 0, 3, 0)
    env.invalidate()
    assert (node.tags, red.nodes.ids, blue.nodes) == (blue, (), node)


def test_a_relation_to_itself_has_two_sides(env: Env) -> None:
    a, b, c = env[Node].create([{"name": name, "size": 1} for name in "abc"])
    a.friends = b | c
    assert (b.friend_of, c.friend_of, a.friend_of.ids, b.fans) == (a, a, (), 1)
    c.friend_of = [Command.clear()]
    assert a.friends == b
    env.invalidate()
    assert (a.friends, b.friend_of, c.friend_of.ids) == (b, a, ())


def test_created_together_with_links_to_each_other(env: Env) -> None:
    first = env[Node].create({"name": "first"})
    made = env[Node].create([{"name": "x", "friends": [first.id]}, {"name": "y", "friend_of": [first.id]}])
    assert (first.friend_of, first.friends) == (made[0], made[1])
    env.invalidate()
    assert (first.friend_of, first.friends) == (made[0], made[1])


def test_links_of_many_records_are_written_in_two_statements(env: Env) -> None:
    tags = env[Tag].create([{"name": f"{place}"} for place in range(5)])
    nodes = env[Node].create([{"name": f"{place}"} for place in range(500)])
    env.flush()
    before = env.tx.statements
    nodes.write(tags=tags.ids)
    env.flush()
    assert env.tx.statements - before <= 8
    assert len(env.sql("SELECT 1 FROM world.node_tags")) == 2500


def test_line_commands_of_many_parents_are_few_statements(env: Env) -> None:
    nodes = env[Node].create([{"name": f"{place}"} for place in range(300)])
    env[Line].create([{"node": id, "number": 1, "price": 1} for id in nodes.ids for _ in range(2)])
    env.invalidate()
    before = env.tx.statements
    nodes.write(lines=[Command.clear(), Command.create({"number": 2, "price": 2})])
    env.flush()
    assert env.tx.statements - before < 40
    env.invalidate()
    assert {node.amount for node in nodes} == {4}
    assert {len(node.lines) for node in nodes} == {1}


def test_commands_run_in_the_order_they_stand_in(env: Env) -> None:
    node, tag = env[Node].create({"name": "n"}), env[Tag].create({"name": "old"})
    node.tags = [Command.link(tag.id), Command.clear(), Command.create({"name": "new"})]
    assert node.tags.mapped(Tag.name) == ["new"]
    node.lines = [Command.create({"number": 1}), Command.clear(), Command.create({"number": 7})]
    assert node.lines.mapped(Line.number) == [7]


def test_a_line_that_moves_to_another_parent_by_set_is_kept(env: Env) -> None:
    a, b = env[Node].create([{"name": "a"}, {"name": "b"}])
    line = env[Line].create({"node": a, "number": 1, "price": 5})
    b.lines = line
    assert (a.lines.ids, b.lines, a.amount, b.amount) == ((), line, 0, 5)


def test_a_foreign_line_is_refused_with_record_and_field(env: Env) -> None:
    a, b = env[Node].create([{"name": "a"}, {"name": "b"}])
    line = env[Line].create({"node": a})
    with pytest.raises(ValidationError, match="does not belong") as caught:
        b.lines = [Command.update(line.id, {"price": 1})]
    assert (caught.value.record, caught.value.field) == (["world.node", b.id], "lines")


def test_a_wrong_inverse_is_refused() -> None:
    class Left(Model, name="twin.left"):
        name = fields.Char()

    class Right(Model, name="twin.right"):
        lefts = fields.Many2many(Left, inverse="name")

    with pytest.raises(RegistryError, match="is no many2many"):
        Registry.build([AddonModels("twin", (Left, Right))])
