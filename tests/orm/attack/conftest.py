"""The database in which worlds are made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from tests.orm.attack.worlds import Universe, universe


@pytest.fixture(scope="session")
def vault(cluster: Cluster, pool: Pool) -> Iterator[Universe]:
    with universe(cluster, pool) as made:
        yield made
