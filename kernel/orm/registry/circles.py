"""Computed fields that depend on each other in a circle: refused when the registry is built.

A field may depend on itself over a link (`parent.full_name`): the records end the recursion. It may not on
the same record, nor over a link and back again (`order.total` from `lines.share`, which takes `order.total`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kernel.errors import RegistryError
from kernel.orm.registry.bound import Bound

Path = tuple[Bound, ...]
Direct = Mapping[int, Mapping[tuple[int, Path], tuple[Bound, Path]]]

MOST = 20_000
"""How many steps the search may take: sets of fields that are more entangled are not looked through."""


def refuse(bounds: Sequence[Bound], direct: Direct) -> None:
    """Raise RegistryError, naming the whole circle, if one comes back to the record it began with."""
    steps = 0
    for root in bounds:
        if root.index not in direct:
            continue
        seen: set[tuple[int, Path]] = set()
        stack: list[tuple[Bound, Path, Iterator[tuple[Bound, Path]]]] = [(root, (), iter(direct[root.index].values()))]
        while stack and steps < MOST:
            _, way, following = stack[-1]
            for target, path in following:
                steps += 1
                back = _shortened((*path, *way))
                if target is root and not back:
                    raise _circle([bound for bound, _, _ in stack])
                if (target.index, back) in seen or len(back) > len(stack) + 1 or target is root:
                    continue
                seen.add((target.index, back))
                stack.append((target, back, iter(direct.get(target.index, {}).values())))
                break
            else:
                stack.pop()


def _shortened(path: Path) -> Path:
    """The path without steps that only lead back: over a link and then over its other side."""
    found: list[Bound] = []
    for link in path:
        if found and (found[-1].inverse is link or link.inverse is found[-1] or link.twin is found[-1]):
            found.pop()
        else:
            found.append(link)
    return tuple(found)


def _circle(bounds: Sequence[Bound]) -> RegistryError:
    names = [f"{bound.model.name}.{bound.name}" for bound in bounds]
    return RegistryError(
        f"{bounds[0].field.place}: these computed fields depend on each other in a circle: "
        + " -> ".join([*names, names[0]])
        + ".",
        hint="Each arrow is read: is needed for. Take one of the dependencies away.",
        rule="model-circular-compute",
    )
