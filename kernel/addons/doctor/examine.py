"""The doctor of an installation: what is left over, and where the directory, databases and code do not agree.

It mends what it can without losing anything a person made: archives are told, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final

import psycopg

from kernel.addons.doctor.lost_rows import strays
from kernel.addons.doctor.tenant_exam import examine_tenant
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.runtime import Runtime
from kernel.db import TenantRow
from kernel.db.leftovers import find
from kernel.errors import TenonError

AT_ONCE: Final = 4
"""Tenants that are examined at a time."""
ROUNDS: Final = 4
"""How often `repair` looks again: what is mended may show what was behind it."""

MENDED: Final = ""

Report = Callable[[str], None]


def examine(
    runtime: Runtime, names: Sequence[str] = (), *, deep: bool = False, report: Report | None = None
) -> list[Trouble]:
    """All troubles of the server and its tenants, or of the tenants `names` only. Nothing is changed.

    `deep` computes every stored value anew and looks at every link, not at a sample. `report` is told each
    tenant that is done. Raises MissingError for a tenant that is not there.
    """
    rows = [runtime.control.get(name) for name in names] or runtime.control.tenants()
    found = [] if names else list(_server(runtime))
    tell = report or (lambda _text: None)

    def look(row: TenantRow) -> list[Trouble]:
        troubles = list(examine_tenant(runtime, row, deep=deep))
        tell(row.name)
        return troubles

    settled = [row for row in rows if row.state not in ("creating", "deleting")]
    with ThreadPoolExecutor(AT_ONCE, "doctor") as threads:
        for troubles in threads.map(look, settled):
            found += troubles
    return found


def _server(runtime: Runtime) -> Iterator[Trouble]:
    """What is of no tenant."""
    for item in find(runtime.cluster, runtime.control):
        yield Trouble(f"Left over: {item.text}.", mend=item.remove, rule="left-over")
    yield from strays(runtime)


@dataclass(slots=True)
class Repair:
    """What a repair did: `mended`, and what `remains` for a person to decide."""

    mended: list[Trouble] = field(default_factory=list)
    remains: list[Trouble] = field(default_factory=list)


def repair(runtime: Runtime, names: Sequence[str] = (), *, deep: bool = False, report: Report | None = None) -> Repair:
    """Mend all that can be mended without losing anything, and look again until nothing more can."""
    done = Repair()
    for _ in range(ROUNDS):
        found = examine(runtime, names, deep=deep, report=report)
        faults = [_mend(trouble) for trouble in found]
        done.remains = [_told(*each) for each in zip(found, faults, strict=True) if each[1] != MENDED]
        done.mended += [trouble for trouble, fault in zip(found, faults, strict=True) if fault == MENDED]
        if MENDED not in faults:
            break
    return done


def _mend(trouble: Trouble) -> str | None:
    """MENDED, or why it could not be; None where a person has to decide."""
    if trouble.mend is None:
        return None
    try:
        trouble.mend()
    except TenonError as error:
        return error.text
    except psycopg.Error as error:
        return error.diag.message_detail or error.diag.message_primary or str(error).strip()
    return MENDED


def _told(trouble: Trouble, fault: str | None) -> Trouble:
    return replace(trouble, hint=f"It could not be mended: {fault}", mend=None) if fault else trouble
