"""A client's write carries what it saw, whatever the field's type: the same value passes, another is a conflict."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kernel.db import Cluster, Pool
from kernel.db.scratch import scratch_database
from kernel.db.transaction import retrying, transaction
from kernel.errors import ConflictError
from kernel.http import rpc_write
from kernel.http.calls import Call
from kernel.orm import AddonModels, Env, Model, Ports, Registry, fields
from kernel.orm.schema import create_statements
from tests.orm.databases import rolled_back
from tests.orm.keyed_toys import Users


class Mood(enum.Enum):
    """A mood."""

    GOOD = "good"
    BAD = "bad"


class Coin(Model, name="seen.coin"):
    """A currency."""

    name = fields.Char("Name")
    decimals = fields.Integer("Decimals")


class Thing(Model, name="seen.thing"):
    """One field of each type."""

    char = fields.Char("Char")
    text = fields.Text("Text")
    integer = fields.Integer("Integer")
    number = fields.Integer("Number", nullable=True)
    real = fields.Float("Float")
    decimal = fields.Decimal("Decimal", digits=(12, 2))
    coin = fields.Many2one(Coin, "Coin")
    coins = fields.Many2many(Coin, "Coins")
    money = fields.Money("Money", currency="coin")
    boolean = fields.Boolean("Boolean")
    date = fields.Date("Date")
    datetime = fields.Datetime("Datetime")
    choice = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], "Choice")
    mood = fields.Selection(Mood, "Mood")
    reference = fields.Reference("Reference", models=["seen.coin"])
    json = fields.Json("Json")
    dates = fields.DateRange("Dates")
    times = fields.DatetimeRange("Times")
    duration = fields.Duration("Duration")
    motto = fields.Char("Motto", translate=True)
    price = fields.Decimal("Price", digits=(12, 2), company_dependent=True)


CASES: dict[str, tuple[Any, Any, Any]] = {
    "char": ("a", "b", "c"),
    "text": ("a", "b", "c"),
    "integer": (1, 2, 3),
    "number": (None, 0, 3),
    "real": (0.1, 0.2, 0.3),
    "decimal": ("1.00", "2", "3"),
    "coin": (1, 2, 3),
    "coins": ([1], [2], [3]),
    "money": ("1.00", "2", "3"),
    "boolean": (False, True, False),
    "date": (None, "2026-01-02", "2026-01-03"),
    "datetime": ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", None),
    "choice": ("a", "b", "c"),
    "mood": (None, "good", "bad"),
    "reference": ({"model": "seen.coin", "id": 1}, {"model": "seen.coin", "id": 2}, {"model": "seen.coin", "id": 3}),
    "json": ({"a": [1, {"b": None}]}, {"a": [2]}, {}),
    "duration": (60, 120, 180),
    "motto": ("a", "b", "c"),
    "price": ("1.00", "2", "3"),
    "dates": (["2026-01-01", "2026-02-01"], ["2026-01-02", "2026-02-01"], None),
    "times": (["2026-01-01T00:00:00Z", None], ["2026-01-02T00:00:00Z", None], None),
}
"""Field -> (what the client saw, what somebody else wrote, what the client wants)."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.build([AddonModels("seen", (Coin, Thing))])


@pytest.fixture(scope="module")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in create_statements(registry, "seen"):
                connection.execute(statement.encode())
            connection.execute(
                "INSERT INTO seen.coin (id, name, decimals) VALUES (1, 'a', 2), (2, 'b', 2), (3, 'c', 2)"
            )
        yield dsn


@pytest.fixture
def env(pool: Pool, database: str, registry: Registry) -> Iterator[Env]:
    with rolled_back(pool, database) as tx:
        yield Env.open(tx, registry, Ports(users=Users())).with_company(1)


def write(env: Env, id: int, **changes: tuple[Any, Any]) -> Any:
    body = {"id": id, "changes": {name: {"from": seen, "to": to} for name, (seen, to) in changes.items()}}
    return rpc_write.write(Call.of(env, "seen.thing", {**body, "spec": {name: {} for name in changes}}))


def created(env: Env, name: str, value: Any) -> int:
    made = rpc_write.create(Call.of(env, "seen.thing", {"values": {name: value, "integer": 1}}))
    return int(made["id"])


@pytest.mark.parametrize("name", CASES)
def test_what_was_seen_passes_as_it_is_read(env: Env, name: str) -> None:
    seen, other, wanted = CASES[name]
    id = created(env, name, seen)
    read = env[Thing].browse(id).read([name])[0][name]
    answer = write(env, id, **{name: (seen, other)})
    assert answer[name] != read
    write(env, id, **{name: (answer[name], wanted)})
    write(env, id, **{name: (answer[name], wanted)})  # what is wanted is there already


@pytest.mark.parametrize("name", CASES)
def test_another_value_is_a_conflict_with_both_values_and_other_fields_are_none(env: Env, name: str) -> None:
    seen, other, wanted = CASES[name]
    id = created(env, name, seen)
    write(env, id, **{name: (seen, other)})
    if name == "boolean":
        return  # of two values one is seen and the other one is wanted
    with pytest.raises(ConflictError) as caught:
        write(env, id, **{name: (seen, wanted)})
    details = caught.value.details
    assert (details["field"], details["yours"]) == (name, wanted)
    assert details["theirs"] == env[Thing].browse(id).read([name])[0][name]
    assert details["when"]
    field = "char" if name != "char" else "text"
    write(env, id, **{field: ("", "fine")})


def test_of_two_values_the_wanted_one_may_be_there_already_and_what_was_not_seen_is_a_conflict(env: Env) -> None:
    id = created(env, "boolean", False)
    write(env, id, boolean=(False, True))
    write(env, id, boolean=(False, True))  # both wanted the same
    assert env[Thing].browse(id).boolean is True
    with pytest.raises(ConflictError) as caught:
        write(env, id, boolean=(False, False))  # keep it as I saw it
    assert (caught.value.details["theirs"], caught.value.details["yours"]) == (True, False)
    write(env, id, boolean=(None, True))
    with pytest.raises(ConflictError):
        write(env, id, boolean=(None, False))  # unset is False
    assert env[Thing].browse(id).boolean is True


def test_a_text_in_another_language_and_a_value_of_another_company_do_not_conflict(env: Env) -> None:
    id = created(env, "motto", "a")
    write(env.with_language("pt"), id, motto=("a", "b"))
    write(env.with_company(2), id, price=("0.00", "5"))
    write(env, id, motto=("a", "c"), price=("0.00", "7"))
    thing = env[Thing].browse(id)
    assert (thing.motto, env.with_language("pt")[Thing].browse(id).motto) == ("c", "b")


def test_it_is_compared_under_the_lock_of_the_row_with_the_newest_value(
    pool: Pool, database: str, registry: Registry
) -> None:
    def opened(tx: Any) -> Env:
        return Env.open(tx, registry, Ports(users=Users())).with_company(1)

    with transaction(pool, database) as tx:
        id = created(opened(tx), "char", "a")
    attempts = []

    def work() -> None:
        with transaction(pool, database) as tx:
            env = opened(tx)
            assert env[Thing].browse(id).char  # the snapshot is taken
            attempts.append(1)
            if len(attempts) == 1:
                with transaction(pool, database) as other:
                    write(opened(other), id, char=("a", "theirs"))
            write(env, id, char=("a", "mine"))

    with pytest.raises(ConflictError) as caught:
        retrying(work)
    assert (len(attempts), caught.value.details["theirs"]) == (2, "theirs")
