"""A throw-away database: for tests, and for comparing schemas."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kernel.db.cluster import Cluster
from kernel.db.tenants import drop_raw, make_empty

SCRATCH: Final = "tenon_scratch_"


@contextmanager
def scratch_database(cluster: Cluster, template: str | None = None) -> Iterator[str]:
    """Make a database (a copy of the database `template`, if given), yield its owner's DSN, drop it.

    An advisory lock of its name says that it is in use, and goes with the process if that is killed.
    """
    name = f"{SCRATCH}{uuid.uuid4().hex}"
    with cluster.connect() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        try:
            make_empty(cluster, name, template)
            yield cluster.owner_dsn(name)
        finally:
            drop_raw(cluster, name)


def is_unused(cluster: Cluster, name: str) -> bool:
    """Whether a scratch database was left behind."""
    with cluster.connect() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
    return bool(row and row[0])
