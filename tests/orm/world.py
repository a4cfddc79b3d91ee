"""A small world for random histories: a hierarchy, lines that cascade, tags, and values computed over all of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kernel.errors import UserError, ValidationError
from kernel.orm import AddonModels, Command, Env, Model, Ports, Registry, fields
from kernel.orm.computing.recompute import mark


class Tag(Model, name="world.tag"):
    """A label with a weight."""

    name = fields.Char("Name")
    weight = fields.Integer("Weight")
    nodes = fields.Many2many["Node"]("world.node", "Nodes", inverse="tags")
    node_sizes = fields.Integer("Sizes of the nodes", stored=True)

    @node_sizes.compute("nodes.size")
    def _compute_node_sizes(self) -> None:
        for tag in self:
            tag.node_sizes = sum(tag.nodes.mapped(Node.size))


class Node(Model, name="world.node", order="name, id"):
    """A node of a tree."""

    name = fields.Char("Name")
    size = fields.Integer("Size")
    parent = fields.Many2one["Node"]("world.node", "Parent", ondelete="set null")
    owner = fields.Many2one["Node"]("world.node", "Owner", ondelete="cascade")
    children = fields.One2many["Node"]("world.node", "Children", inverse="parent")
    owned = fields.One2many["Node"]("world.node", "Owned", inverse="owner")
    lines = fields.One2many["Line"]("world.line", "Lines", inverse="node")
    reviews = fields.One2many["Line"]("world.line", "Reviews", inverse="reviewer")
    tags = fields.Many2many(Tag, "Tags")
    friends = fields.Many2many["Node"]("world.node", "Friends")
    friend_of = fields.Many2many["Node"]("world.node", "Friend of", inverse="friends")
    fans = fields.Integer("Fans", stored=True, aggregate="friend_of.size:sum")
    lines_total = fields.Integer("Total of the lines", stored=True, aggregate="lines.value:sum")
    path = fields.Char("Path", stored=True)
    total = fields.Integer("Total", stored=True)
    amount = fields.Integer("Amount", stored=True)
    reviewed = fields.Integer("Reviewed", stored=True)
    tag_weight = fields.Integer("Weight of the tags", stored=True)
    friend_sizes = fields.Integer("Sizes of the friends", stored=True)
    parent_amount = fields.Integer("Amount of the parent", stored=True, related="parent.amount")
    share = fields.Integer("Share", stored=True)

    @path.compute("name", "parent.path")
    def _compute_path(self) -> None:
        for node in self:
            node.path = f"{node.parent.path}/{node.name}" if node.parent else node.name

    @total.compute("size", "children.total")
    def _compute_total(self) -> None:
        for node in self:
            node.total = node.size + sum(node.children.mapped(Node.total))

    @amount.compute("lines.value")
    def _compute_amount(self) -> None:
        for node in self:
            node.amount = sum(node.lines.mapped(Line.value))

    @reviewed.compute("reviews.value", "reviews.node.size")
    def _compute_reviewed(self) -> None:
        for node in self:
            node.reviewed = sum(line.value + line.node.size for line in node.reviews)

    @tag_weight.compute("tags.weight")
    def _compute_tag_weight(self) -> None:
        for node in self:
            node.tag_weight = sum(node.tags.mapped(Tag.weight))

    @friend_sizes.compute("friends.size", "friends.tag_weight")
    def _compute_friend_sizes(self) -> None:
        for node in self:
            node.friend_sizes = sum(friend.size + friend.tag_weight for friend in node.friends)

    @share.compute("amount", "owner.total")
    def _compute_share(self) -> None:
        for node in self:
            node.share = node.amount + node.owner.total


class Line(Model, name="world.line"):
    """A line of a node."""

    node = fields.Many2one(Node, "Node", required=True, ondelete="cascade")
    reviewer = fields.Many2one(Node, "Reviewer", ondelete="set null")
    number = fields.Integer("Number")
    price = fields.Integer("Price")
    value = fields.Integer("Value", stored=True)

    @value.compute("number", "price", "node.tag_weight")
    def _compute_value(self) -> None:
        for line in self:
            line.value = line.number * line.price + line.node.tag_weight


WORLD_CLASSES: tuple[type[Any], ...] = (Tag, Node, Line)


def world_registry() -> Registry:
    """The registry of the world."""
    return Registry.build([AddonModels("world", WORLD_CLASSES)])


class Undo(Exception):
    """Takes a savepoint back."""


Step = tuple[str, int, int, int]
Action = Callable[[Env, int, int, int], None]


def _nodes(env: Env) -> Node:
    return env[Node].search(order="id")


def _pick(records: Any, place: int) -> Any:
    return records[place % len(records)] if records else records


def make_node(env: Env, a: int, b: int, c: int) -> None:
    nodes = _nodes(env)
    values: dict[str, Any] = {"name": f"n{a}", "size": b, "parent": _pick(nodes, c) if c % 3 else None}
    if c % 2:
        values["lines"] = [Command.create({"number": a, "price": b}), Command.create({"number": 1, "price": c})]
    env[Node].create(values)


def make_line(env: Env, a: int, b: int, c: int) -> None:
    if nodes := _nodes(env):
        env[Line].create({"node": _pick(nodes, a), "reviewer": _pick(nodes, b), "number": c, "price": 2})


def make_tag(env: Env, a: int, b: int, c: int) -> None:
    env[Tag].create({"name": f"t{a}", "weight": b})


def set_size(env: Env, a: int, b: int, c: int) -> None:
    if node := _pick(_nodes(env), a):
        node.size = b
        node.name = f"m{c}"


def set_price(env: Env, a: int, b: int, c: int) -> None:
    lines = env[Line].search(order="id")
    lines[a % (len(lines) + 1) :].write(price=b)
    if line := _pick(lines, c):
        line.number = b


def set_weight(env: Env, a: int, b: int, c: int) -> None:
    if tag := _pick(env[Tag].search(order="id"), a):
        tag.weight = b


def move_node(env: Env, a: int, b: int, c: int) -> None:
    nodes = _nodes(env)
    node, target = _pick(nodes, a), _pick(nodes, b)
    above = target
    while above:
        if above == node:
            return
        above = above.parent
    if node:
        node.parent = target if c % 4 else None


def own_node(env: Env, a: int, b: int, c: int) -> None:
    nodes = _nodes(env)
    if node := _pick(nodes, a):
        node.owner = _pick(nodes[: a % len(nodes)], b) if c % 4 else None


def move_line(env: Env, a: int, b: int, c: int) -> None:
    nodes, line = _nodes(env), _pick(env[Line].search(order="id"), a)
    if line and nodes:
        line.node = _pick(nodes, b)
        line.reviewer = _pick(nodes, c) if c % 3 else None


def set_tags(env: Env, a: int, b: int, c: int) -> None:
    node, tags = _pick(_nodes(env), a), env[Tag].search(order="id")
    if not node or not tags:
        return
    tag = _pick(tags, b)
    commands = ([Command.link(tag.id)], [Command.unlink(tag.id)], [Command.set(tags.ids[: b % 3])], [Command.clear()])
    node.tags = commands[c % 4] if c % 5 else [Command.create({"name": "new", "weight": b}), Command.link(tag.id)]


def set_friends(env: Env, a: int, b: int, c: int) -> None:
    nodes = _nodes(env)
    if node := _pick(nodes, a):
        node.friends = nodes[b % len(nodes) :][: c % 4]


def set_nodes(env: Env, a: int, b: int, c: int) -> None:
    tag, nodes = _pick(env[Tag].search(order="id"), a), _nodes(env)
    if tag and nodes:
        node = _pick(nodes, b)
        commands = ([Command.link(node.id)], [Command.unlink(node.id)], [Command.set(nodes.ids[: b % 3])])
        tag.nodes = commands[c % 3] if c % 5 else [Command.clear(), Command.create({"name": "made", "size": b})]


def set_friend_of(env: Env, a: int, b: int, c: int) -> None:
    nodes = _nodes(env)
    if node := _pick(nodes, a):
        node.friend_of = nodes[b % len(nodes) :][: c % 4]


def set_lines(env: Env, a: int, b: int, c: int) -> None:
    node = _pick(_nodes(env), a)
    if not node:
        return
    lines = env[Line].search(order="id")
    line = _pick(lines, b)
    if c % 6 == 0:
        node.lines = [Command.create({"number": b, "price": c})]
    elif c % 6 == 1 and line:
        node.lines = [Command.link(line.id)]
    elif c % 6 == 2 and line:
        node.reviews = [Command.set([line.id])]
    elif c % 6 == 3:
        node.lines = [Command.clear(), Command.create({"number": 1, "price": b})]
    elif c % 6 == 4 and node.lines:
        node.lines = [Command.update(node.lines[0].id, {"price": b}), Command.unlink(node.lines[-1].id)]
    elif node.children:
        node.children = node.children[1:]


def refuse(env: Env, a: int, b: int, c: int) -> None:
    """A create or a write that changes much before it is refused: as if it had never been."""
    nodes, lines, tags = _nodes(env), env[Line].search(order="id"), env[Tag].search(order="id")
    node, line = _pick(nodes, a), _pick(lines, b)
    bad = Command.create({"number": "none"})
    moved = [Command.link(line.id), Command.update(line.id, {"price": b})] if line else []
    tagged = [Command.link(_pick(tags, c).id)] if tags else []
    made = {"tags": tagged, "reviews": moved, "lines": [Command.create({"number": a, "price": c}), *moved, bad]}
    with suppress(ValidationError):
        if c % 3 == 0:
            env[Node].create([{"name": "no", "parent": node or None, "friends": nodes, **made}])
        elif c % 3 == 1:
            nodes[b % (len(nodes) + 1) :].write(size=b, owner=None, friend_of=nodes[:a], tags=tags[:b], name=7)
        elif node:
            node.write(size=c, **made)


def delete_node(env: Env, a: int, b: int, c: int) -> None:
    nodes = _nodes(env)
    if nodes:
        (nodes[a % len(nodes) :][: 1 + b % 2]).delete()


def delete_other(env: Env, a: int, b: int, c: int) -> None:
    model = (Line, Tag)[c % 2]
    records = env[model].search(order="id")
    if records:
        _pick(records, a).delete()


def read_all(env: Env, a: int, b: int, c: int) -> None:
    for node in _nodes(env):
        _ = (node.path, node.total, node.children.ids, node.lines.ids, node.reviews.ids, node.tags.ids, node.share)
        _ = (node.friends.ids, node.friend_of.ids, node.fans, node.tags.mapped(Tag.nodes).ids)


def read_one(env: Env, a: int, b: int, c: int) -> None:
    if node := _pick(_nodes(env), a):
        name = ("total", "share", "path", "reviewed", "friend_sizes", "parent_amount", "children", "lines")[c % 8]
        _ = getattr(node, name)


def flush(env: Env, a: int, b: int, c: int) -> None:
    env.flush()


def invalidate(env: Env, a: int, b: int, c: int) -> None:
    env.invalidate()


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        make_node, make_line, make_tag, set_size, set_price, set_weight, move_node, own_node, move_line, set_tags,
        set_friends, set_nodes, set_friend_of, set_lines, refuse,
        delete_node, delete_other, read_all, read_one, flush, invalidate,
    )
}  # fmt: skip


def run(env: Env, steps: list[Step]) -> None:
    """Do the steps; `back` takes the following half of them back, `keep` runs them in a savepoint that stays."""
    for place, (name, a, b, c) in enumerate(steps):
        if name in ("back", "keep"):
            inner = steps[place + 1 : place + 1 + (a % 5)]
            try:
                with env.savepoint():
                    run(env, [step for step in inner if step[0] not in ("back", "keep")])
                    if name == "back":
                        raise Undo
            except Undo:
                pass
            continue
        try:
            ACTIONS[name](env, a, b, c)
        except UserError as error:
            raise AssertionError(f"{name}({a}, {b}, {c}) was refused: {error}") from error


def cached(env: Env) -> dict[tuple[str, str, int], Any]:
    """What the cache holds of records that are in the database."""
    found = {}
    for bound in env.registry.bounds:
        for id, value in env.work.column(bound).items():
            if id and bound.name not in ("updated_at", "created_at"):
                found[bound.model.name, bound.name, id] = tuple(sorted(value)) if isinstance(value, tuple) else value
    return found


def fresh(env: Env, keys: Any) -> dict[tuple[str, str, int], Any]:
    """The same values, read anew by an env that knows nothing."""
    other = Env.open(env.tx, env.registry, Ports())
    found = {}
    for model, name, id in keys:
        value = getattr(other.model(model).browse(id), name)
        if isinstance(value, Model):
            many = env.registry.model(model).fields[name].field.type != "many2one"
            value = tuple(sorted(value.ids)) if many else (value.ids[0] if value.ids else None)
        found[model, name, id] = value
    return found


def from_nothing(env: Env) -> dict[tuple[str, str, int], tuple[Any, Any]]:
    """(what is stored, what computing everything anew gives) of every stored computed value."""
    other = Env.open(env.tx, env.registry, Ports())
    found: dict[tuple[str, str, int], tuple[Any, Any]] = {}
    targets = [bound for bound in other.registry.bounds if bound.stored and bound.computed]
    ids = {model: other.model(model).search(order="id").ids for model in other.registry.models}
    for bound in targets:
        for record in other.model(bound.model.name).browse(ids[bound.model.name]):
            found[bound.model.name, bound.name, record.id] = (_plain(getattr(record, bound.name)), None)
    for bound in targets:
        mark(other.work, bound, ids[bound.model.name])
    for (model, name, id), (stored, _) in list(found.items()):
        found[model, name, id] = (stored, _plain(getattr(other.model(model).browse(id), name)))
    return found


def _plain(value: Any) -> Any:
    return value.ids if isinstance(value, Model) else value
