"""A refused create or write leaves nothing half done: neither in the cache nor in what the next flush writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import TransactionDeadError, ValidationError
from kernel.orm import AddonModels, Command, Env, Model, Ports, Registry, fields
from tests.orm.databases import installed, rolled_back


class Crate(Model, name="refused.crate", title="name"):
    """A crate."""

    name = fields.Char("Name", required=True)
    bottles = fields.One2many["Bottle"]("refused.bottle", "Bottles", inverse="crate")
    labels = fields.Many2many["Sticker"]("refused.sticker", "Stickers")
    full = fields.Integer("Litres", stored=True)
    most = fields.Integer("Most", default=100)

    @full.compute("bottles.litres")
    def _compute_full(self) -> None:
        for crate in self:
            crate.full = sum(crate.bottles.mapped(Bottle.litres))

    @most.validate
    def _check_most(self) -> None:
        for crate in self:
            if crate.full > crate.most:
                raise ValidationError("Too full.")

    @labels.validate
    def _check_labels(self) -> None:
        for crate in self:
            if len(crate.labels) > 1:
                raise ValidationError("One sticker each.")


class Sticker(Model, name="refused.sticker"):
    """A sticker."""

    name = fields.Char("Name")
    crates = fields.Many2many(Crate, "Crates", inverse=Crate.labels)
    count_crates = fields.Integer("How many", stored=True)

    @count_crates.compute("crates")
    def _compute_count_crates(self) -> None:
        for sticker in self:
            sticker.count_crates = len(sticker.crates)


class Bottle(Model, name="refused.bottle"):
    """A bottle."""

    name = fields.Char("Name")
    litres = fields.Integer("Litres")
    crate = fields.Many2one(Crate, "Crate", ondelete="restrict")

    @litres.validate
    def _check_litres(self) -> None:
        for bottle in self:
            if bottle.litres == 666:
                raise ValidationError("Not this one.")
            if bottle.litres == 777:
                bottle.search(Bottle.name == "x")  # which flushes
                raise ValidationError("Nor this one.")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.build([AddonModels("refused", (Crate, Sticker, Bottle))])


@pytest.fixture(scope="module")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, database: str) -> Iterator[Transaction]:
    with rolled_back(pool, database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    return Env.open(tx, registry, Ports())


def counts(env: Env) -> tuple[int, int, int]:
    return env[Crate].count(), env[Bottle].count(), env[Sticker].count()


def test_a_refused_record_of_a_batch_takes_the_batch_and_other_pending_writes_stay(env: Env) -> None:
    other = env[Crate].create({"name": "other"})
    with pytest.raises(ValidationError, match="Not this one"):
        env[Bottle].create([{"litres": 1, "crate": other}, {"litres": 666, "crate": other}])
    other.most = 50
    env.flush()
    assert (other.bottles.ids, other.full, other.most) == ((), 0, 50)
    assert counts(env) == (1, 0, 0)


@pytest.mark.parametrize("flushed", [True, False], ids=["known to the database", "pending"])
def test_a_refused_line_takes_its_parent_other_lines_and_links_along(env: Env, flushed: bool) -> None:
    old, sticker = env[Crate].create({"name": "old"}), env[Sticker].create({"name": "s"})
    bottle = env[Bottle].create({"litres": 3, "crate": old})
    if flushed:
        env.flush()
    commands = [Command.create({"litres": 1}), Command.link(bottle.id), Command.update(bottle.id, {"litres": 666})]
    with pytest.raises(ValidationError, match="Not this one"):
        env[Crate].create({"name": "new", "labels": [Command.link(sticker.id)], "bottles": commands})
    assert (bottle.crate, bottle.litres, old.bottles, old.full) == (old, 3, bottle, 3)
    assert (sticker.crates.ids, sticker.count_crates) == ((), 0)
    assert counts(env) == (1, 1, 1)
    env.invalidate()
    assert (old.bottles, old.full, sticker.count_crates) == (bottle, 3, 0)


def test_a_value_of_the_wrong_type_leaves_no_record_in_the_cache(env: Env) -> None:
    made = env[Crate].create({"name": "first"})
    with pytest.raises(ValidationError):
        env[Crate].create({"name": "bad", "most": "many"})
    ghost = env[Crate].browse(made.id + 1)
    assert not ghost.exists()
    assert env[Crate].count() == 1


@pytest.mark.parametrize("flushed", [True, False], ids=["known to the database", "pending"])
def test_a_refused_write_leaves_cache_and_database_as_they_were(env: Env, flushed: bool) -> None:
    crate, sticker = env[Crate].create({"name": "a"}), env[Sticker].create([{"name": "s"}, {"name": "t"}])
    bottles = env[Bottle].create([{"litres": 5, "crate": crate}, {"litres": 6, "crate": crate}])
    if flushed:
        env.flush()
    assert crate.full == 11
    with pytest.raises(ValidationError, match="Too full"):
        crate.write(name="b", most=10)
    with pytest.raises(ValidationError, match="One sticker"):
        crate.write(name="c", labels=[Command.set(sticker.ids)])
    with pytest.raises(ValidationError):
        bottles.write(name="x", litres="many")
    with pytest.raises(ValidationError, match="Not this one"):
        crate.bottles = [Command.create({"litres": 9}), Command.update(bottles[0].id, {"litres": 666})]
    with pytest.raises(ValidationError, match="Not this one"):
        bottles.write(crate=None, litres=666)

    def seen() -> tuple[Any, ...]:
        bottle = bottles[0]
        return crate.name, crate.most, crate.labels.ids, crate.full, crate.bottles, bottle.name, bottle.litres

    assert seen() == ("a", 100, (), 11, bottles, "", 5)
    env.invalidate()
    assert seen() == ("a", 100, (), 11, bottles, "", 5)
    assert sticker[0].count_crates == 0


def test_a_refused_write_writes_nothing_at_the_flush(env: Env) -> None:
    crate = env[Crate].create({"name": "a"})
    env.flush()
    _ = crate.name
    with pytest.raises(ValidationError):
        crate.write(name="b", most="many")
    before = env.tx.statements
    env.flush()
    assert env.tx.statements == before


def test_a_check_that_searches_may_refuse_a_write_and_the_old_values_are_written_back(env: Env) -> None:
    bottle = env[Bottle].create({"litres": 5})
    env.flush()
    with pytest.raises(ValidationError, match="Nor this one"):
        bottle.write(litres=777)
    assert bottle.litres == 5
    env.invalidate()
    assert bottle.litres == 5


def test_a_record_that_was_inserted_before_its_refusal_ends_the_transaction_or_the_savepoint(env: Env) -> None:
    with pytest.raises(ValidationError, match="Nor this one"), env.savepoint():
        env[Bottle].create({"litres": 777})
    assert env[Bottle].count() == 0
    with pytest.raises(ValidationError, match="Nor this one"):
        env[Bottle].create({"litres": 777})
    with pytest.raises(TransactionDeadError, match="Nor this one"):
        env[Bottle].count()


def test_refused_links_leave_those_that_wait_for_the_flush(env: Env) -> None:
    old, new = env[Sticker].create([{"name": "old"}, {"name": "new"}])
    first, second = env[Crate].create([{"name": "a", "labels": [old.id]}, {"name": "b"}])
    env.flush()
    first.labels = new  # one link to be deleted and one to be inserted, neither written yet
    with pytest.raises(ValidationError, match="One sticker each"):
        env[Crate].browse([first.id, second.id]).write(labels=[old.id, new.id])
    none = env[Sticker].browse([])
    assert (first.labels, second.labels, new.crates, old.crates) == (new, none, first, env[Crate].browse([]))
    env.invalidate()
    assert (first.labels, second.labels, new.count_crates, old.count_crates) == (new, none, 1, 0)
