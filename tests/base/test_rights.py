"""How access rows and record rules combine, for any rules, groups and records."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from addons.base.rights import GroupRow, Rights, RuleRow, closure, combine
from kernel.orm import Domain, Model, fields
from kernel.orm.registry.registry import AddonModels, Registry


class Note(Model, name="toy.note"):
    """A record that rules speak of."""

    owner = fields.Integer("Owner")


NOTE = Registry.build([AddonModels("toy", (Note,))]).model("toy.note")
KEY = ("toy.note", "read")
GROUPS = ("toy.a", "toy.b", "toy.c", "toy.d")
some_groups = st.frozensets(st.sampled_from(GROUPS))
owners = st.lists(st.integers(0, 5), max_size=4)


@st.composite
def rules(draw: st.DrawFn) -> tuple[RuleRow, ...]:
    rows = draw(st.lists(st.tuples(owners, some_groups), max_size=6))
    return tuple(RuleRow(["owner", "in", ids], groups) for ids, groups in rows)


def passes(domain: Domain | None, owner: int) -> bool:
    values = {"owner": owner, "id": 1}
    return domain is None or domain.check(NOTE).matches(NOTE, lambda bound, _: values[bound.name], 1)


def allowed(rows: tuple[RuleRow, ...], groups: frozenset[str], owner: int) -> bool:
    return passes(Rights(rules={KEY: rows}).rule(groups, *KEY, {}), owner)


def expected(rows: tuple[RuleRow, ...], groups: frozenset[str], owner: int) -> bool:
    """The same in plain words: all of the rules for all, and one of one's groups where there are any."""
    for_all = [owner in row.domain[2] for row in rows if not row.groups]
    of_groups = [row for row in rows if row.groups]
    mine = [owner in row.domain[2] for row in of_groups if row.groups & groups]
    return all(for_all) and (not of_groups or any(mine))


@given(rules(), some_groups, st.integers(0, 6))
def test_rules_for_all_narrow_and_rules_of_groups_add_up(
    rows: tuple[RuleRow, ...], groups: frozenset[str], owner: int
) -> None:
    assert allowed(rows, groups, owner) == expected(rows, groups, owner)


@given(rules(), some_groups, some_groups, st.integers(0, 6))
def test_joining_a_group_never_takes_a_record_away(
    rows: tuple[RuleRow, ...], groups: frozenset[str], joined: frozenset[str], owner: int
) -> None:
    if allowed(rows, groups, owner):
        assert allowed(rows, groups | joined, owner)


@given(rules(), some_groups, owners, st.integers(0, 6))
def test_a_further_rule_for_all_never_gives_a_record(
    rows: tuple[RuleRow, ...], groups: frozenset[str], ids: list[int], owner: int
) -> None:
    further = (*rows, RuleRow(["owner", "in", ids]))
    if allowed(further, groups, owner):
        assert allowed(rows, groups, owner)


def test_without_an_access_row_nobody_may_do_anything() -> None:
    rights = Rights(access={KEY: frozenset({"toy.a"})})
    assert rights.allowed(frozenset({"toy.a"}), "toy.note", "read")
    assert not rights.allowed(frozenset({"toy.a"}), "toy.note", "write")
    assert not rights.allowed(frozenset({"toy.b"}), "toy.note", "read")
    assert not rights.allowed(frozenset(), "toy.note", "read")
    assert not Rights().allowed(frozenset(GROUPS), "toy.note", "read")


def test_a_rule_that_lets_all_through_is_no_rule() -> None:
    assert combine([], None) is None
    assert combine([Domain.TRUE], [Domain.term("owner", "=", 1), Domain.TRUE]) is None


def test_a_person_in_none_of_the_rules_groups_sees_nothing() -> None:
    rows = (RuleRow([], frozenset({"toy.a"})),)
    assert not allowed(rows, frozenset({"toy.b"}), 1)
    assert allowed(rows, frozenset({"toy.a"}), 1)


def test_rules_are_filled_in_for_the_person_who_asks() -> None:
    mine = Rights(rules={KEY: (RuleRow(["owner", "=", {"$": "user"}]),)})
    assert passes(mine.rule(frozenset(), *KEY, {"user": 3}), 3)
    assert not passes(mine.rule(frozenset(), *KEY, {"user": 3}), 4)


GRAPH: dict[str, Any] = {"toy.a": ["toy.b"], "toy.b": ["toy.c"], "toy.c": ["toy.a"], "toy.d": []}


def test_implied_groups_are_followed_to_the_end_even_in_a_circle() -> None:
    rows = [GroupRow(key, tuple(implied)) for key, implied in GRAPH.items()]
    assert closure(rows, ["toy.a"]) == {"toy.a", "toy.b", "toy.c"}
    assert closure(rows, ["toy.d", "toy.unknown"]) == {"toy.d", "toy.unknown"}
