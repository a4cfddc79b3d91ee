"""Worlds that differ only in what the attacker must not know, and how an answer is compared between them.

A world is made in a transaction that is rolled back, with ids that begin anew, so that the same records have
the same ids in every world. What is private is made last. To attack another situation, add it to `Secrets`
and to `make`; to attack in another way, add a row to `ways.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kernel.db import Cluster, Pool
from kernel.db.transaction import transaction
from kernel.errors import TenonError
from kernel.orm import AddonModels, Domain, Env, Model, Registry
from tests.orm.attack import chest
from tests.orm.attack.chest import Chest
from tests.orm.attack.vault import CLASSES, Box, Busy, Deed, Label, Note
from tests.orm.databases import installed

ATTACKER = 7
PRIVATE = 500
"""Private records have ids from here on."""


@dataclass
class Policy:
    """Rights of the attacker, per model and operation."""

    operations: dict[str, frozenset[str]] = field(default_factory=dict)
    rules: dict[tuple[str, str], Domain] = field(default_factory=dict)
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        return operation in self.operations.get(model, frozenset())

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        return self.rules.get((model, operation))

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return self.hidden.get(model, frozenset())


ALL = frozenset({"read", "create", "write", "delete"})
PUBLIC = Domain.term("private", "=", False)


def attackers_policy() -> Policy:
    """Everything but notes; no private records; no wages; of deeds only small ones may be written or made."""
    small = PUBLIC & (Domain.term("amount", "<", 100))
    return Policy(
        dict.fromkeys(("vault.label", "vault.person", "vault.deed", "vault.box", "vault.chest"), ALL),
        {
            ("vault.chest", "read"): PUBLIC,
            ("vault.label", "read"): PUBLIC,
            ("vault.person", "read"): PUBLIC,
            ("vault.deed", "read"): PUBLIC,
            ("vault.deed", "write"): small,
            ("vault.deed", "create"): small,
        },
        {"vault.person": frozenset({"wage"}), "vault.chest": chest.HIDDEN},
    )


@dataclass(frozen=True)
class Secrets:
    """What differs between two worlds."""

    names: tuple[str, ...] = ("Zoe",)
    """Of the private persons; there may be none."""
    city: str = "Home"
    born: dt.date = dt.date(2000, 1, 1)
    wages: tuple[int, int] = (1, 2)
    """Of the two persons that everybody sees."""
    pin: str = "1234"
    note: str = "a note"
    owner: int = 0
    """Which private person the open deeds and boxes belong to."""
    hidden_deeds: int = 0
    """Private deeds of the first open person."""
    hidden_labels: int = 0
    """Private labels of the first open person."""
    under: bool = False
    """Whether the private persons are below the first open one."""
    creed: str = "a creed"
    """A hidden text, translated."""
    other_rate: int = 0
    """What another company has, and whether it has an agent."""
    extra: str = "an extra"
    """A hidden extra field."""
    depth: int = 3
    """A hidden number that is tracked."""
    plan: bytes = b"a plan"
    """A hidden file."""
    changes: int = 0
    """Changes of what is hidden."""


@dataclass
class World:
    """One world: the envs in it, and the records everybody sees."""

    system: Env
    env: Env
    anna: Busy
    bert: Busy
    deeds: Deed
    """Four small ones, the first of Anna, the others of somebody hidden; and a large one of Bert."""
    label: Label
    box: Box
    chests: Chest
    """Three."""


_MODELS = ("label", "note", "person", "deed", "box", "chest")


@dataclass(frozen=True)
class Universe:
    """Where worlds are made."""

    pool: Pool
    dsn: str
    registry: Registry

    @contextmanager
    def world(self, secrets: Secrets, policy: Policy | None = None) -> Iterator[World]:
        """A world with these secrets, in which nothing is cached; gone afterwards."""
        try:
            with transaction(self.pool, self.dsn) as tx:
                for name in _MODELS:
                    tx.execute(f"SELECT setval('vault.{name}_id_seq', 1, false)")
                ports = chest.ports(self.registry, policy or attackers_policy())
                system = Env.open(tx, self.registry, ports)
                made = make(system, secrets)
                system.invalidate()
                yield made
                raise Undone
        except Undone:
            pass


class Undone(Exception):
    """Ends a world."""


def make(system: Env, secrets: Secrets) -> World:
    """The records of a world: what everybody sees first, with equal ids in all worlds; then what is private."""
    anna, bert = system[Busy].create(
        [
            {"name": "Anna", "city": "Rome", "email": "anna@x", "born": dt.date(1990, 5, 5), "wage": secrets.wages[0]},
            {"name": "Bert", "city": "Oslo", "email": "bert@x", "born": dt.date(1991, 6, 6), "wage": secrets.wages[1]},
        ]
    )
    anna.pin = secrets.pin
    label = system[Label].create({"name": "open"})
    anna.labels = label
    deeds = system[Deed].create([{"code": f"D{n}", "amount": n * 10, "day": dt.date(2026, 1, n)} for n in (1, 2, 3, 4)])
    deeds[0].person = anna
    large = system[Deed].create({"code": "L", "amount": 500, "person": bert, "day": dt.date(2026, 2, 1)})
    box = system[Box].create({"code": "B", "title_of": "box"})
    chests = chest.open_chests(system)
    system.flush()
    for name in _MODELS:
        system.tx.execute(f"SELECT setval('vault.{name}_id_seq', {PRIVATE}, false)")
    system.work._blocks.clear()
    private = [
        system[Busy].create(
            {
                "name": name, "city": secrets.city, "private": True, "email": f"{name}@secret", "wage": 99,
                "born": secrets.born, "boss": anna if secrets.under else None,
            }
        )
        for name in secrets.names
    ]  # fmt: skip
    note = system[Note].create({"text": secrets.note, "weight": len(secrets.note)})
    bert.note = note
    if private:
        owner = private[secrets.owner % len(private)]
        deeds[1:].write(person=owner)
        box.owner = owner
        bert.boss = owner
    else:  # what is hidden is there in every world: only whose it is must not be known
        other = system[Busy].create({"name": "Else", "private": True, "email": "else@secret"})
        deeds[1:].write(person=other)
        box.owner = other
        bert.boss = other
    for n in range(secrets.hidden_deeds):
        system[Deed].create({"code": f"H{n}", "amount": 7, "person": anna, "private": True, "day": secrets.born})
    for n in range(secrets.hidden_labels):
        anna.labels |= system[Label].create({"name": f"hidden {n}", "private": True})
    chest.hide(system, chests, secrets, box.owner, note)
    system.flush()
    for name in _MODELS:  # ids of new records tell how many were ever made: that is not hidden
        system.tx.execute(f"SELECT setval('vault.{name}_id_seq', {2 * PRIVATE}, false)")
    system.work._blocks.clear()
    return World(system, system.as_user(ATTACKER), anna, bert, deeds | large, label, box, chests)


def outcome(world: World, ask: Callable[[World], Any]) -> Any:
    """What the attacker gets, in plain form: an answer, or the error a client would see. Nothing is kept."""
    found: Any = None
    log: Any = world.env.ports.changes
    told = len(log.calls)
    try:
        with world.env.savepoint():
            found = plain(ask(world))
            world.env.flush()
            raise Undone
    except Undone:
        return found
    except TenonError as error:
        return (type(error).__name__, error.text, error.hint, repr(getattr(error, "record", None)))
    except (TypeError, ValueError, AttributeError, KeyError) as error:  # of Python: what was asked makes no sense
        return (type(error).__name__, str(error))
    finally:
        del log.calls[told:]


def plain(answer: Any) -> Any:
    """An answer that can be compared between worlds."""
    if isinstance(answer, Model):
        return (answer.__info__.name, answer.ids)
    if isinstance(answer, Mapping):
        return {str(plain(key)): plain(value) for key, value in answer.items()}
    if isinstance(answer, (list, tuple, set, frozenset)):
        return [plain(item) for item in answer]
    return answer


@contextmanager
def universe(cluster: Cluster, pool: Pool) -> Iterator[Universe]:
    """A database with the tables of the vault."""
    registry = Registry.build([AddonModels("vault", (*CLASSES, Chest))])
    with installed(cluster, registry) as dsn:
        yield Universe(pool, dsn, registry)
