"""Accounts: logging in, passwords, one's own preferences, archived people."""

from __future__ import annotations

import pytest

from addons.base.accounts import change_password, create_account
from addons.base.directory import authenticate, load_user
from addons.base.models import Company, Language, Preference, User
from kernel.errors import AccessError, MissingError, UserError, ValidationError
from kernel.orm import Env


def test_a_login_is_found_whatever_its_case(env: Env, ada: int) -> None:
    assert authenticate(env, " Ada@Example.com ", "correct horse") == ada


def test_a_wrong_password_and_an_unknown_login_give_the_same(env: Env, ada: int) -> None:
    assert authenticate(env, "ada@example.com", "wrong horse") is None
    assert authenticate(env, "eve@example.com", "correct horse") is None
    assert authenticate(env, "", "") is None


def test_who_is_archived_cannot_log_in(env: Env, ada: int) -> None:
    env[User].browse(ada).archived = True
    env.flush()
    assert authenticate(env, "ada@example.com", "correct horse") is None
    with pytest.raises(MissingError):
        load_user(env, ada)


def test_a_user_without_a_password_cannot_log_in(env: Env) -> None:
    env[User].create({"name": "Dan", "login": "dan@example.com"})
    env.flush()
    assert authenticate(env, "dan@example.com", "") is None


def test_the_stored_hash_is_argon2id(env: Env, ada: int) -> None:
    (stored,) = env.sql("SELECT password_hash FROM base.user WHERE id = %s", (ada,))[0]
    assert stored.startswith("$argon2id$")


def test_a_short_password_is_refused(env: Env) -> None:
    with pytest.raises(ValidationError, match="8 to 512 characters"):
        create_account(env, "eve@example.com", "Eve", "short", (), administrator=False)


def test_a_login_is_there_once_and_in_small_letters(env: Env, ada: int) -> None:
    with pytest.raises(ValidationError, match="login already"), env.savepoint():
        env[User].create({"name": "Other", "login": "ada@example.com"})
    with pytest.raises(ValidationError, match="small letters"), env.savepoint():
        env[User].create({"name": "Other", "login": "Ada@Example.com"})


def test_an_unknown_group_is_told_with_the_nearest_one(env: Env) -> None:
    with pytest.raises(UserError, match=r'Did you mean "base\.manager"'):
        create_account(env, "eve@example.com", "Eve", "correct horse", ("base.manger",), administrator=False)


def test_a_new_password_for_an_unknown_login_is_told_with_the_nearest_one(env: Env, ada: int) -> None:
    with pytest.raises(MissingError, match=r'Did you mean "ada@example\.com"'):
        change_password(env, "ada@example.org", "correct horse")


def test_a_new_password_ends_the_sessions(env: Env, ada: int) -> None:
    env.sql(
        "INSERT INTO tenon.session (token_hash, user_id, expires_at) VALUES ('x', %s, now() + interval '1 day')",
        (ada,),
    )
    change_password(env, "ada@example.com", "another horse")
    assert authenticate(env, "ada@example.com", "another horse") == ada
    assert env.sql("SELECT count(*) FROM tenon.session WHERE user_id = %s", (ada,)) == [(0,)]


def test_people_change_their_own_password_by_the_current_one(env: Env, ada: int, bob: int) -> None:
    mine = env.as_user(bob)[User].browse(bob)
    with pytest.raises(ValidationError, match="current password"):
        mine.change_password(current="wrong", new="another staple")
    mine.change_password(current="correct horse", new="another staple")
    assert authenticate(env, "bob@example.com", "another staple") == bob
    with pytest.raises(AccessError):
        env.as_user(bob)[User].browse(ada).change_password(current="correct horse", new="stolen horse")


def test_people_change_their_own_name_and_language_but_nothing_else(env: Env, bob: int) -> None:
    french = env[Language].search(Language.code == "fr")
    env.as_user(bob)[User].save_preferences(name="Robert", language=french.id, tz="Europe/Paris")
    env.flush()
    user = load_user(env, bob)
    assert (user.name, user.language, user.tz) == ("Robert", "fr", "Europe/Paris")
    with pytest.raises(ValidationError, match='Did you mean "Europe/Paris"'):
        env.as_user(bob)[User].save_preferences(tz="Europe/Pari")
        env.flush()


def test_a_user_has_the_companys_zone_and_language_until_they_choose(env: Env, bob: int) -> None:
    company = env[Company].search(limit=1)
    company.tz = "Europe/Lisbon"
    env.flush()
    user = load_user(env, bob)
    assert (user.tz, user.language, user.companies) == ("Europe/Lisbon", "en", (company.id,))


def test_groups_of_a_user_include_what_they_imply(env: Env, ada: int, bob: int) -> None:
    assert {"base.manager", "base.user", "depot.manager", "depot.user"} <= load_user(env, ada).groups
    assert load_user(env, bob).groups == {"base.user"}


def test_a_preference_is_kept_changed_and_forgotten(env: Env, bob: int) -> None:
    mine = env.as_user(bob)[Preference]
    mine.put("theme", "dark")
    mine.put("theme", "light")
    assert [row.value for row in mine.search()] == ["light"]
    mine.put("theme", None)
    assert not mine.search()
