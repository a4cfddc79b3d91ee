"""Editions: the code that each generation of workers runs, written where the generations of one server find each other.

A process knows each addon in one edition only: what it was when it was imported. While an upgrade goes from
tenant to tenant, an old and a new generation of workers serve side by side, and each request belongs to the one
whose code is at the revisions of the tenant's database. The file is written by the supervisor alone, as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal

import orjson

State = Literal["starting", "serving", "ending"]
STARTING: Final = "starting"
SERVING: Final = "serving"
ENDING: Final = "ending"


@dataclass(frozen=True, slots=True)
class Edition:
    """One generation of workers, and the code it runs."""

    name: str
    """The number of the generation: "1", "2", ..."""
    address: str
    """Path of the Unix socket at which it takes requests of its neighbours."""
    state: State = STARTING
    heads: Mapping[str, str] = field(default_factory=dict)
    """The newest revision of each addon in its code, and of `tenon`, the kernel's own tables; "" where it has none."""
    code: str = ""
    """The folder its code lies in, for people."""
    since: float = 0.0
    """When it began to serve, in seconds since 1970."""

    def fits(self, revisions: Mapping[str, str]) -> bool:
        """Whether a tenant at these revisions (by addon) can be served by this code."""
        return all(self.heads.get(name) == revision for name, revision in revisions.items())

    def replaces(self, other: Edition) -> bool:
        """Whether this code fits every tenant that the other one fits."""
        return self.fits(other.heads)


def read_editions(path: Path) -> tuple[Edition, ...]:
    """What the file says, the oldest first; nothing where there is no file."""
    try:
        raw = orjson.loads(path.read_bytes())
        return tuple(Edition(**item) for item in raw)
    except (OSError, orjson.JSONDecodeError, TypeError):
        return ()


def write_editions(path: Path, editions: Iterable[Edition]) -> None:
    """Replace the file as a whole: who reads sees the old or the new one."""
    new = path.with_suffix(".new")
    new.write_bytes(orjson.dumps([asdict(edition) for edition in editions]))
    os.replace(new, path)
