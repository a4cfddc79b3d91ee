"""What commands of addons get: the part of a call of `tenon` that they may rely on."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from kernel.addons.runtime import Runtime
from kernel.config import Settings


class CommandSession(Protocol):
    """What `@click.pass_obj` hands to a command: the settings of the call, and the way to its tenants."""

    @property
    def settings(self) -> Settings:
        """What file, environment and options say."""
        ...

    def runtime(self) -> AbstractContextManager[Runtime]:
        """The database and the directory of tenants, open while the block lasts."""
        ...
