"""`sql=` beside a compute method: the same value as an SQL expression over own columns and many2one paths.

`sql="coalesce(parent.name || ' / ', '') || name"` names columns of the record as they are, and what lies behind
a link by the path of `@field.compute(...)`. Behind an unset link everything is NULL, as in any LEFT JOIN.
"""

from __future__ import annotations

import re

from kernel.errors import RegistryError
from kernel.orm.registry.bound import Bound, ModelInfo

_WORDS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*""")
"""Texts and quoted names, which are left alone, and names with or without dots."""


def expression(bound: Bound) -> tuple[str, str]:
    """(FROM of the records `t` with ids `%s`, the expression over it); raises RegistryError for what has no column."""
    paths = [path for path in bound.depends if "." in path]
    for path in bound.depends:
        steps = steps_of(bound.model, path)
        if steps is None:
            raise _refused(bound, f"{bound.name} depends on {path}, which is no column there")
    names = {path: f'"path {place}"' for place, path in enumerate(paths)}
    value = _WORDS.sub(lambda word: _named(bound, word[0], names), bound.field.sql).replace("%", "%%")
    columns, joins = ["t.*"], [f"{bound.model.sql} t"]
    aliases: dict[str, str] = {}
    for path, name in names.items():
        columns.append(f"{join_path(bound.model, path, aliases, joins)} AS {name}")
    return f"(SELECT {', '.join(columns)} FROM {' '.join(joins)} WHERE t.id = ANY(%s::int8[])) t", value


def steps_of(model: ModelInfo, path: str) -> list[Bound] | None:
    """The fields of a path whose links are many2one with a column, and whose end is one; None for any other."""
    steps: list[Bound] = []
    for name in path.split("."):
        if steps:
            link = steps[-1]
            if link.field.type != "many2one" or link.comodel is None:
                return None
            model = link.comodel
        step = model.fields[name]
        if step.column is None or step.keyed:
            return None
        steps.append(step)
    return steps


def join_path(model: ModelInfo, path: str, aliases: dict[str, str], joins: list[str]) -> str:
    """The column at the end of `path`; `joins` gets the tables on the way that `aliases` (path -> alias) lacks."""
    steps = steps_of(model, path)
    assert steps is not None
    alias, walked = "t", ""
    for link in steps[:-1]:
        walked = f"{walked}.{link.name}"
        if walked not in aliases:
            assert link.comodel is not None
            aliases[walked] = following = f"t{len(aliases) + 1}"
            joins.append(f'LEFT JOIN {link.comodel.sql} {following} ON {following}.id = {alias}."{link.column}"')
        alias = aliases[walked]
    return f'{alias}."{steps[-1].column}"'


def _named(bound: Bound, word: str, names: dict[str, str]) -> str:
    """A word of the expression: a path becomes the column that the FROM gives it."""
    if word[0] in "'\"" or "." not in word:
        return word
    if word not in names and word.split(".")[0] in bound.model.fields:
        raise _refused(bound, f"{word} is no path that its compute method depends on")
    return names.get(word, word)


def _refused(bound: Bound, why: str) -> RegistryError:
    return RegistryError(
        f"{bound.field.place}: sql= looks at columns of the record and behind its many2one links: {why}.",
        hint='Name every path in @field.compute(...); use aggregate="lines.amount:sum" for lines, or Python alone.',
    )
