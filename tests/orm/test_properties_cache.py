"""Random histories: the cache is what the database has, and stored computes are what computing anew gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import UnknownFieldError, UserError
from kernel.orm import Domain, Env, Model, Ports, Registry
from tests.orm import world
from tests.orm.databases import RolledBack, installed, rolled_back
from tests.orm.world import Step

SOAK = bool(os.environ.get("TENON_SOAK"))
NAMES = [*world.ACTIONS, "back", "keep"]
STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 7), st.integers(0, 7), st.integers(0, 11)), max_size=40
)


@pytest.fixture(scope="module")
def world_registry() -> Registry:
    return world.world_registry()


@pytest.fixture(scope="module")
def world_database(cluster: Cluster, world_registry: Registry) -> Iterator[str]:
    with installed(cluster, world_registry) as dsn:
        yield dsn


@pytest.fixture
def world_tx(pool: Pool, world_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, world_database) as opened:
        yield opened


class _WithRules:
    """The user may do everything with what the rules let through; some stored computed values are hidden."""

    rules: ClassVar[dict[str, Domain]] = {"world.node": world.Node.size < 6, "world.line": world.Line.number != 4}
    hidden: ClassVar[dict[str, frozenset[str]]] = {
        "world.node": frozenset({"amount", "parent_amount"}),
        "world.tag": frozenset({"node_sizes"}),
    }

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        return True

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        return self.rules.get(model)

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return self.hidden.get(model, frozenset())


def run_as_user(env: Env, steps: list[Step]) -> None:
    """Do the steps, each as a whole or not at all, as a client's requests would be; `back` takes some of them back."""
    for place, (name, a, b, c) in enumerate(steps):
        with suppress(UserError, UnknownFieldError, world.Undo), env.savepoint():
            if name in ("back", "keep"):
                run_as_user(env, [step for step in steps[place + 1 :][: a % 5] if step[0] not in ("back", "keep")])
                if name == "back":
                    raise world.Undo
            else:
                world.ACTIONS[name](env, a, b, c)


def shown(env: Env, ids: dict[str, tuple[int, ...]]) -> dict[tuple[str, str, int], Any]:
    """What an env reads of every field of the records, errors by their class."""
    found: dict[tuple[str, str, int], Any] = {}
    for name, model in env.registry.models.items():
        found[name, "search", 0] = env.model(name).search(order="id").ids
        for id in ids[name]:
            for field in model.fields:
                try:
                    value = getattr(env.model(name).browse(id), field)
                    found[name, field, id] = tuple(sorted(value.ids)) if isinstance(value, Model) else value
                except (UserError, UnknownFieldError) as error:
                    found[name, field, id] = type(error).__name__
    return found


def check_as_user(tx: Transaction, registry: Registry, steps: list[Step]) -> None:
    """The same for a user with rules and hidden fields: nothing stale is in the cache, and nothing forbidden shows."""
    ports = Ports(policy=_WithRules())
    try:
        with tx.savepoint():
            system = Env.open(tx, registry, ports)
            for place in range(3):
                world.make_tag(system, place, place + 1, 0)
                world.make_node(system, place, 2 * place + 2, 1)
            user = system.as_user(7)
            run_as_user(user, steps)
            system.flush()
            seen = world.cached(system)
            assert world.fresh(system, seen) == seen
            for key, (stored, anew) in world.from_nothing(system).items():
                assert (key, stored) == (key, anew)
            ids = {name: system.model(name).search(order="id").ids for name in registry.models}
            mine = shown(user, ids)
            assert mine == shown(Env.open(tx, registry, ports).as_user(7), ids)
            check_hidden(system, mine, ids)
            raise RolledBack
    except RolledBack:
        pass


def check_hidden(system: Env, mine: dict[tuple[str, str, int], Any], ids: dict[str, tuple[int, ...]]) -> None:
    for node in system[world.Node].browse(ids["world.node"]):
        assert (mine["world.node", "name", node.id] == "MissingError") is (node.size >= 6)
        assert (node.id in mine["world.node", "search", 0]) is (node.size < 6)
        if node.size < 6:
            assert mine["world.node", "amount", node.id] in ("AccessError", "UnknownFieldError")
    for line in system[world.Line].browse(ids["world.line"]):
        assert (line.id in mine["world.line", "search", 0]) is (line.number != 4)


def check(tx: Transaction, registry: Registry, steps: list[Step]) -> None:
    """Run `steps` on three nodes, flush, compare, and take all back."""
    try:
        with tx.savepoint():
            env = Env.open(tx, registry, Ports())
            for place in range(3):
                world.make_tag(env, place, place + 1, 0)
                world.make_node(env, place, place, 1)
            world.run(env, steps)
            env.flush()
            seen = world.cached(env)
            assert world.fresh(env, seen) == seen
            for key, (stored, anew) in world.from_nothing(env).items():
                assert (key, stored) == (key, anew)
            raise RolledBack
    except RolledBack:
        pass


@settings(
    max_examples=int(os.environ.get("TENON_SOAK_EXAMPLES", "3000")) if SOAK else 30,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_after_any_history_cache_and_stored_values_are_right(
    world_tx: Transaction, world_registry: Registry, steps: list[Step]
) -> None:
    check(world_tx, world_registry, steps)


@settings(
    max_examples=int(os.environ.get("TENON_SOAK_EXAMPLES", "3000")) if SOAK else 15,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_after_any_history_of_a_user_the_cache_is_right_and_shows_what_rules_and_hidden_fields_allow(
    world_tx: Transaction, world_registry: Registry, steps: list[Step]
) -> None:
    check_as_user(world_tx, world_registry, steps)
