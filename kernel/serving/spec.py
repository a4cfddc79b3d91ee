"""What the supervisor and a generation say to each other: the order at the start, the report on the way up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Spec:
    """What a generation is told, as `--generation JSON`; handles are inherited from the supervisor."""

    name: str
    front: int
    """Handle of the socket that all generations share."""
    own: int
    """Handle of the socket at which the neighbours pass on requests."""
    report: int
    """Handle of the pipe for the one line of the report."""
    editions: str
    """Path of the file that tells who the neighbours are."""
    careful: bool
    """Refuse to start with an addon that a tenant uses and that cannot be loaded: another generation serves."""

    @classmethod
    def read(cls, text: str) -> Spec:
        """ValueError or TypeError for what is none."""
        return cls(**orjson.loads(text))

    def text(self) -> str:
        """The words of the command line."""
        return orjson.dumps(asdict(self)).decode()


@dataclass(frozen=True, slots=True)
class Report:
    """What a generation has found before it begins to take requests; `error` says why it cannot."""

    heads: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    tenants: int = 0
    notes: tuple[str, ...] = ()
    """What people should know: addons that cannot be loaded, or are not in this code."""
    error: str = ""
    hint: str = ""

    @classmethod
    def read(cls, line: bytes) -> Report:
        """An empty line is that of a process that ended without a word."""
        if not line:
            return cls(error="It ended before it was ready; its own lines, above or in the log, say why.")
        raw: dict[str, Any] = orjson.loads(line)
        return cls(**{**raw, "notes": tuple(raw.get("notes", ()))})

    def send(self, handle: Path | int) -> None:
        """Write the one line and close the pipe."""
        with open(handle, "wb") as pipe:
            pipe.write(orjson.dumps(asdict(self)) + b"\n")
