"""A toy registry of extensible models, a port of extra fields that a test fills, and the fixtures of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.orm import AddonModels, Env, Model, Ports, Registry, fields
from kernel.orm.extra.definitions import ExtraField, ExtraSet
from tests.orm.databases import installed, rolled_back
from tests.orm.test_access import ALL, USER, ToyPolicy


class Owner(Model, name="shed.owner", extensible=True):
    name = fields.Char("Name", required=True)


class Tool(Model, name="shed.tool", extensible=True, order="id"):
    name = fields.Char("Name", required=True)
    owner = fields.Many2one(Owner, "Owner")


class Plain(Model, name="shed.plain"):
    name = fields.Char("Name")


COLORS = (("red", "Red"), ("blue", "Blue"))
DEFINITIONS = (
    ExtraField("shed.tool", "note", "char", "Note"),
    ExtraField("shed.tool", "size", "integer", "Size"),
    ExtraField("shed.tool", "rank", "integer", "Rank", nullable=True),
    ExtraField("shed.tool", "price", "decimal", "Price"),
    ExtraField("shed.tool", "weight", "float", "Weight"),
    ExtraField("shed.tool", "sharp", "boolean", "Sharp"),
    ExtraField("shed.tool", "bought", "date", "Bought"),
    ExtraField("shed.tool", "used", "datetime", "Used"),
    ExtraField("shed.tool", "color", "selection", "Colour", COLORS),
    ExtraField("shed.tool", "lent", "many2one", "Lent to", comodel="shed.owner"),
    ExtraField("shed.tool", "secret", "char", "Secret", groups=frozenset({"shed.boss"})),
    ExtraField("shed.owner", "city", "char", "City"),
)


class Definitions:
    """The port, as a test fills it."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.set = ExtraSet(registry, DEFINITIONS)

    def definitions(self, env: Env) -> ExtraSet:
        return self.set

    def become(self, *definitions: ExtraField) -> None:
        self.set = ExtraSet(self.registry, definitions)


@pytest.fixture(scope="module")
def shed() -> Registry:
    return Registry.build([AddonModels("shed", (Owner, Tool, Plain))])


@pytest.fixture(scope="module")
def shed_database(cluster: Cluster, shed: Registry) -> Iterator[str]:
    with installed(cluster, shed) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, shed_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, shed_database) as opened:
        yield opened


@pytest.fixture
def extras(shed: Registry) -> Definitions:
    return Definitions(shed)


@pytest.fixture
def env(tx: Transaction, shed: Registry, extras: Definitions) -> Env:
    policy = ToyPolicy({name: set(ALL) for name in ("shed.tool", "shed.owner")})
    return Env.open(tx, shed, Ports(policy=policy, extra_fields=extras))


@pytest.fixture
def user(env: Env) -> Env:
    return env.as_user(USER)


VALUES: dict[str, Any] = {
    "x_note": "old",
    "x_size": 3,
    "x_rank": 0,
    "x_price": Decimal("12.50"),
    "x_weight": 1.5,
    "x_sharp": True,
    "x_bought": dt.date(2026, 1, 31),
    "x_used": dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC),
    "x_color": "red",
}
