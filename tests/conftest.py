"""One private PostgreSQL cluster for the whole run (one per xdist worker), and what is built on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.scratch import scratch_database

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Nobody needs the data after a power cut."""


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A folder every account can reach, as the server does not run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tenon-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    """Defaults with an own data folder; TENON_TEST_DATABASE_URL runs the suite on another server."""
    return Settings(data_dir=data_dir, database_url=os.environ.get("TENON_TEST_DATABASE_URL", ""))


@pytest.fixture(scope="session")
def cluster(settings: Settings) -> Iterator[Cluster]:
    with Cluster.open(settings, options=FAST) as opened:
        yield opened


@pytest.fixture(scope="session")
def pool(cluster: Cluster) -> Iterator[Pool]:
    opened = Pool(8)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def control(cluster: Cluster, pool: Pool) -> Control:
    return Control.open(cluster, pool)


@pytest.fixture
def database(cluster: Cluster, pool: Pool) -> Iterator[str]:
    """The owner's DSN of an empty database for one test."""
    with scratch_database(cluster) as dsn:
        yield dsn
        pool.forget(dsn)
