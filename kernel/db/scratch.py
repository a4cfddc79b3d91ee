"""A throw-away database: for tests, and for comparing schemas."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.db.cluster import Cluster
from kernel.db.tenants import drop_raw, make_empty


@contextmanager
def scratch_database(cluster: Cluster, template: str | None = None) -> Iterator[str]:
    """Make a database (a copy of the database `template`, if given), yield its owner's DSN, drop it."""
    name = f"tenon_scratch_{uuid.uuid4().hex}"
    try:
        make_empty(cluster, name, template)
        yield cluster.owner_dsn(name)
    finally:
        drop_raw(cluster, name)
