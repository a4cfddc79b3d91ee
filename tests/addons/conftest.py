"""Roots for toy addons; a process imports an addon once, so each root is forgotten after its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import drop_database
from tests.addons.toys import forget_addons


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """An empty addon root."""
    (tmp_path / "addons").mkdir()
    yield tmp_path
    forget_addons(tmp_path)


@pytest.fixture
def library(root: Path) -> Library:
    """A library that knows the toys of `root` only."""
    return Library([root])


@pytest.fixture
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control, library: Library) -> Iterator[Runtime]:
    """A runtime whose library knows the toys; the tenants a test made are dropped after it, others stay."""
    before = {row.uuid for row in control.tenants()}
    yield Runtime(settings, cluster, pool, control, library)
    for row in control.tenants():
        if row.uuid not in before:
            drop_database(cluster, control, row)
