"""Commands on a one2many, for many parents at once: commands of one kind go together, in the order they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import ValidationError
from kernel.orm.registry.bound import Bound
from kernel.orm.writing.commands import Command

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

Step = tuple[Any, Command]
"""A parent's id, and a command on its lines."""


def apply(env: Env, bound: Bound, each: Sequence[tuple[Any, Sequence[Command]]], near: Sequence[Any] = ()) -> None:
    """Run the commands of each parent; raises ValidationError for lines that are another one's.

    `near` are parents whose lines are read along, if lines are read at all.
    """
    if any(command.action not in ("create", "link") for _, commands in each for command in commands):
        _read_lines(env, bound, [*near, *(id for id, _ in each)])
    for action, steps in _together(each):
        if action == "create":
            _create(env, bound, steps)
        elif action in ("set", "clear"):
            _set(env, bound, steps)
        elif action == "link":
            _link(env, bound, steps)
        else:
            _refuse_foreign(env, bound, steps)
            lines = _lines(env, bound, [command.ids[0] for _, command in steps])
            if action == "update":
                for line, (_, command) in zip(lines, steps, strict=True):
                    line.write(**(command.values or {}))
            elif action == "delete":
                lines.delete()
            else:
                _detach(bound, lines)


def _together(each: Iterable[tuple[Any, Sequence[Command]]]) -> Iterator[tuple[str, list[Step]]]:
    """Runs of one action: the first run of every parent, then the second, and so on."""
    waiting = [(id, list(reversed(commands))) for id, commands in each if commands]
    while waiting:
        found: dict[str, list[Step]] = {}
        for id, commands in waiting:
            action = commands[-1].action
            steps = found.setdefault(action, [])
            while commands and commands[-1].action == action:
                steps.append((id, commands.pop()))
                if action in ("set", "clear"):
                    break
        yield from found.items()
        waiting = [(id, commands) for id, commands in waiting if commands]


def _lines(env: Env, bound: Bound, ids: Iterable[Any]) -> Model:
    assert bound.comodel is not None
    return env.records(bound.comodel, tuple(ids))


def _inverse(bound: Bound) -> Bound:
    assert bound.inverse is not None
    return bound.inverse


def _read_lines(env: Env, bound: Bound, ids: Sequence[Any]) -> None:
    column = env.columns[bound.index]
    unread = [id for id in dict.fromkeys(ids) if id and id not in column]
    if unread:
        getattr(env.records(bound.model, tuple(unread))[:1], bound.name)


def _create(env: Env, bound: Bound, steps: Sequence[Step]) -> None:
    name = _inverse(bound).name
    _lines(env, bound, ()).create([{**(command.values or {}), name: id} for id, command in steps])


def _link(env: Env, bound: Bound, steps: Sequence[Step]) -> None:
    name = _inverse(bound).name
    lines = _lines(env, bound, [other for _, command in steps for other in command.ids])
    parents = [id for id, command in steps for _ in command.ids]
    for line, parent in zip(lines, parents, strict=True):
        setattr(line, name, parent)


def _set(env: Env, bound: Bound, steps: Sequence[Step]) -> None:
    parents = env.records(bound.model, tuple(id for id, _ in steps))
    gone: list[Any] = []
    added: list[Step] = []
    for parent, (id, command) in zip(parents, steps, strict=True):
        before, wanted = getattr(parent, bound.name).ids, dict.fromkeys(command.ids)
        there = set(before)
        gone += [each for each in before if each not in wanted]
        added.append((id, Command("link", tuple(each for each in wanted if each not in there))))
    taken = {each for _, command in added for each in command.ids}
    _link(env, bound, added)
    left = [each for each in gone if each not in taken]  # a line that goes from one parent to another stays
    if left:
        _detach(bound, _lines(env, bound, left))


def _refuse_foreign(env: Env, bound: Bound, steps: Sequence[Step]) -> None:
    parents = env.records(bound.model, tuple(dict.fromkeys(id for id, _ in steps)))
    linked = {parent.id: set(getattr(parent, bound.name).ids) for parent in parents}
    for id, command in steps:
        if command.ids[0] not in linked[id]:
            raise ValidationError(
                f"{bound.field.label}: line {command.ids[0]} does not belong to this {bound.model.label.lower()}.",
                record=(bound.model.name, id if isinstance(id, int) else None),
                field=bound.name,
            )


def _detach(bound: Bound, lines: Model) -> None:
    """Lines that cannot live without their parent are deleted, others lose the link."""
    inverse = _inverse(bound)
    if inverse.field.required or getattr(inverse.field, "ondelete", "") == "cascade":
        lines.delete()
    else:
        for line in lines:
            setattr(line, inverse.name, None)
