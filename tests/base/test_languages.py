"""The tenant's language, the languages of texts, and the companies one may work in."""

from __future__ import annotations

import pytest

from addons.base.models import Company, Language, User
from kernel.errors import AccessError
from kernel.orm import Command, Env


def language(env: Env, code: str) -> Language:
    return env[Language].search(Language.code == code)


def test_the_language_of_the_first_company_is_the_tenants(env: Env, bob: int) -> None:
    assert (env.tenant_language, env.language, env.as_user(bob).language) == ("en", "en", "en")
    assert env.languages[0] == "en"
    assert {"pt", "pt-BR"} <= set(env.languages)
    env[Company].search(order="id", limit=1).language = language(env, "pt")
    env.flush()
    fresh = env.with_context(fresh=True)
    assert (fresh.tenant_language, fresh.languages[:2]) == ("pt", ("pt", "ar"))


def test_archived_languages_are_not_offered_but_the_tenants_stays(env: Env) -> None:
    for code in ("pt", "en"):
        language(env, code).archived = True
    env.flush()
    fresh = env.with_context(fresh=True)
    assert "pt" not in fresh.languages
    assert fresh.tenant_language == "en"


def test_a_user_reads_their_own_language_and_another_env_has_another(env: Env, bob: int) -> None:
    env[User].browse(bob).language = language(env, "fr")
    env.flush()
    person = env.as_user(bob)
    assert person.language == "fr"
    assert person.with_language("pt").language == "pt"
    assert person.with_language("pt").as_system("a test").language == "pt"


def test_a_user_works_in_their_own_companies_only(env: Env, bob: int) -> None:
    values = {"name": "Other", "currency": env.ref("base.currency_usd"), "language": env.ref("base.lang_en")}
    other = env[Company].create(values)
    env.flush()
    with pytest.raises(AccessError):
        env.as_user(bob).with_company(other)
    env[User].browse(bob).companies = [Command.link(other.id)]
    env.flush()
    person = env.with_context(fresh=True).as_user(bob)
    assert env.as_system("a test").with_company(other).company == other.id
    assert person.with_context(fresh=True).with_company(other.id).company == other.id
