"""Where in the source something was declared, so that an error can name file and line."""

from __future__ import annotations

import typing
from pathlib import Path
from types import FrameType
from typing import NamedTuple

_ORM = str(Path(__file__).resolve().parent)
_TYPING = typing.__file__
"""`fields.Many2one["Partner"](...)` is called from there."""


class Place(NamedTuple):
    """A file and a line, printed as `file:line`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def caller_place(frame: FrameType | None) -> Place:
    """The nearest place outside `kernel/orm`, looking upward from `frame`."""
    while frame is not None and (frame.f_code.co_filename.startswith(_ORM) or frame.f_code.co_filename == _TYPING):
        frame = frame.f_back
    if frame is None:
        return Place("<unknown>", 0)
    return Place(frame.f_code.co_filename, frame.f_lineno)
