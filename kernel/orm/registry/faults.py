"""Faults of declarations, gathered while a registry is built: one of a class does not hide those of others.

    with faults(bound):
        check_field(bound)

A `DeveloperError` inside is noted, and what it is about counts as broken: others are not judged by it.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from kernel.errors import DeveloperError, RegistryError


class Faults:
    """The errors so far. One object is entered again and again: a generator for each field would cost more."""

    __slots__ = ("_about", "_broken", "errors")

    def __init__(self) -> None:
        self.errors: list[DeveloperError] = []
        self._broken: set[int] = set()
        self._about: object = None

    def __call__(self, about: object = None) -> Self:
        self._about = about
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if not isinstance(error, DeveloperError):
            return False
        self.errors.append(error)
        if self._about is not None:
            self._broken.add(id(self._about))
        return True

    def broken(self, thing: object) -> bool:
        """Whether an error is about this thing."""
        return id(thing) in self._broken

    def raise_if_any(self) -> None:
        """Raise the error, or one that tells all of them."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            told = (f"{error.text} {error.hint}".replace("\n", "\n    ").rstrip() for error in self.errors)
            raise RegistryError("\n  ".join((f"{len(self.errors)} declarations do not fit:", *told)))
