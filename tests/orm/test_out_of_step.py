"""A database that is not as the code declares it is told with model, field, column and the command to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.errors import OutOfStepError, TransactionDeadError
from kernel.orm import AddonModels, Env, Model, Ports, Registry, fields
from tests.orm.databases import installed, rolled_back


class Ship(Model, name="step.ship", title="name"):
    """A ship."""

    name = fields.Char("Name")
    sails = fields.Integer("Sails")
    ports = fields.Many2many["Harbour"]("step.harbour", "Harbours")


class Harbour(Model, name="step.harbour", title="name"):
    """A harbour."""

    name = fields.Char("Name")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.build([AddonModels("step", (Ship, Harbour))])


@pytest.fixture(scope="module")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def env(pool: Pool, database: str, registry: Registry) -> Iterator[Env]:
    with rolled_back(pool, database) as tx:
        env = Env.open(tx, registry, Ports())
        env[Ship].create({"name": "Argo", "sails": 1, "ports": env[Harbour].create({"name": "Iolkos"})})
        env.invalidate()
        yield env


ASKED: dict[str, Callable[[Env, Ship], Any]] = {
    "search": lambda env, ship: env[Ship].search(Ship.sails > 0),
    "order": lambda env, ship: env[Ship].search(order="sails"),
    "read": lambda env, ship: ship.sails,
    "search_read": lambda env, ship: env[Ship].search_read(Ship.name == "x", ["sails"]),
    "group": lambda env, ship: env[Ship].group(aggregates=["sails:sum"]),
    "flush of a write": lambda env, ship: (ship.write(sails=7), env.flush()),
    "flush of a new record": lambda env, ship: (env[Ship].create({"sails": 2}), env.flush()),
    "flush of many new records": lambda env, ship: (env[Ship].create([{"sails": 2}] * 60), env.flush()),
}


@pytest.mark.parametrize("how", ASKED)
def test_a_missing_column_is_told(env: Env, how: str) -> None:
    ship = env[Ship].search()
    env.invalidate()
    env.tx.execute("ALTER TABLE step.ship DROP COLUMN sails")
    with pytest.raises(OutOfStepError, match=r"column step\.ship\.sails of the field step\.ship\.sails") as caught:
        ASKED[how](env, ship)
    assert caught.value.details == {"addon": "step", "model": "step.ship", "field": "sails"}
    assert "tenon addon upgrade" in caught.value.hint
    assert isinstance(caught.value.__cause__, psycopg.errors.UndefinedColumn)


@pytest.mark.parametrize("how", ASKED)
def test_a_missing_table_is_told(env: Env, how: str) -> None:
    ship = env[Ship].search()
    env.invalidate()
    env.tx.execute("DROP TABLE step.ship CASCADE")
    with pytest.raises(OutOfStepError, match=r"table step\.ship of step\.ship"):
        ASKED[how](env, ship)


def test_a_missing_table_of_links_is_told(env: Env) -> None:
    ship = env[Ship].search()
    table = env.registry.model("step.ship").fields["ports"].link
    assert table is not None
    env.tx.execute(f"DROP TABLE {table.sql}")
    with pytest.raises(OutOfStepError, match=r"of step\.ship\.ports"):
        _ = ship.ports


@pytest.mark.parametrize("how", ["search", "flush of a write", "flush of a new record"])
def test_a_column_of_another_type_is_told_where_postgresql_refuses_it(env: Env, how: str) -> None:
    ship = env[Ship].search()
    env.invalidate()
    env.tx.execute("ALTER TABLE step.ship DROP COLUMN sails, ADD COLUMN sails date")
    with pytest.raises(OutOfStepError, match=r"step\.ship") as caught:
        ASKED[how](env, ship)
    assert caught.value.details["addon"] == "step"


def test_a_slip_in_an_authors_own_statement_stays_what_it_is(env: Env) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn), env.savepoint():
        env.sql('SELECT masts FROM "step"."ship"')
    with pytest.raises(psycopg.errors.UndefinedTable), env.savepoint():
        env.sql("SELECT 1 FROM step.boat")


def test_in_a_savepoint_the_transaction_goes_on_and_without_one_it_quotes_the_error(env: Env) -> None:
    with pytest.raises(OutOfStepError), env.savepoint():
        env.tx.execute("ALTER TABLE step.ship DROP COLUMN sails")
        env[Ship].search(Ship.sails > 0)
    ship = env[Ship].search()
    assert ship.sails == 1
    env.tx.execute("ALTER TABLE step.ship DROP COLUMN sails")
    with pytest.raises(OutOfStepError):
        env[Ship].search(Ship.sails > 0)
    with pytest.raises(TransactionDeadError, match="sails"):
        env[Ship].search()
