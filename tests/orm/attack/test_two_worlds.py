"""Two worlds that differ only in what one must not know give equal answers, whatever way one asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.orm.attack.ways import Way, all_ways
from tests.orm.attack.worlds import Secrets, Universe, outcome

WAYS = all_ways()
BASE = Secrets(names=("Zoe", "Yan"))
PAIRS = {
    "other values in hidden records": Secrets(("Abe", "Bob"), "Elsewhere", dt.date(1950, 7, 7)),
    "hidden records are not there": Secrets(()),
    "a hidden field": Secrets(("Zoe", "Yan"), wages=(200, 100)),
    "a secret": Secrets(("Zoe", "Yan"), pin="9999"),
    "a model without any right": Secrets(("Zoe", "Yan"), note="another, longer"),
    "the target of a link": Secrets(("Zoe", "Yan"), owner=1),
    "hidden lines": Secrets(("Zoe", "Yan"), hidden_deeds=3),
    "hidden labels": Secrets(("Zoe", "Yan"), hidden_labels=2),
    "hidden children": Secrets(("Zoe", "Yan"), under=True),
}


def told_apart(vault: Universe, one: Secrets, other: Secrets, ways: dict[str, Way]) -> list[str]:
    """The ways that give different answers in the two worlds, with both answers."""
    answers = []
    for secrets in (one, other):
        with vault.world(secrets) as world:
            found = {}
            for name, way in ways.items():
                found[name] = outcome(world, way)
            answers.append(found)
    return [f"{name}: {answers[0][name]} / {answers[1][name]}" for name in ways if answers[0][name] != answers[1][name]]


@pytest.mark.parametrize("secrets", PAIRS.values(), ids=PAIRS.keys())
def test_no_way_to_ask_tells_two_worlds_apart(vault: Universe, secrets: Secrets) -> None:
    assert told_apart(vault, BASE, secrets, WAYS) == []


SECRETS = st.builds(
    Secrets,
    names=st.lists(st.text("abz", min_size=1, max_size=4), max_size=3, unique=True).map(tuple),
    city=st.sampled_from(["Home", "Oslo", "Rich", ""]),
    born=st.dates(dt.date(1950, 1, 1), dt.date(2020, 1, 1)),
    wages=st.tuples(st.integers(0, 300), st.integers(0, 300)),
    pin=st.text("123", min_size=1, max_size=4),  # whether it is set may be known
    note=st.text("no te", max_size=9),
    owner=st.integers(0, 2),
    hidden_deeds=st.integers(0, 2),
    hidden_labels=st.integers(0, 2),
    under=st.booleans(),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=SECRETS, other=SECRETS)
def test_no_two_worlds_are_told_apart(vault: Universe, one: Secrets, other: Secrets) -> None:
    assert told_apart(vault, one, other, WAYS) == []


def test_the_attacker_sees_what_may_be_seen(vault: Universe) -> None:
    """The table is worth something only if most ways are answered, and if the system's answers differ."""
    with vault.world(BASE) as world:
        answers = [outcome(world, way) for way in WAYS.values()]
    answered = [answer for answer in answers if not (isinstance(answer, tuple) and str(answer[0]).endswith("Error"))]
    assert len(answered) > len(answers) / 2


def test_the_system_does_tell_the_worlds_apart(vault: Universe) -> None:
    def as_system(way: Way) -> Way:
        return lambda world: way(replace(world, env=world.system))

    ways = {name: as_system(way) for name, way in WAYS.items()}
    for secrets in PAIRS.values():
        assert len(told_apart(vault, BASE, secrets, ways)) > 0
