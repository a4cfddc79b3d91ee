"""One private PostgreSQL cluster for the whole run (one per xdist worker), and what is built on it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.testing import cluster, control, data_dir, pool, settings

os.environ.setdefault("PYTEST_ADDOPTS", "--no-generic")
"""For runs of pytest inside tests, which count their own; `tests/doctor` asks for the generic checks."""

__all__ = ["cluster", "control", "data_dir", "pool", "settings"]


@pytest.fixture
def database(cluster: Cluster, pool: Pool) -> Iterator[str]:
    """The owner's DSN of an empty database for one test."""
    with scratch_database(cluster) as dsn:
        yield dsn
        pool.forget(dsn)
