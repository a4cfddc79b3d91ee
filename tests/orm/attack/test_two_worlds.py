"""Two worlds that differ only in what one must not know give equal answers, whatever way one asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.orm.attack.chest_ways import BY_ID, chest_ways
from tests.orm.attack.ways import MISSING, Way, all_ways
from tests.orm.attack.worlds import PRIVATE, Secrets, Universe, outcome

_OF_BASE: dict[str, Any] = {}
WAYS = {**all_ways(), **chest_ways()}
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
    "a hidden translated text": Secrets(("Zoe", "Yan"), creed="zzz"),
    "what another company has": Secrets(("Zoe", "Yan"), other_rate=9),
    "a hidden extra field": Secrets(("Zoe", "Yan"), extra="zzz"),
    "a hidden number": Secrets(("Zoe", "Yan"), depth=0),
    "a hidden file": Secrets(("Zoe", "Yan"), plan=b""),
    "changes of what is hidden": Secrets(("Zoe", "Yan"), changes=3),
}


def answered(vault: Universe, secrets: Secrets, ways: dict[str, Way]) -> dict[str, Any]:
    """What each way gives in one world; those of the base are found once."""
    if secrets is BASE and ways is WAYS and _OF_BASE:
        return _OF_BASE
    with vault.world(secrets) as world:
        found = {name: outcome(world, way) for name, way in ways.items()}
    if secrets is BASE and ways is WAYS:
        _OF_BASE.update(found)
    return found


def told_apart(vault: Universe, one: Secrets, other: Secrets, ways: dict[str, Way]) -> list[str]:
    """The ways that give different answers in the two worlds, with both answers."""
    answers = [answered(vault, secrets, ways) for secrets in (one, other)]
    return [f"{name}: {answers[0][name]} / {answers[1][name]}" for name in ways if answers[0][name] != answers[1][name]]


@pytest.mark.parametrize("secrets", PAIRS.values(), ids=PAIRS.keys())
def test_no_way_to_ask_tells_two_worlds_apart(vault: Universe, secrets: Secrets) -> None:
    assert told_apart(vault, BASE, secrets, WAYS) == []


def test_a_forbidden_id_and_a_missing_one_give_equal_answers(vault: Universe) -> None:
    told = []
    with vault.world(BASE) as world:
        for name, way in BY_ID.items():
            answers = [
                repr(outcome(world, lambda w, way=way, id=id: way(w, id))).replace(str(id), "N")
                for id in (PRIVATE, MISSING)
            ]
            told += [(name, *answers)] if answers[0] != answers[1] else []
    assert told == []


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
    creed=st.text("abz", max_size=3),
    other_rate=st.integers(0, 3),
    extra=st.text("abz", max_size=3),
    depth=st.integers(0, 3),
    plan=st.binary(max_size=3),
    changes=st.integers(0, 2),
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
