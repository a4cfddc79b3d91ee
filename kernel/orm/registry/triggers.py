"""The dependency graph of computed fields, settled when the registry is built.

`@points.compute("purchases.points")` on a partner means: the points of a partner are out of date when
its `purchases` change (own record), and when `points` of one of its purchases changes (the partners
that reach it over `purchases`). For every field the registry keeps, so that a write finds it in O(1):

- `own_stored`: stored targets of the same record;
- `far_stored`: stored targets, with the path of links that leads from the target's record to this one;
- `own_plain`, `far_plain`: indexes of targets that are only cached, and are forgotten;
- `downstream`, `downstream_plain`: everything that depends on a stored target in turn, over any hops:
  its cached values cannot be trusted until the target was computed again.

Pure: no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence

from kernel.errors import RegistryError, UnknownFieldError
from kernel.orm.computing import refresh
from kernel.orm.registry import circles
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.registry.faults import Faults

Path = tuple[Bound, ...]


class _Edges:
    """What is collected before it is frozen into the bounds."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.own: dict[int, dict[int, Bound]] = {}
        self.far: dict[int, dict[tuple[int, Path], tuple[Bound, Path]]] = {}
        self.after: dict[int, dict[int, Bound]] = {}
        """target index -> the targets that depend on it"""
        self.direct: dict[int, dict[tuple[int, Path], tuple[Bound, Path]]] = {}
        """computed field -> the targets whose own paths name it, with the links between them"""

    def add(self, source: Bound, target: Bound, path: Path, direct: bool) -> None:
        if direct and source.computed:
            self.direct.setdefault(source.index, {})[target.index, path] = (target, path)
        if source is target and not path:
            return
        if path:
            self.far.setdefault(source.index, {})[target.index, path] = (target, path)
        else:
            self.own.setdefault(source.index, {})[target.index] = target
        if source.computed:
            self.after.setdefault(source.index, {})[target.index] = target


def connect(bounds: Sequence[Bound], faults: Faults) -> None:
    """Fill the triggers of all `bounds`; wrong paths are noted, and nothing is filled where there are faults."""
    edges = _Edges(faults)
    for bound in bounds:
        if bound.computed:
            for dotted in depends_of(bound):
                with faults(bound):
                    _walk(edges, bound, bound.model, dotted, (), str(bound.field.place), frozenset())
        bound.contextual = bool(bound.keyed) or (bound.computed and not bound.stored)
    with faults():
        circles.refuse(bounds, edges.direct)
    if faults.errors:
        return
    for bound in bounds:
        _freeze(bound, edges)
    for bound in bounds:
        _spread(bound, edges)
    for bound in bounds:
        _entangle(bound)
        if bound.computed or bound.field.sql:
            bound.set_based = "" if bound.entangled or bound.self_links else refresh.prepare(bound)
    _group(bounds)
    _rank(bounds, edges)


def _group(bounds: Sequence[Bound]) -> None:
    """Fields of one compute method are computed together."""
    by_method: dict[tuple[str, str], list[Bound]] = {}
    for bound in bounds:
        if bound.field.compute_name:
            by_method.setdefault((bound.model.name, bound.field.compute_name), []).append(bound)
    for several in by_method.values():
        for bound in several:
            bound.siblings = tuple(other for other in several if other is not bound)


def _entangle(bound: Bound) -> None:
    """Fields that depend on each other over links, as `a` on `parent.b` and `b` on `a`."""
    with_it = {other for other in bound.downstream if bound in other.downstream}
    bound.entangled = bool(with_it)
    if with_it:
        paths = [path for source in (bound, *with_it) for target, path in source.far_stored if target in with_it]
        bound.order_links = tuple(
            dict.fromkeys(path for path in paths if len(path) == 1 and path[0].model is bound.model)
        )
        bound.order_links = tuple(path for path in bound.order_links if path[0].comodel is bound.model)
    else:
        bound.order_links = bound.self_links


def _declared(bound: Bound) -> tuple[str, ...]:
    item = bound.field
    if item.related or item.aggregate:
        return (item.related or item.aggregate.partition(":")[0],)
    return bound.depends


def depends_of(bound: Bound) -> tuple[str, ...]:
    """The dotted paths that the field's value depends on."""
    paths = _declared(bound)
    rounded = bound.currency is not None and bound.field.readonly
    return (*paths, bound.currency.name) if rounded and bound.currency is not None else paths


def _walk(
    edges: _Edges, target: Bound, model: ModelInfo, dotted: str, links: Path, where: str, seen: frozenset[int]
) -> None:
    names = dotted.split(".")
    for position, name in enumerate(names):
        if name not in model.fields:
            raise UnknownFieldError(model.name, name, model.fields, where=f"{where} depends on {dotted!r}")
        step = model.fields[name]
        if step.keyed == "company" and target.stored:
            raise RegistryError(
                f"{where} depends on {dotted!r}, which each company has its own value of.",
                hint="A stored value is the same for all companies: leave out stored=True.",
            )
        edges.add(step, target, links, not seen)
        if step.computed and not step.stored and step.index not in seen:
            for inner in depends_of(step):
                _walk(edges, target, model, inner, links, where, seen | {step.index})
        elif step.index in seen and target.stored:
            raise RegistryError(
                f"{where} is stored and depends on {step.model.name}.{step.name}, which is recursive and not stored.",
                hint="Declare that field with stored=True, too.",
            )
        if position < len(names) - 1:
            if step.comodel is None and edges.faults.broken(step):
                return  # where it leads to is told already
            if step.comodel is None:
                raise RegistryError(
                    f'{where} depends on "{dotted}", but {model.name}.{name} is no relation.',
                    rule="model-unknown-field",
                )
            links = (*links, step)
            model = step.comodel


def _freeze(bound: Bound, edges: _Edges) -> None:
    own = edges.own.get(bound.index, {}).values()
    far = edges.far.get(bound.index, {}).values()
    bound.own_stored = tuple(target for target in own if target.stored)
    bound.own_plain = tuple(target.index for target in own if not target.stored)
    bound.far_stored = tuple((target, path) for target, path in far if target.stored)
    bound.far_plain = tuple({target.index for target, _ in far if not target.stored})
    over = far if bound.stored else edges.direct.get(bound.index, {}).values()
    bound.self_links = tuple(path for target, path in over if target is bound)
    bound.triggers = bool(own or far)


def _spread(bound: Bound, edges: _Edges) -> None:
    """Everything that depends on a computed field over any number of hops, itself left out."""
    if not bound.computed:
        return
    found: dict[int, Bound] = {}
    todo = [bound]
    while todo:
        for target in edges.after.get(todo.pop().index, {}).values():
            if target.index not in found and target is not bound:
                found[target.index] = target
                todo.append(target)
    bound.downstream = tuple(target for target in found.values() if target.stored)
    bound.downstream_plain = tuple(target.index for target in found.values() if not target.stored)


def _rank(bounds: Sequence[Bound], edges: _Edges) -> None:
    """Number the stored targets so that what is depended on comes first; cycles share their place."""
    state: dict[int, int] = {}
    order: list[Bound] = []

    for root in bounds:
        if not root.computed or root.index in state:
            continue
        stack: list[tuple[Bound, list[Bound]]] = [(root, list(edges.after.get(root.index, {}).values()))]
        state[root.index] = 1
        while stack:
            current, rest = stack[-1]
            if rest:
                following = rest.pop()
                if following.index not in state:
                    state[following.index] = 1
                    stack.append((following, list(edges.after.get(following.index, {}).values())))
            else:
                stack.pop()
                order.append(current)
    for rank, bound in enumerate(reversed(order)):
        bound.rank = rank
