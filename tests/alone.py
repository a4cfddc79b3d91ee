"""A cluster and directory of a test module's own: import these fixtures where other tenants would be seen.

from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.testing import FAST

__all__ = ["cluster", "control", "data_dir", "pool", "settings"]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tenon-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir)


@pytest.fixture(scope="module")
def cluster(settings: Settings) -> Iterator[Cluster]:
    with Cluster.open(settings, options=FAST) as opened:
        yield opened


@pytest.fixture(scope="module")
def pool(cluster: Cluster) -> Iterator[Pool]:
    opened = Pool(8)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def control(cluster: Cluster, pool: Pool) -> Control:
    return Control.open(cluster, pool)
