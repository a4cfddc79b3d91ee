"""Which tenants still need an old edition: looked at while two serve, so that the old one can end by itself.

It is a process of the newest code, apart from those that serve. It stops at the first tenant that needs the old
edition and looks at that one until it is upgraded, so it costs one query a second, and one per tenant in all.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg

from kernel.addons import Runtime
from kernel.addons.runtime import read_revisions_of
from kernel.db import TenantRow, transaction
from kernel.editions import SERVING, Edition, read_editions
from kernel.errors import BusyError

PAUSE: Final = 1.0


def wait_until_unneeded(runtime: Runtime, path: Path, name: str, parent: int | None = None) -> None:
    """Return when no tenant needs the generation `name` of the file `path`; end the process if `parent` is gone."""

    def needed(row: TenantRow) -> bool:
        if parent is not None and os.getppid() != parent:
            sys.exit(1)
        return needs(runtime, row, name, read_editions(path))

    while _wait(runtime, needed):
        pass  # one of the tenants looked at before may be a new one, or a restored one


def _wait(runtime: Runtime, needed: Callable[[TenantRow], bool]) -> bool:
    """Look at all tenants, wait for each that needs it; whether there was one."""
    found = False
    for row in runtime.control.tenants():
        while needed(row):
            found = True
            time.sleep(PAUSE)
    return found


def needs(runtime: Runtime, row: TenantRow, name: str, editions: tuple[Edition, ...]) -> bool:
    """Whether this generation fits the tenant and no younger one does. A tenant that cannot be reached needs none."""
    serving = [edition for edition in editions if edition.state == SERVING]
    position = next((index for index, edition in enumerate(serving) if edition.name == name), None)
    if position is None or row.state != "active":
        return False
    try:
        with transaction(runtime.pool, row.dsn, "read committed") as tx:
            revisions = read_revisions_of(tx)
    except (psycopg.Error, BusyError):
        return False
    return serving[position].fits(revisions) and not any(one.fits(revisions) for one in serving[position + 1 :])
