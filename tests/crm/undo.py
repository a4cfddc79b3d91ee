"""The process's runtime for these tests, and an env whose work is undone at the end of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kernel.addons import Library, Runtime, Tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.orm import Env

EXAMPLES = Path(__file__).parents[2] / "examples"


class UndoneError(Exception):
    """Ends a test's transaction without a commit."""


def open_runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Runtime:
    """A runtime that finds the examples, too."""
    own = replace(settings, addons_path=(*settings.addons_path, EXAMPLES))
    return Runtime(own, cluster, pool, control, Library(own.addon_roots))


def undone(tenant: Tenant) -> Iterator[Env]:
    """The system's env of a tenant, rolled back when the test is over."""
    with suppress(UndoneError), tenant.env(why="a test") as env:
        yield env
        raise UndoneError
