"""The data of the workloads: the same rows for every system, in the database and to be written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
FIRST_DAY = dt.date(1950, 1, 1)
TAGS = 50
CITIES = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """How many records each workload touches."""

    parents: int = 100
    children: int = 10_000
    singles: int = 1000
    searches: int = 200
    each: int = 2000
    deleted: int = 5000
    linked: int = 2000
    rounds: int = 5


FULL = Scale()
QUICK = Scale(100, 1000, 100, 20, 200, 500, 200, 2)


def grown(times: int, *, quick: bool = False) -> Scale:
    """`FULL` with so many times the records; ten searches, as each of them reads the whole table."""
    unit = times if not quick else max(times // 10, 1)
    return Scale(
        100 * unit, 10_000 * unit, 1000 * unit, 10, 2000 * unit, 5000 * unit, 2000 * unit, 1 if unit > 10 else 3
    )


def partner_rows(scale: Scale) -> Iterator[tuple[Any, ...]]:
    """(id, name, ref, email, city, is_company, credit, birthday, parent_id, display) of the database."""
    for i in range(scale.parents):
        yield (i + 1, f"p{i}", f"P{i:05}", "", "", True, 0.0, None, None, f"p{i}")
    for i in range(scale.children):
        parent = i % scale.parents
        row = child(i, "child", "C")
        values = [row[name] for name in ("name", "ref", "email", "city", "is_company", "credit", "birthday")]
        yield (scale.parents + 1 + i, *values, parent + 1, f"p{parent} / {row['name']}")


def child(i: int, word: str, letter: str) -> Row:
    """Seven scalar values; every city comes up equally often."""
    return {
        "name": f"{word} {i}",
        "ref": f"{letter}{i:05}",
        "email": f"{word}{i}@example.com",
        "city": f"City {i % CITIES}",
        "is_company": i % 10 == 0,
        "credit": (i * 7 % 1000) + 0.5,
        "birthday": FIRST_DAY + dt.timedelta(days=i % 20_000),
    }


def new_rows(scale: Scale, count: int) -> list[Row]:
    """Records to create: seven scalars and a parent's id."""
    return [{**child(i, "new", "N"), "parent": i % scale.parents + 1} for i in range(count)]


def parent_ids(scale: Scale) -> list[int]:
    return list(range(1, scale.parents + 1))


def child_ids(scale: Scale) -> list[int]:
    return list(range(scale.parents + 1, scale.parents + scale.children + 1))


def all_ids(scale: Scale) -> list[int]:
    return list(range(1, scale.parents + scale.children + 1))


def own_values(scale: Scale) -> list[tuple[int, str, float]]:
    """(id, city, credit), other ones for each record."""
    return [(id, f"Town {id}", id + 0.25) for id in child_ids(scale)[: scale.each]]


def new_names(scale: Scale) -> list[tuple[int, str]]:
    """(parent, its new name)."""
    return [(id, f"renamed {id}") for id in parent_ids(scale)]


def new_tags(scale: Scale) -> list[tuple[int, tuple[int, int, int]]]:
    """(partner, three tags), other ones from record to record."""
    chosen = []
    for i, id in enumerate(child_ids(scale)[: scale.linked]):
        step = i // TAGS % 24
        chosen.append((id, tuple(sorted({n % TAGS + 1 for n in (i, i + 1 + step, i + 25 + step)}))))
    return chosen  # type: ignore[return-value]
