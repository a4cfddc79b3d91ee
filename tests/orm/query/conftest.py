"""A database with the shop and its rows; nothing here is written by the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from kernel.db import Cluster
from kernel.db.scratch import scratch_database
from kernel.orm.domains.domain import Domain
from kernel.orm.query import select
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.schema import create_statements
from tests.orm.query.shop import Shop, shop_registry, shop_rows

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="session")
def shop() -> Shop:
    return Shop(shop_registry(), shop_rows())


@pytest.fixture(scope="session")
def database_of_shop(cluster: Cluster, shop: Shop) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn) as connection:
            for statement in create_statements(shop.registry, "shop"):
                connection.execute(statement.encode())
            connection.execute("SET CONSTRAINTS ALL DEFERRED")
            for name, rows in shop.rows.items():
                fill(connection, shop.registry.model(name), rows)
        yield dsn


@pytest.fixture(scope="session")
def connection(database_of_shop: str) -> Iterator[Connection]:
    with psycopg.connect(database_of_shop, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def found(connection: Connection) -> Callable[..., list[int]]:
    """The ids that PostgreSQL finds, in order."""

    def find(model: ModelInfo, domain: Domain, **options: Any) -> list[int]:
        sql, values = select(model, domain, **options)
        return [row[0] for row in connection.execute(sql.encode(), values).fetchall()]

    return find


def fill(connection: Connection, model: ModelInfo, rows: dict[int, dict[str, Any]]) -> None:
    """INSERT the rows, and their links."""
    for id, row in rows.items():
        stored = {name: value for name, value in row.items() if model.fields[name].column}
        columns = ", ".join(["id", *(f'"{model.fields[name].column}"' for name in stored)])
        values = [id, *(Jsonb(value) if isinstance(value, dict) else value for value in stored.values())]
        marks = ", ".join(["%s"] * len(values))
        connection.execute(f"INSERT INTO {model.sql} ({columns}) VALUES ({marks})".encode(), values)
        for name in row:
            link(connection, model.fields[name], id, row[name])


def link(connection: Connection, bound: Bound, id: int, others: Any) -> None:
    if bound.link is not None:
        for other in others:
            connection.execute(f"INSERT INTO {bound.link.sql} VALUES (%s, %s)".encode(), [id, other])
