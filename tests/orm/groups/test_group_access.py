"""Groups tell nothing of records, fields and models that the reader may not see."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.db.transaction import Transaction
from kernel.errors import TenonError
from kernel.orm import Domain, Env
from tests.orm.groups.till import Policy, Sale


@pytest.fixture
def hidden_ann(env: Env, world: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """The reader sees Bob only; and of labels those that are open."""
    ann, bob, boss = world["clerks"]
    red, blue, _ = world["labels"]
    policy.rules = {"till.clerk": Domain.term("name", "=", "Bob"), "till.label": Domain.term("open", "=", True)}
    env[Sale].create(
        [
            {"clerk": ann, "text": "a1", "labels": [blue.id]},
            {"clerk": boss, "text": "a2", "labels": [red.id, blue.id]},
            {"clerk": bob, "text": "b", "pieces": 7},
            {"text": "n"},
        ]
    )
    env.flush()
    return world


def test_records_that_are_hidden_are_one_group_whose_key_and_domain_name_none(
    user: Env, hidden_ann: dict[str, Any]
) -> None:
    ann = hidden_ann["clerks"][0]
    groups = user[Sale].group(by=["clerk"], aggregates=["id:array", "clerk:array", "clerk:count_distinct"])
    found = {group["clerk:label"]: group for group in groups}
    assert {label: group["count"] for label, group in found.items()} == {
        "Bob": 1, "Not visible to you": 2, "Not set": 1,
    }  # fmt: skip
    unseen = found["Not visible to you"]
    assert unseen["clerk"] == {"id": None, "hidden": True}
    assert (unseen["clerk:array"], unseen["clerk:count_distinct"]) == ([], 1)
    assert str(ann.id) not in str(unseen["domain"])
    for group in groups:
        assert list(user[Sale].search(Domain.from_wire(group["domain"])).ids) == group["id:array"]


@pytest.mark.parametrize("by", ["clerk.name", "clerk.pay", "clerk.boss", "clerk.boss.name", "labels", "clerk"])
def test_the_domains_of_groups_hold_for_a_reader_with_rules(user: Env, hidden_ann: dict[str, Any], by: str) -> None:
    for group in user[Sale].group(by=[by], aggregates=["id:array"]):
        assert list(user[Sale].search(Domain.from_wire(group["domain"])).ids) == group["id:array"], group
        assert "Ann" not in str(group)
        assert "blue" not in str(group)


def test_aggregates_and_conditions_over_hidden_records_see_nothing(user: Env, hidden_ann: dict[str, Any]) -> None:
    (whole,) = user[Sale].group(aggregates=["clerk.pay:sum", "clerk.pay:count", "clerk.name:max"])
    assert (whole["clerk.pay:sum"], whole["clerk.pay:count"], whole["clerk.name:max"]) == (20, 1, "Bob")
    assert [each["text"] for each in user[Sale].group(by=["text"], having=("clerk.pay:sum", ">", 0))] == ["b"]


def test_a_model_that_may_not_be_read_is_one_hidden_group(
    user: Env, hidden_ann: dict[str, Any], policy: Policy
) -> None:
    policy.closed = {"till.clerk"}
    groups = user[Sale].group(by=["clerk"])
    assert {group["clerk:label"]: group["count"] for group in groups} == {"Not visible to you": 3, "Not set": 1}


@pytest.mark.parametrize(
    "options",
    [
        {"by": ["margin"]}, {"aggregates": ["margin:sum"]}, {"by": ["kind"], "having": ["margin:sum", ">", 0]},
        {"by": ["kind"], "having": ["|", ["count", ">", 0], ["margin:max", "=", 1]]}, {"by": ["clerk.pay"]},
        {"by": ["secret"]}, {"aggregates": ["secret:count_distinct"]},
        {"by": ["kind"], "having": ["secret:max", ">", "a"]},
        {"aggregates": ["amount:sum"]},
    ],
)  # fmt: skip
def test_hidden_and_secret_fields_are_refused_wherever_they_stand(
    user: Env, policy: Policy, options: dict[str, Any], tx: Transaction
) -> None:
    policy.hidden = {"till.sale": frozenset({"margin", "coin"}), "till.clerk": frozenset({"pay"})}
    before = tx.statements
    with pytest.raises(TenonError) as caught:
        user[Sale].group(**options)
    assert caught.value.code in ("unknown_field", "access")
    assert tx.statements == before


def test_the_order_of_linked_records_tells_nothing_of_a_hidden_field(
    env: Env, user: Env, world: dict[str, Any], policy: Policy
) -> None:
    policy.hidden = {"till.clerk": frozenset({"rank"})}
    env[Sale].create([{"clerk": clerk} for clerk in world["clerks"]])
    names = [group["clerk:label"] for group in user[Sale].group(by=["clerk"])]
    assert names == sorted(names)  # by name; by rank it would be Bob, Ann, Boss
    assert [group["clerk:label"] for group in env[Sale].group(by=["clerk"])] == ["Bob", "Ann", "Boss"]
