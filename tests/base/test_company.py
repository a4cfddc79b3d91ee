"""Records of companies, fields of groups, and rules that several groups share: in the toy addon `depot`."""

from __future__ import annotations

from typing import Any

import pytest

from addons.base.models import Access, Company, Group, Rule, User
from addons.base.policy import load_rights
from kernel.errors import TenonError
from kernel.orm import Command, Domain, Env, Model


@pytest.fixture
def other(env: Env) -> Company:
    """A second company, for which nobody works yet."""
    made = env[Company].create(
        {"name": "Other", "currency": env.ref("base.currency_usd"), "language": env.ref("base.lang_en")}
    )
    env.flush()
    return made


def join(env: Env, user: int, *groups: str) -> None:
    env[User].browse(user).write(groups=[Command.link(env.ref(group).id) for group in groups])
    env.flush()


def crates(env: Env) -> Model:
    return env.model("depot.crate")


def labels(records: Model) -> list[str]:
    return sorted(record["label"] for record in records.read(["label"]))


@pytest.fixture
def three(env: Env, other: Company) -> Model:
    """One crate of the first company, one of the other, one of none."""
    first = env[Company].search(order="id", limit=1)
    rows: list[dict[str, Any]] = [
        {"label": "Mine", "company": first},
        {"label": "Theirs", "company": other},
        {"label": "Ours", "company": None},
    ]
    made = crates(env).create(rows)
    env.flush()
    return made


def test_people_see_the_records_of_their_companies_and_of_none(
    env: Env, three: Model, bob: int, other: Company
) -> None:
    join(env, bob, "depot.manager")
    assert labels(crates(env.as_user(bob)).search()) == ["Mine", "Ours"]
    assert crates(env.as_user(bob)).count() == 2
    env[User].browse(bob).write(companies=[Command.link(other.id)])
    env.flush()
    assert env.tenant is not None


def test_a_new_record_belongs_to_the_company_of_who_makes_it(env: Env, bob: int) -> None:
    join(env, bob, "depot.user")
    made = crates(env.as_user(bob)).create({"label": "New"})
    assert made.company.name == "My company"  # type: ignore[attr-defined]


def test_a_record_cannot_be_given_to_a_company_one_does_not_work_for(
    env: Env, three: Model, bob: int, other: Company
) -> None:
    join(env, bob, "depot.manager")
    with pytest.raises(TenonError), env.savepoint():
        crates(env.as_user(bob)).browse(three.ids[0]).write(company=other.id)
        env.flush()


def test_rules_of_groups_add_up_and_those_for_all_narrow(env: Env, ada: int, bob: int) -> None:
    crates(env).create(
        [{"label": "Light", "price": 10}, {"label": "Heavy", "price": 500}, {"label": "Secret", "price": 1}]
    )
    join(env, bob, "depot.user")
    assert labels(crates(env.as_user(bob)).search()) == ["Light"]
    assert labels(crates(env.as_user(ada)).search()) == ["Heavy", "Light"]


def test_administrators_manage_every_addon_that_is_installed(env: Env, ada: int) -> None:
    assert {"depot.manager", "depot.user"} <= env.as_user(ada).user.groups


def test_a_field_of_a_group_does_not_exist_for_others(env: Env, ada: int, bob: int) -> None:
    join(env, bob, "depot.user")
    id = crates(env).create({"label": "Gold", "price": 50}).id
    env.flush()
    assert crates(env.as_user(ada)).browse(id).read(["price"])[0]["price"] == 50
    theirs = crates(env.as_user(bob))
    for ask in (
        lambda: theirs.browse(id).read(["price"]),
        lambda: theirs.search(Domain.term("price", ">", 1)),
        lambda: theirs.search(order="price"),
        lambda: theirs.group(by=["price"]),
        lambda: theirs.group(by=["label"], aggregates=["price:sum"]),
        lambda: theirs.browse(id).write(price=1),
        lambda: theirs.create({"label": "New", "price": 1}),
        lambda: theirs.browse(id).price,  # type: ignore[attr-defined]
    ):
        with pytest.raises(TenonError), env.savepoint():
            ask()
    assert crates(env).browse(id).price == 50  # type: ignore[attr-defined]


def test_declared_rights_are_rows_that_name_their_addon(env: Env) -> None:
    assert env[Access].count(Access.addon == "depot") == 4
    assert env[Rule].search(Rule.addon == "depot").mapped(Rule.key) == [
        "depot.all_of_them",
        "depot.light_ones",
        "depot.no_secrets",
    ]
    group = env.ref("depot.manager")
    assert group == env[Group].search(Group.key == "depot.manager")
    rights = load_rights(env)
    assert rights.access["depot.crate", "delete"] == {"depot.manager"}
    assert ("depot.item", "delete") in rights.access
    assert ("depot.crate", "write") in rights.rules


def test_every_model_of_base_has_access_rows(env: Env) -> None:
    rights = load_rights(env)
    models = [name for name, model in env.registry.models.items() if model.schema == "base"]
    closed = {"base.change"}  # who may read a record is told of its changes by a method
    assert [name for name in models if (name, "read") not in rights.access and name not in closed] == []
