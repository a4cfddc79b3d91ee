"""Extra fields: what a tenant adds to a model is read, written, searched, sorted and grouped like any field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel.db import Pool
from kernel.db.transaction import Transaction, transaction
from kernel.errors import DeveloperError, SingletonError, UnknownFieldError, ValidationError
from kernel.orm import Domain, Env, Model, Ports, Registry
from kernel.orm.domains.operators import DomainError
from kernel.orm.extra.definitions import ExtraField
from kernel.orm.registry.describe import describe
from tests.orm.shed import (
    DEFINITIONS,
    VALUES,
    Definitions,
    Owner,
    Plain,
    Tool,
    env,
    extras,
    shed,
    shed_database,
    tx,
    user,
)
from tests.orm.test_access import USER, ToyPolicy

__all__ = ["env", "extras", "shed", "shed_database", "tx", "user"]


def again(env: Env, tool: Tool) -> Tool:
    env.invalidate()
    return env[Tool].browse(tool.id)


# -- values --------------------------------------------------------------------------------------------------
def test_every_type_comes_back_from_the_database_as_it_was_written(env: Env) -> None:
    tool = again(env, env[Tool].create({"name": "saw", **VALUES}))
    assert {name: tool.extra[name] for name in VALUES} == VALUES


def test_what_is_unset_reads_as_in_any_field(env: Env) -> None:
    tool = env[Tool].create({"name": "saw"})
    assert (tool.extra["x_note"], tool.extra["x_size"], tool.extra["x_price"]) == ("", 0, Decimal(0))
    assert tool.extra["x_sharp"] is False
    assert [tool.extra[name] for name in ("x_rank", "x_bought", "x_used", "x_color")] == [None] * 4
    assert not tool.extra["x_lent"]
    assert tool.extra["x_lent"].__info__.name == "shed.owner"


def test_the_mapping_has_the_fields_that_the_tenant_defined(env: Env) -> None:
    tool = env[Tool].create({"name": "saw"})
    tool.extra["x_color"] = "blue"
    assert "x_color" in tool.extra
    assert "x_nothing" not in tool.extra
    env.flush()
    assert set(tool.extra) == {f"x_{each.name}" for each in DEFINITIONS if each.model == "shed.tool"}
    assert dict(tool.extra)["x_color"] == "blue"
    assert tool.extra.get("x_nothing", 5) == 5
    del tool.extra["x_color"]
    assert tool.extra["x_color"] is None
    assert env.sql("SELECT extra FROM shed.tool")[0][0] == {}


def test_unknown_names_and_wrong_values_are_refused_with_the_field(env: Env) -> None:
    tool = env[Tool].create({"name": "saw"})
    with pytest.raises(UnknownFieldError, match="x_color"):
        tool.extra["x_colour"] = "red"
    with pytest.raises(UnknownFieldError, match='no field "x_sise"'):
        env[Tool].create({"name": "saw", "x_sise": 1})
    with pytest.raises(ValidationError, match="Colour") as refused:
        tool.extra["x_color"] = "green"
    assert refused.value.field == "x_color"
    with pytest.raises(ValidationError, match="Size"):
        env[Tool].create({"name": "saw", "x_size": "3"})
    with pytest.raises(DeveloperError, match="extensible"):
        env[Plain].create({"name": "p"}).extra  # noqa: B018
    with pytest.raises(SingletonError):
        env[Tool].create([{"name": "a"}, {"name": "b"}]).extra["x_size"] = 1


def test_many_are_written_by_one_statement_and_read_by_one_query(env: Env, tx: Transaction) -> None:
    tools = env[Tool].create([{"name": f"t{n}", "x_size": n} for n in range(50)])
    env.flush()
    tools.write(x_color="red", x_size=7)
    before = tx.statements
    env.flush()
    assert tx.statements - before == 1
    env.invalidate()
    before = tx.statements
    assert [tool.extra["x_size"] for tool in env[Tool].browse(tools.ids)] == [7] * 50
    assert tx.statements - before == 1


def test_linked_records_of_a_set_are_found_by_two_queries(env: Env, tx: Transaction) -> None:
    owners = env[Owner].create([{"name": f"o{n}"} for n in range(5)])
    tools = env[Tool].create([{"name": "t", "x_lent": owner} for owner in owners])
    env.invalidate()
    before = tx.statements
    assert [tool.extra["x_lent"].name for tool in env[Tool].browse(tools.ids)] == [f"o{n}" for n in range(5)]
    assert tx.statements - before == 3  # the values, who is there, their names


def test_a_link_to_a_record_that_is_gone_is_unset_everywhere(env: Env) -> None:
    owner = env[Owner].create({"name": "Ann"})
    tool = env[Tool].create({"name": "saw", "x_lent": owner})
    assert env[Tool].search(Domain.term("x_lent", "=", owner.id)) == tool
    owner.delete()
    tool = again(env, tool)
    assert not tool.extra["x_lent"]
    assert tool.read(["x_lent"])[0]["x_lent"] is None
    assert env[Tool].search(Domain.term("x_lent", "=", None)) == tool
    assert env[Tool].group(by=["x_lent"])[0]["x_lent"] is None


def test_a_copy_takes_extra_values_along(env: Env) -> None:
    tool = env[Tool].create({"name": "saw", **VALUES})
    assert dict(tool.copy(x_size=9).extra) == {**dict(tool.extra), "x_size": 9}


def test_a_draft_has_extra_values_and_saves_them(env: Env) -> None:
    draft = env[Tool].draft({"name": "saw", "x_size": 4})
    draft.extra["x_note"] = "new"
    made = draft.save()
    assert (made.extra["x_size"], made.extra["x_note"]) == (4, "new")
    env.flush()
    over = env[Tool].draft({"x_size": 5}, origin=made.id)
    assert (over.extra["x_size"], over.extra["x_note"], made.extra["x_size"]) == (5, "new", 4)


def test_writes_of_different_extra_fields_leave_each_other_alone(
    pool: Pool, shed_database: str, shed: Registry
) -> None:
    ports = Ports(extra_fields=Definitions(shed))
    with transaction(pool, shed_database) as tx:
        made = Env.open(tx, shed, ports)[Tool].create({"name": "saw", "x_size": 1})
        made.env.flush()
        id = made.id
    with transaction(pool, shed_database, isolation="read committed") as first:
        one = Env.open(first, shed, ports)[Tool].browse(id)
        assert one.extra["x_size"] == 1
        with transaction(pool, shed_database, isolation="read committed") as second:
            other = Env.open(second, shed, ports)
            other[Tool].browse(id).extra["x_note"] = "theirs"
            other.flush()
        one.extra["x_size"] = 2
        one.env.flush()
    with transaction(pool, shed_database) as tx:
        assert tx.rows("SELECT extra FROM shed.tool WHERE id = %s", (id,))[0][0] == {"size": 2, "note": "theirs"}
        tx.execute("DELETE FROM shed.tool")


# -- required and hidden -------------------------------------------------------------------------------------
def test_a_required_field_is_asked_of_people_and_not_of_the_system(env: Env, user: Env, extras: Definitions) -> None:
    extras.become(ExtraField("shed.tool", "code", "char", "Code", required=True))
    env[Tool].create({"name": "made by a job"})
    with pytest.raises(ValidationError, match="Code must be filled in"):
        user[Tool].create({"name": "saw"})
    tool = user[Tool].create({"name": "saw", "x_code": "a"})
    with pytest.raises(ValidationError, match="Code must be filled in"):
        tool.write(x_code="")
    tool.write(name="other")


HIDDEN_ASKS: list[Callable[[Env, str], Any]] = [
    lambda env, name: env[Tool].search(Domain.term(name, "=", "s")),
    lambda env, name: env[Tool].search(~Domain.term(name, "ilike", "s")),
    lambda env, name: env[Tool].search(Domain.any_(name, Domain.TRUE)),
    lambda env, name: env[Tool].search(order=f"{name} desc"),
    lambda env, name: env[Tool].group(by=[name]),
    lambda env, name: env[Tool].group(aggregates=[f"{name}:count_distinct"]),
    lambda env, name: env[Tool].search_read(spec=[name]),
    lambda env, name: env[Tool].search().read([name]),
    lambda env, name: env[Tool].search().write(**{name: "t"}),
    lambda env, name: env[Tool].create({"name": "x", name: "t"}),
    lambda env, name: env[Tool].search().filtered(Domain.term(name, "=", "s")),
    lambda env, name: env[Tool].search(limit=1).extra[name],
    lambda env, name: env[Tool].search(fetch=[name]),
    lambda env, name: env.field(env.registry.model("shed.tool"), name),
]


@pytest.mark.parametrize("ask", HIDDEN_ASKS)
@pytest.mark.parametrize("name", ["x_secret", "x_secret@char", "x_none"])
def test_a_hidden_field_is_as_unknown_as_one_that_is_not_there(
    env: Env, user: Env, ask: Callable[[Env, str], Any], name: str
) -> None:
    env[Tool].create({"name": "saw", "x_secret": "s"})
    with pytest.raises(UnknownFieldError) as refused:
        ask(user, name)
    assert refused.value.code == "unknown_field"
    assert "x_secret" not in refused.value.text.replace(f'"{name}"', "")


def test_who_sees_it_finds_it_and_the_description_follows(env: Env, user: Env) -> None:
    tool = env[Tool].create({"name": "saw", "x_secret": "s"})
    assert env[Tool].search(Domain.term("x_secret", "=", "s")) == tool
    model = env.registry.model("shed.tool")
    assert describe(env, model)["fields"]["x_secret"]["extra"] is True
    described = describe(user, model)["fields"]
    assert "x_secret" not in described
    assert "extra" not in described
    assert described["x_color"]["selection"] == [["red", "Red"], ["blue", "Blue"]]
    assert "x_secret" not in user[Tool].browse(tool.id).extra


def test_a_value_behind_a_relation_obeys_the_rule_of_its_model(env: Env, user: Env) -> None:
    owner = env[Owner].create({"name": "Ann", "x_city": "Porto"})
    tool = env[Tool].create({"name": "saw", "owner": owner, "x_lent": owner})
    for path in ("owner.x_city", "x_lent.x_city", "x_lent.name"):
        value = "Ann" if path.endswith("name") else "Porto"
        assert user[Tool].search(Domain.term(path, "=", value), order=f"{path} desc") == tool
        assert user[Tool].group(by=[path])[0][path] == value
    policy = env.ports.policy
    assert isinstance(policy, ToyPolicy)
    policy.rules["shed.owner"] = Domain.term("name", "=", "nobody")
    stranger = env.as_user(USER + 1)
    for path in ("owner.x_city", "x_lent.x_city"):
        assert not stranger[Tool].search(Domain.term(path, "=", "Porto"))
        assert stranger[Tool].group(by=[path])[0][path] == ""
    assert stranger[Tool].browse(tool.id).read(["x_lent"])[0]["x_lent"] == {"id": None, "hidden": True}


def test_extra_fields_cannot_be_part_of_a_rule(env: Env) -> None:
    with pytest.raises(DomainError, match="cannot be used here"):
        Domain.term("x_size", "=", 1).check(env.registry.model("shed.tool"))


def test_tenants_share_plans_by_type_and_not_each_others_fields(
    tx: Transaction, shed: Registry, extras: Definitions
) -> None:
    env = Env.open(tx, shed, Ports(extra_fields=extras))
    env[Tool].create({"name": "saw", "x_size": 5, "x_note": "12"})
    other = Definitions(shed)
    other.become(ExtraField("shed.tool", "size", "char", "Size in words"))
    there = Env.open(tx, shed, Ports(extra_fields=other))
    assert env[Tool].count(Domain.term("x_size", ">", 3)) == 1
    assert there[Tool].count(Domain.term("x_size", "=", "5")) == 1
    with pytest.raises(UnknownFieldError):
        there[Tool].count(Domain.term("x_note", "=", "12"))
    known = len(shed.plans)
    third = Definitions(shed)
    third.become(ExtraField("shed.tool", "size", "integer", "Another label"))
    assert Env.open(tx, shed, Ports(extra_fields=third))[Tool].count(Domain.term("x_size", ">", 3)) == 1
    assert len(shed.plans) == known
    assert set(shed.models["shed.tool"].fields) == {*Model.__audit__, "name", "owner", "extra"}
