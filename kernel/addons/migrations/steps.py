"""What a revision does, as its author says it: three constants with steps, in the order in which they run.

    PREPARE = (                                             # before: the tenant is served by the old code
        "ALTER TABLE loyalty.partner ADD COLUMN score bigint",
        Fill("loyalty.partner", {"score": "points * 10"}),
        "CREATE INDEX CONCURRENTLY partner_score_idx ON loyalty.partner (score)",
    )
    UPGRADE = ("ALTER TABLE loyalty.partner ADD CONSTRAINT ...  NOT VALID",)  # the switch: requests wait
    CLEAN = ("ALTER TABLE loyalty.partner DROP COLUMN points",)               # after: served by the new code

A step is one SQL statement, a fill, or (not in PREPARE) a function that takes the transaction. Constants and
not functions, so that a step can be shown, checked and resumed without running what stands before it.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kernel.db import Transaction

BATCH: Final = 1000
"""Rows that one transaction of a fill writes: some 20 ms, so that nobody waits for a row of it."""


@dataclass(frozen=True, slots=True)
class Fill:
    """Set columns of the rows that are there, by SQL: `Fill("loyalty.partner", {"score": "points * 10"})`.

    In PREPARE and CLEAN it goes through the table in batches, each a transaction, and continues where it was
    stopped. In the switch it runs once more, as one statement, and writes only the rows whose value is another
    by then: those that the old code added or changed since. So a value must follow from what it is computed
    from; where it cannot, `where` must be false for a row that is done.
    """

    table: str
    """With its schema; rows are called `t` in the expressions, and need a column `id`."""
    values: Mapping[str, str]
    """Column -> SQL expression over a row."""
    where: str = ""
    """The rows concerned; all where nothing is said."""
    batch: int = BATCH

    def __str__(self) -> str:
        which = f" where {self.where}" if self.where else ""
        return f"fill {self.table}: {', '.join(f'{name} = {value}' for name, value in self.values.items())}{which}"


@dataclass(frozen=True, slots=True)
class FillInPython:
    """Set columns of the rows that are there, by a function of what they hold. In batches, as `Fill`.

    def names(name: str) -> dict[str, object]: ...

    FillInPython("crm.contact", reads=("name",), by=names, where="t.first_name = ''")
    """

    table: str
    reads: Sequence[str]
    """The columns that the function is called with, in this order."""
    by: Callable[..., Mapping[str, Any]]
    """Gives column -> value for one row. Values of any type that JSON can hold as text or number."""
    where: str
    """The rows that are still to be done; in the switch only these are computed."""
    batch: int = BATCH

    def __str__(self) -> str:
        return f"fill {self.table} by {self.by.__name__}({', '.join(self.reads)}) where {self.where}"


Function = Callable[[Transaction], object]
Step = str | Fill | FillInPython | Function


def touching(*tables: str) -> Callable[[Function], Function]:
    """Say which tables a function among the steps reads and writes; else it is taken to concern them all.

    What comes after it in the history can then be prepared before it runs, where that is about other tables.
    """

    def decorate(function: Function) -> Function:
        function.__dict__["touches"] = frozenset(tables)
        return function

    return decorate


def describe(step: Step) -> str:
    """A step in one line, for people."""
    if isinstance(step, str):
        return " ".join(step.split())
    return str(step) if isinstance(step, (Fill, FillInPython)) else f"{step.__name__}()"


def digest(step: Step) -> str:
    """Tells whether a step is the one that was run before; for Python, of the source."""
    text = describe(step)
    if isinstance(step, FillInPython):
        text += inspect.getsource(step.by)
    elif not isinstance(step, (str, Fill)):
        text += inspect.getsource(step)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
