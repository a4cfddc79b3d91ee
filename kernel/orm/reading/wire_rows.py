"""Rows of a search straight into wire form, when the cache has nothing to say about them.

Reading 10,000 records is mostly the making of 10,000 dicts, so each shape gets a function of its own: one
comprehension with a dict display in it, as one writes it by hand. With days as texts the client's time fell from
23 to 15 ms, by hand it is 12; `kernel.orm.reading.reading.read` is the plain way, to which the tests compare it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from kernel.orm.fields.base import Field
from kernel.orm.fields.scalar import Decimal
from kernel.orm.fields.time import Date
from kernel.orm.keyed.access import sight
from kernel.orm.reading.fetch import unreadable
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env

Wire = dict[str, Any]
Row = tuple[Any, ...]
Turn = Callable[[Any], Any]
HIDDEN: Wire = {"id": None, "hidden": True}
_AS_TEXT: Final = (Date.to_wire, Decimal.to_wire)
"""Wire forms that PostgreSQL writes the same: no date or Decimal is made only to be written again."""
_DAY: Final = len("2026-01-31")


def is_plain(
    env: Env, model: ModelInfo, wanted: Mapping[str, Any], columns: Sequence[Bound], joined: Sequence[Bound]
) -> bool:
    """Whether all that is wanted is in the columns of the record's row and the titles that are joined to it."""
    if env.work.draft or not all(name == "id" or model.fields.get(name) in columns for name in wanted):
        return False
    return all(bound in joined if bound.comodel is not None else bound.field.type != "reference" for bound in columns)


def as_text(bound: Bound) -> bool:
    """Whether the column is selected as a text, which is the wire form."""
    return type(bound.field).to_wire in _AS_TEXT and not bound.keyed and bound.decode is None


def wire_rows(
    env: Env, model: ModelInfo, rows: Sequence[Row], columns: Sequence[Bound], joined: Sequence[Bound]
) -> list[Wire]:
    """Rows `(id, columns..., linked id, linked title, ...)`; what was written is flushed, so they are what the
    cache would say. Columns `as_text` are texts."""
    if not rows:
        return []
    _check_days(env, model, rows, columns)
    turns = [_turn(env, bound) for bound in columns]
    located = tuple([bound.locate is not None for bound in columns])
    write = _writer(
        tuple([bound.name for bound in columns]),
        tuple([bound.name for bound in joined]),
        tuple([turn is not None for turn in turns]),
        located,
        len(rows[0]),
    )
    places = [bound.locate and _placed(bound) for bound in columns]
    written: list[Wire] = write(rows, HIDDEN, turns, places)
    return written


def _turn(env: Env, bound: Bound) -> Turn | None:
    """What makes the wire form of a column's value; None where it is so already."""
    steps: list[Turn] = []
    if bound.decode is not None:
        steps.append(bound.decode)
    if bound.keyed:
        steps.append(sight(env, bound))
    if type(bound.field).to_wire is not Field.to_wire and not as_text(bound):
        steps.append(bound.field.to_wire)
    if len(steps) < 2:
        return steps[0] if steps else None
    first, *others = steps

    def turn(value: Any) -> Any:
        value = first(value)
        for step in others:
            value = step(value)
        return value

    return turn


def _placed(bound: Bound) -> Callable[[Any, Any], Any]:
    locate, name = bound.locate, bound.model.name
    assert locate is not None
    return lambda wire, id: locate(wire, name, id)


def _check_days(env: Env, model: ModelInfo, rows: Sequence[Row], columns: Sequence[Bound]) -> None:
    """Raise ValidationError where a day is none of the years 1 to 9999; those have other lengths."""
    days = [place for place, bound in enumerate(columns, 1) if bound.column_type == "date" and as_text(bound)]
    for place in days:
        if not {_DAY}.issuperset(map(len, filter(None, map(itemgetter(place), rows)))):
            found = unreadable(env.work, model, columns)
            assert found is not None
            raise found


@lru_cache(maxsize=2048)
def _writer(
    names: tuple[str, ...], links: tuple[str, ...], turned: tuple[bool, ...], located: tuple[bool, ...], width: int
) -> Callable[..., list[Wire]]:
    """The function of one shape. Its source is made of numbered variables and of names as Python writes texts."""
    values = [f"v{place}" for place in range(width)]
    parts = {"id": "v0", **({"version": ""} if "version" in names else {})}
    for place, name in enumerate(names):
        found = values[place + 1]
        found = f"t{place}({found})" if turned[place] else found
        parts[name] = f"p{place}({found}, v0)" if located[place] else found
    for place, name in enumerate(links):
        shown, title = values[len(names) + 1 + 2 * place : len(names) + 3 + 2 * place]
        linked = f'{{"id": {shown}, "title": {title}}}'
        parts[name] = f"None if {parts[name]} is None else hidden if {shown} is None else {linked}"
    display = ", ".join(f"{name!r}: {part}" for name, part in parts.items())
    settled = "".join(f"    t{i} = turns[{i}]\n" for i, turn in enumerate(turned) if turn)
    settled += "".join(f"    p{i} = places[{i}]\n" for i, place in enumerate(located) if place)
    source = (
        f"def write(rows, hidden, turns, places):\n{settled}"
        f"    return [{{{display}}} for {', '.join(values)} in rows]\n"
    )
    scope: dict[str, Any] = {}
    exec(source, scope)  # noqa: S102 - see above: nothing of a request is in it
    made: Callable[..., list[Wire]] = scope["write"]
    return made
