"""The access policy at work in a tenant: every operation of the ORM asks it."""

from __future__ import annotations

import pytest

from addons.base.models import Access, Company, Currency, Group, Preference, Rule, Setting, User
from kernel.addons import Tenant
from kernel.errors import AccessError, MissingError, UserError, ValidationError
from kernel.orm import Command, Env


@pytest.fixture
def of_ada(env: Env, ada: int) -> Preference:
    """A preference of Ada's, which nobody else may know of."""
    made = env[Preference].create({"user": ada, "key": "theme", "value": "dark"})
    env.flush()
    return made


class TestARuleHoldsInEveryOperation:
    def test_search_count_and_group(self, env: Env, of_ada: Preference, ada: int, bob: int) -> None:
        theirs = env.as_user(bob)[Preference]
        assert not theirs.search()
        assert theirs.count() == 0
        assert theirs.group(by=["user"]) == []
        assert env.as_user(ada)[Preference].search().ids == of_ada.ids

    def test_read(self, env: Env, of_ada: Preference, bob: int) -> None:
        with pytest.raises((AccessError, MissingError)):
            env.as_user(bob)[Preference].browse(of_ada.id).read(["key"])

    def test_write(self, env: Env, of_ada: Preference, bob: int) -> None:
        with pytest.raises((AccessError, MissingError)):
            env.as_user(bob)[Preference].browse(of_ada.id).write(value="light")

    def test_delete(self, env: Env, of_ada: Preference, bob: int) -> None:
        with pytest.raises((AccessError, MissingError)):
            env.as_user(bob)[Preference].browse(of_ada.id).delete()

    def test_create_for_somebody_else(self, env: Env, ada: int, bob: int) -> None:
        with pytest.raises(AccessError):
            env.as_user(bob)[Preference].create({"user": ada, "key": "theme", "value": "dark"})
            env.flush()

    def test_write_that_leads_out_of_the_rule(self, env: Env, ada: int, bob: int) -> None:
        mine = env.as_user(bob)[Preference].create({"user": bob, "key": "theme", "value": "dark"})
        env.flush()
        with pytest.raises(AccessError):
            mine.write(user=ada)
            env.flush()

    def test_a_path_from_another_model(self, env: Env, of_ada: Preference, ada: int, bob: int) -> None:
        hidden = env[Company].create({"name": "Secret", "currency": env.ref("base.currency_eur"), "language": 1})
        env[User].browse(ada).write(company=hidden)
        env.flush()
        asked = env.as_user(bob)[User].search(User.company.has(Company.name == "Secret"))
        assert not asked


def test_without_an_access_row_nothing_may_be_done(env: Env, bob: int) -> None:
    with pytest.raises(AccessError):
        env.as_user(bob)[Setting].search()
    with pytest.raises(AccessError):
        env.as_user(bob)[Currency].create({"code": "XTS", "name": "Test", "symbol": "T"})
    with pytest.raises(AccessError):
        env.as_user(bob)[User].browse(bob).write(groups=[Command.link(env.ref("base.manager").id)])


def test_an_administrator_manages_what_others_only_read(env: Env, ada: int, bob: int) -> None:
    assert env.as_user(bob)[Currency].search(Currency.code == "EUR").decimals == 2
    env.as_user(ada)[Currency].search(Currency.code == "EUR").write(symbol="€uro")
    env.flush()
    assert env.ref("base.currency_eur").symbol == "€uro"


def test_a_new_access_row_holds_at_once_and_for_the_next_transaction(tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        user = env[User].create({"name": "Carol", "login": "carol@example.com"})
        group = env[Group].create({"name": "Auditors"})
        user.groups = group
        env.flush()
        id, group_id = user.id, group.id
    with tenant.env(user=id) as env, pytest.raises(AccessError):
        env[Setting].search()
    with tenant.env(why="a test") as env:
        row = env[Access].create({"model": "base.setting", "grantee": group_id, "may_read": True})
        env.flush()
        assert not env.as_user(id)[Setting].search()
    with tenant.env(user=id) as env:
        assert not env[Setting].search()
    with tenant.env(why="a test") as env:
        env[Access].browse(row.id).delete()
        env[User].browse(id).delete()
        env[Group].browse(group_id).delete()


def test_a_group_may_not_imply_itself(env: Env) -> None:
    first = env[Group].create({"name": "First"})
    second = env[Group].create({"name": "Second", "implies": [Command.link(first.id)]})
    with pytest.raises(ValidationError, match="would imply itself"):
        first.write(implies=[Command.link(second.id)])
        env.flush()


@pytest.mark.parametrize(
    ("model", "domain", "text"),
    [
        ("base.user", [["nmae", "=", "x"]], 'Did you mean "name"'),
        ("base.usr", [], 'Did you mean "base.user"'),
        ("base.user", [["name", "~", "x"]], "~"),
        ("base.user", [["id", "=", {"$": "usr"}]], "usr"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(env: Env, model: str, domain: list[object], text: str) -> None:
    with pytest.raises(ValidationError, match="does not work") as caught:
        env[Rule].create({"name": "Wrong", "model": model, "domain": domain})
        env.flush()
    assert text in str(caught.value)


def test_people_see_the_companies_they_work_for(env: Env, ada: int, bob: int) -> None:
    other = env[Company].create({"name": "Other", "currency": env.ref("base.currency_usd"), "language": 1})
    env.flush()
    assert other not in env.as_user(bob)[Company].search()
    env[User].browse(bob).write(companies=[Command.link(other.id)])
    env.flush()
    assert other.id in env.as_user(ada)[Company].search().ids


def test_the_password_hash_is_never_read(env: Env, ada: int) -> None:
    mine = env.as_user(ada)[User].browse(ada)
    for ask in (
        lambda: mine.read(["password_hash"]),
        lambda: mine.search(User.password_hash != ""),
        lambda: mine.search(order="password_hash"),
        lambda: mine.group(by=["password_hash"]),
        lambda: mine.password_hash,
    ):
        with pytest.raises((AccessError, UserError, Exception)) as caught:
            ask()
        assert "argon2" not in str(caught.value)
    assert mine.password == ""
