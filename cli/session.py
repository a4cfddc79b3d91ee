"""What commands share: settings read on first use, and the runtime with its database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import working
from kernel.config import Settings

if TYPE_CHECKING:
    from kernel.addons import Runtime


class Session:
    """One call of `tenon`."""

    def __init__(self, config: Path | None = None, debug: bool = False) -> None:
        self.config = config
        self.debug = debug

    @cached_property
    def settings(self) -> Settings:
        """Raises ConfigError with every fault of file and environment."""
        return Settings.load(self.config)

    def settings_with(self, **changes: Any) -> Settings:
        """The settings, where options of the command line (those that were given) win."""
        return replace(self.settings, **{name: value for name, value in changes.items() if value is not None})

    @contextmanager
    def runtime(self, settings: Settings | None = None) -> Iterator[Runtime]:
        """The database and the directory; a private database is started, and stopped at the end."""
        from kernel.addons import Runtime

        logging.getLogger("psycopg").addHandler(logging.NullHandler())  # its asides are no answers to a person
        with working("Starting the database"):
            runtime = Runtime.open(settings or self.settings)
        with runtime:
            yield runtime
