"""W1 to W11: what they are called, what they are given, and whether they change the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import data
from tests.benchmarks.data import Scale


@dataclass(frozen=True, slots=True)
class Workload:
    """One row of the table."""

    name: str
    title: str
    given: Callable[[Scale], Any]
    """What is looked up or thought of before the clock runs."""
    writes: bool
    aim: float | None = None
    """The ratio to hand-written code, as a normal user, that the design asks for."""


def _nothing(_: Scale) -> None:
    return None


WORKLOADS = (
    Workload("W1", "create 10,000 in one call", lambda s: data.new_rows(s, s.children), True, 1.5),
    Workload("W2", "create 1,000 one by one", lambda s: data.new_rows(s, s.singles), True, 0.5),
    Workload("W3", "search and read 10,100", _nothing, False, 1.2),
    Workload("W4", "loop over 10,100 records", data.all_ids, False, 3.0),
    Workload("W4F", "the same after fetch()", data.all_ids, False, 2.0),
    Workload("W5", "200 searches over a link", _nothing, False, 1.2),
    Workload("W6", "one value on 10,000", data.child_ids, True, 1.3),
    Workload("W7", "own values on 2,000", data.own_values, True, 1.4),
    Workload("W8", "recompute 10,000", data.new_names, True, 1.9),
    Workload("W8S", "the same by sql=", data.new_names, True, 1.3),
    Workload("W9", "group into 1,000", _nothing, False),
    Workload("W10", "delete 5,000", lambda s: data.child_ids(s)[: s.deleted], True),
    Workload("W11", "3 tags on 2,000 records", data.new_tags, True, 1.5),
)
