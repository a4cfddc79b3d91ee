"""Databases of toy models, and transactions in them that keep nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import Transaction, transaction
from kernel.orm import Registry
from kernel.orm.schema import create_statements


class RolledBack(Exception):
    """Ends a transaction without keeping anything."""


@contextmanager
def installed(cluster: Cluster, registry: Registry) -> Iterator[str]:
    """A database with the tables of all addons of a registry; dropped at the end."""
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for addon in registry.addons:
                for statement in create_statements(registry, addon):
                    connection.execute(statement.encode())
        yield dsn


@contextmanager
def rolled_back(pool: Pool, dsn: str, **options: Any) -> Iterator[Transaction]:
    """A transaction that is rolled back when the block ends."""
    try:
        with transaction(pool, dsn, **options) as opened:
            yield opened
            raise RolledBack
    except RolledBack:
        pass
